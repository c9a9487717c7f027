import Calls
import Capture
import PacketDecoding
import Tables

/// The short way for nearly every packet of a busy capture: plain RTP of a known flow whose call is being kept.
///
/// It does what `trackUDP` would do, with the tables borrowed once for a run of such packets instead of looked up anew for
/// each. The first packet with anything unusual about it ends the run before it has left a trace, and goes the long way.
extension Tracker {
    /// Whether a run might begin with the packet: asked before the tables are borrowed for one.
    @inline(__always)
    static func mayBePlain(_ packet: CapturedPacket, _ bytes: Span<UInt8>) -> Bool {
        // RTP's version, where the payload of a plain packet begins.
        Int(packet.capturedLength) > PlainUDP.payloadOffset
            && bytes[Int(packet.offset) + PlainUDP.payloadOffset] & 0xc0 == 0x80
    }

    /// Tracks packets from number `first` on while they are plain. Returns the number of the first that is not.
    mutating func trackPlain(
        from first: Int, _ packets: [CapturedPacket], _ bytes: [UInt8], _ batch: inout TrackedBatch
    ) -> Int {
        guard isAllEthernet, !filtersMediaPorts, clock.isSteady else { return first }
        var run = PlainRun(
            next: first, now: clock.now, deadline: deadlines.earliest,
            versionMask: ownership.endpoints.versions.mask, recentShift: flows.recentShift)
        while plainKeys.read(from: run.next, packets, bytes) {
            let end = plainKeys.end
            Tracker.track(
                &run, packets, &plainKeys, hash, flows.index.entries, flows.recent, ownership.endpoints.versions.counts,
                &flows.flows,
                &calls.activity, &batch.actions)
            guard run.next == end else { break }
        }
        let all = UInt64(truncatingIfNeeded: run.next &- first)
        guard all > 0 else { return first }
        clock.advance(steadilyTo: run.now)
        ledger.count(.rtp, all)
        ledger.count(.notSelected, run.notSelected)
        ledger.count(.inCall, all &- run.notSelected)
        return run.next
    }

    private static func track(
        _ run: inout PlainRun, _ packets: [CapturedPacket], _ keys: inout PlainKeys, _ hash: FlowHash,
        _ index: [UInt64], _ recent: [UInt32],
        _ versions: [UInt32], _ flows: inout OwnedTable<Flow>, _ activity: inout OwnedTable<Int64>,
        _ actions: inout [Action]
    ) {
        let next = run.next
        actions.append(addingCapacity: PlainKeys.capacity) { (output: inout OutputSpan<Action>) in
            unsafe output.withUnsafeMutableBufferPointer { (buffer, used) in
                let free = unsafe UnsafeMutableBufferPointer(rebasing: buffer[used...])
                unsafe keys.withKeys(from: next) { keys in
                    unsafe flows.withElements { flows in
                        unsafe activity.withElements { activity in
                            let found = unsafe run.find(
                                keys, hash, index.span, recent.span, versions.span, UnsafeBufferPointer(flows),
                                activity.count)
                            used += unsafe run.follow(keys, found, packets.span, flows, activity, free)
                        }
                    }
                }
            }
        }
    }
}

/// A run of plain media packets: where it is, and what it has counted.
///
/// Tables are taken as pointers and what is counted is kept in locals, so that each index is compared with its bound once
/// and little has to be read again after a store.
struct PlainRun {
    var next: Int
    var now: Int64
    /// Before this time no timer is due and the clock does not jump.
    let limit: Int64
    let versionMask: UInt32
    let recentShift: UInt32
    var notSelected: UInt64 = 0

    /// So many flows do not lie in the processor's nearer caches.
    private static var manyFlows: Int { 8_192 }

    init(next: Int, now: Int64, deadline: Int64, versionMask: UInt32, recentShift: UInt32) {
        self.next = next
        self.now = now
        let jump = now.addingReportingOverflow(PacketClock.largestStep)
        limit = min(deadline, jump.overflow ? .max : jump.partialValue)
        self.versionMask = versionMask
        self.recentShift = recentShift
    }

