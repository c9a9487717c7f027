import Capture
import PacketDecoding
import Tables

/// Asking for memory ahead of its turn, where there are so many calls that no cache holds them: a message costs as many
/// instructions as take the time of several accesses to memory. Each thing is asked for when what tells where it lies has come.
///
/// Nothing is changed; not mutating, these would be compiled to a copy of the tracker.
extension Tracker {
    /// Asks for what the messages behind one will need.
    mutating func prefetch(
        behind place: Int, _ datagrams: borrowing SIPDatagrams, _ captured: borrowing PacketBatch
    ) {
        // It was another processor that read them.
        datagrams.prefetch(place + 8)
        if place + 4 < datagrams.count {
            calls.prefetchPlace(datagrams[place + 4].message.callIDHash)
            // One that may begin a call.
            if datagrams[place + 4].message.facts.isRequest, datagrams[place + 4].message.facts.toTag == 0 {
                calls.prefetchBegin(datagrams[place + 4].message.callIDHash)
            }
            flows.prefetchPlace(datagrams[place + 4].flowHash)
        }
        if place + 2 < datagrams.count { prefetchFound(place + 2, datagrams, captured) }
        if place + 1 < datagrams.count { prefetchCall(datagrams[place + 1].message.callIDHash) }
    }

    private mutating func prefetchFound(
        _ place: Int, _ datagrams: borrowing SIPDatagrams, _ captured: borrowing PacketBatch
    ) {
        calls.prefetch(datagrams[place].message.callIDHash)
        flows.prefetch(datagrams[place].flowHash)
        for number in datagrams.named(by: place) {
            ownership.endpoints.prefetchPlace(datagrams.ports[number].hash)
        }
        // The call's name in the message: compared, or copied.
        let packet = Int(datagrams[place].packet)
        guard packet < captured.packets.count else { return }
        let name = Int(captured.packets[packet].offset) + datagrams[place].decoded.payloadOffset
        Prefetch.element(name + Int(datagrams[place].message.message.callID.start), of: captured.bytes)
    }

    private mutating func prefetchCall(_ callIDHash: UInt64) {
        let slot = calls.probableSlot(callIDHash)
        guard slot >= 0 else { return }
        Prefetch.element(0, of: calls.calls[slot].callID)
        for place in calls.calls[slot].registrations.indices {
            ownership.endpoints.prefetch(calls.calls[slot].registrations[place])
        }
    }
}
