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
        if place + 4 < datagrams.count { prefetchPlaces(place + 4, datagrams) }
        if place + 2 < datagrams.count { prefetchFound(place + 2, datagrams, captured) }
        if place + 1 < datagrams.count { prefetchCall(datagrams[place + 1].message.callIDHash) }
    }

    /// Where what the message is about is looked for.
    private mutating func prefetchPlaces(_ place: Int, _ datagrams: borrowing SIPDatagrams) {
        calls.prefetchPlace(datagrams[place].message.callIDHash)
        flows.prefetchPlace(datagrams[place].flowHash)
        // One that may begin a call.
        guard datagrams[place].message.facts.isRequest, datagrams[place].message.facts.toTag == 0 else { return }
        calls.prefetchBegin(datagrams[place].message.callIDHash)
        guard datagrams[place].message.facts.method == .invite else { return }
        correlation.candidates.prefetch(
            LegKeys(
                numbers: datagrams[place].message.numbersHash, tag: datagrams[place].message.facts.fromTag,
                from: datagrams[place].decoded.source, to: datagrams[place].decoded.destination, hash))
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
        Prefetch.beginning(of: &calls.calls[slot].callID)
        for place in calls.calls[slot].registrations.indices {
            ownership.endpoints.prefetch(calls.calls[slot].registrations[place])
        }
    }
}