    /// Finds the flows of the packets whose keys are given, up to the first that is unusual, and puts each one's slot into
    /// its key. Returns how many it found. All of them have an owner less than `calls`.
    @inline(never)
    func find(
        _ keys: UnsafeMutableBufferPointer<PlainKey>, _ hash: FlowHash, _ index: Span<UInt64>,
        _ recent: Span<UInt32>, _ versions: Span<UInt32>, _ flows: UnsafeBufferPointer<Flow>, _ calls: Int
    ) -> Int {
        // Places and buckets stay within these bounds.
        let (versionMask, recentShift) = (versionMask, recentShift)
        guard versions.count > Int(versionMask), recent.count == 1 << (32 - Int(recentShift)),
            let first = flows.baseAddress, let input = keys.baseAddress
        else { return 0 }
        if flows.count >= PlainRun.manyFlows {
            // Their memory is asked for in a loop of its own, so short that many accesses are under way at once.
            var place = 0
            while place < keys.count {
                // The bucket stays within the bound, and what is no slot is no address, but nothing has to be there.
                let slot = unsafe Int(recent[unchecked: Int(input[place].place &>> recentShift)] &- 1)
                unsafe Prefetch.line(at: first + slot)
                unsafe Prefetch.line(at: UnsafeRawPointer(first + slot) + MemoryLayout<Flow>.stride / 2)
                place &+= 1
            }
        }
        var place = 0
        while place < keys.count {
            // Less than the count.
            let key = unsafe input + place
            // 0, which is no slot plus one, becomes too large a number.
            var slot = unsafe Int(recent[unchecked: Int(key.pointee.place &>> recentShift)] &- 1)
            if unsafe slot >= flows.count || !(first + slot).pointee.isFlow(of: key.pointee) {
                slot = unsafe PlainRun.lookUp(key.pointee, hash, index, flows)
                guard slot >= 0 else { break }
            }
            let flow = unsafe first + slot
            // Both are masked.
            let version =
                unsafe versions[unchecked: Int(flow.pointee.sourceHash & versionMask)]
                &+ versions[unchecked: Int(flow.pointee.destinationHash & versionMask)]
            // An owner that is none is a large number without its sign.
            guard unsafe version == flow.pointee.version, unsafe flow.pointee.plainPath == key.pointee.path,
                unsafe Int(UInt32(bitPattern: flow.pointee.owner)) < calls
            else { break }
            unsafe key.pointee.slot = UInt32(truncatingIfNeeded: slot)
            place &+= 1
        }
        return place
    }

    /// The flow of two that share a place in `FlowTable.recent`; -1 if it is new.
    @inline(never)
    private static func lookUp(
        _ key: PlainKey, _ hash: FlowHash, _ index: Span<UInt64>, _ flows: UnsafeBufferPointer<Flow>
    ) -> Int {
        let hashed = hash(addresses: key.addresses, ports: key.ports)
        var position = SlotIndex.start(hashed, mask: index.count - 1)
        while index[position] != 0 {
            // An entry's lower half is the slot plus one.
            let slot = Int(UInt32(truncatingIfNeeded: index[position] &- 1))
            if slot < flows.count, unsafe flows[slot].isFlow(of: key) { return slot }
            position = (position + 1) & (index.count - 1)
        }
        return -1
    }

    /// Notes the first `found` packets with their flows and hands them on. Returns how many actions it stored.
    @inline(never)
    mutating func follow(
        _ keys: UnsafeMutableBufferPointer<PlainKey>, _ found: Int, _ packets: Span<CapturedPacket>,
        _ flows: UnsafeMutableBufferPointer<Flow>, _ activity: UnsafeMutableBufferPointer<Int64>,
        _ output: UnsafeMutableBufferPointer<Action>
    ) -> Int {
        // Every key has its packet and room for an action; its slot is a flow's, whose owner is a call's.
        guard next >= 0, found <= keys.count, found <= packets.count - next, found <= output.count,
            let input = keys.baseAddress, let first = flows.baseAddress, let actions = output.baseAddress,
            let activities = activity.baseAddress
        else { return 0 }
        var place = 0
        var free = unsafe actions
        var latest = now
        let (start, limit) = (next, limit)
        while place < found {
            let key = unsafe input + place
            let time = unsafe packets[unchecked: start &+ place].timestamp
            // Time that runs backwards is for the clock.
            guard time < limit, time >= latest else { break }
            latest = time
            let flow = unsafe first + Int(key.pointee.slot)
            unsafe flow.pointee.note(key.pointee.fingerprint, time)
            let owner = unsafe flow.pointee.owner
            unsafe activities[Int(owner)] = time
            if unsafe flow.pointee.handling == .wanted {
                var what = unsafe flow.pointee.mediaAction
                if unsafe key.pointee.format != flow.pointee.format {
                    unsafe flow.pointee.format = unsafe key.pointee.format & ~PlainKey.marker
                    what |= Action.what(.media, for: 0, flags: Action.newFormatFlag)
                }
                unsafe free.pointee = unsafe Action(
                    call: UInt32(bitPattern: owner), packet: UInt32(truncatingIfNeeded: start &+ place),
                    value: flow.pointee.serial, payloadOffset: UInt16(PlainUDP.payloadOffset),
                    payloadLength: key.pointee.payloadLength, what: what)
                unsafe free += 1
            } else {
                notSelected &+= 1
            }
            place &+= 1
        }
        next &+= place
        now = latest
        return unsafe free - actions
    }
}

extension Flow {
    @inline(__always)
    fileprivate func isFlow(of key: PlainKey) -> Bool { addresses == key.addresses && ports == key.ports }
}
