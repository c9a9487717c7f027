import Calls
import Capture
import PacketDecoding

/// The short way for nearly every packet of a busy capture: plain RTP or RTCP of a known flow whose call is being kept.
///
/// It does what `trackUDP` would do, with the tables borrowed once for a run of such packets instead of looked up anew for
/// each. The first packet with anything unusual about it ends the run before it has left a trace, and goes the long way.
extension Tracker {
    /// Tracks packets from number `first` on while they are plain. Returns the number of the first that is not.
    mutating func trackPlain(
        from first: Int, _ packets: [CapturedPacket], _ bytes: [UInt8], _ batch: inout TrackedBatch
    ) -> Int {
        guard isAllEthernet, !filtersMediaPorts, clock.isSteady, Tracker.mayBePlain(first, packets, bytes) else {
            return first
        }
        var run = PlainRun(
            next: first, now: clock.now, deadline: deadlines.earliest, hash: hash, mask: flows.index.mask)
        Tracker.track(
            &run, packets, bytes, flows.index.entries, ownership.endpoints.versions, &flows.flows, &calls.calls,
            &batch.actions)
        clock.advance(steadilyTo: run.now)
        capturedBytes &+= run.capturedBytes
        counters.copies &+= run.copies
        let all = UInt64(truncatingIfNeeded: run.next &- first)
        ledger.count(.rtp, all &- run.rtcp)
        ledger.count(.rtcp, run.rtcp)
        ledger.count(.notSelected, run.notSelected)
        ledger.count(.inCall, all &- run.notSelected)
        return run.next
    }

    private static func track(
        _ run: inout PlainRun, _ packets: [CapturedPacket], _ bytes: [UInt8], _ index: [UInt64], _ versions: [UInt32],
        _ flows: inout [Flow], _ calls: inout [TrackedCall], _ actions: inout [Action]
    ) {
        actions.append(addingCapacity: packets.count - run.next) { (output: inout OutputSpan<Action>) in
            unsafe flows.withUnsafeMutableBufferPointer { flows in
                unsafe calls.withUnsafeMutableBufferPointer { calls in
                    unsafe run.track(packets.span, bytes.span.bytes, index.span, versions.span, flows, calls, &output)
                }
            }
        }
    }

    /// A first look, so that a run is not begun for a packet of SIP.
    private static func mayBePlain(_ index: Int, _ packets: [CapturedPacket], _ bytes: [UInt8]) -> Bool {
        guard index < packets.count, packets[index].capturedLength > PlainUDP.payloadOffset else { return false }
        return bytes[Int(packets[index].offset) + PlainUDP.payloadOffset] >> 6 == 2
    }
}

/// A run of plain media packets: where it is, and what it has counted.
struct PlainRun {
    var next: Int
    var now: Int64
    /// Before this time no timer is due and the clock does not jump.
    let limit: Int64
    let hash: FlowHash
    let mask: Int
    var capturedBytes: UInt64 = 0
    var rtcp: UInt64 = 0
    var notSelected: UInt64 = 0
    var copies: UInt64 = 0

    init(next: Int, now: Int64, deadline: Int64, hash: FlowHash, mask: Int) {
        self.next = next
        self.now = now
        let jump = now.addingReportingOverflow(PacketClock.largestStep)
        limit = min(deadline, jump.overflow ? .max : jump.partialValue)
        self.hash = hash
        self.mask = mask
    }

    /// Tables are taken as pointers and what is counted is kept in locals, so that each index is compared with its bound
    /// once and little has to be read again after a store.
    @inline(never)
    mutating func track(
        _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ index: Span<UInt64>, _ versions: Span<UInt32>,
        _ flows: UnsafeMutableBufferPointer<Flow>, _ calls: UnsafeMutableBufferPointer<TrackedCall>,
        _ output: inout OutputSpan<Action>
    ) {
        // A bucket is any 16-bit number; `find` stays within the mask.
        guard next >= 0, versions.count > Int(UInt16.max), mask >= 0, mask < index.count else { return }
        guard let firstCall = calls.baseAddress else { return }
        var place = next
        var latest = now
        var captured: UInt64 = 0
        defer {
            next = place
            now = latest
            capturedBytes &+= captured
        }
        while place < packets.count {
            // Not negative, and the loop's condition holds.
            let packet = unsafe packets[unchecked: place]
            let end = Int(packet.offset) &+ Int(packet.capturedLength)
            guard packet.timestamp < limit, end <= bytes.byteCount else { return }
            // Both are 32-bit numbers, and the end has just been compared.
            let frame = unsafe bytes.extracting(unchecked: Int(packet.offset)..<end)
            guard let datagram = PlainUDP(frame), datagram.payloadLength >= 20 else { return }
            let head = frame.load16(PlainUDP.payloadOffset)
            guard head >> 14 == 2, let flow = unsafe find(datagram, index, flows) else { return }
            let version =
                unsafe versions[unchecked: Int(flow.pointee.sourceBucket)]
                &+ versions[unchecked: Int(flow.pointee.destinationBucket)]
            let owner = unsafe flow.pointee.owner
            guard unsafe version == flow.pointee.version, owner >= 0, Int(owner) < calls.count else { return }
            // Not negative, and less than the count.
            let call = unsafe firstCall + Int(owner)
            let selection = unsafe call.pointee.selection
            guard selection != .open, unsafe call.pointee.shares.isEmpty else { return }

            // From here on the packet is ours.
            let number = UInt32(truncatingIfNeeded: place)
            place &+= 1
            latest = max(latest, packet.timestamp)
            captured &+= UInt64(packet.capturedLength)
            let path = Tracker.path(frame, Int(packet.interface), 14, datagram.hopLimit)
            let fingerprint = Tracker.fingerprint(
                frame, from: PlainUDP.payloadOffset, count: datagram.payloadLength)
            var flags: UInt8 = 0
            if unsafe flow.pointee.isCopy(fingerprint: fingerprint, path: path, time: packet.timestamp) {
                flags = Action.copyFlag
                copies &+= 1
            }
            unsafe flow.pointee.lastSeen = latest
            unsafe call.pointee.lastActivity = latest
            // The second byte of RTCP is 192 to 223 (RFC 5761 section 4).
            let isRTCP = head & 0xe0 == 0xc0
            if isRTCP { rtcp &+= 1 }
            guard selection == .wanted else {
                notSelected &+= 1
                continue
            }
            output.append(
                unsafe Action(
                    call: UInt32(bitPattern: owner), packet: number, value: flow.pointee.serial,
                    payloadOffset: UInt16(PlainUDP.payloadOffset),
                    payloadLength: UInt16(truncatingIfNeeded: datagram.payloadLength), worker: call.pointee.worker,
                    kind: isRTCP ? .besideRTP : .media, flags: flags))
        }
    }

    /// The datagram's flow, nil if it is new. The mask is less than the index's count.
    @inline(__always)
    private func find(
        _ datagram: PlainUDP, _ index: Span<UInt64>, _ flows: UnsafeMutableBufferPointer<Flow>
    ) -> UnsafeMutablePointer<Flow>? {
        // 0 marks the flows that are not IPv4.
        guard datagram.addresses != 0, let first = flows.baseAddress else { return nil }
        let bits = UInt32(truncatingIfNeeded: hash(addresses: datagram.addresses, ports: datagram.ports) >> 32)
        var position = Int(bits) & mask
        while true {
            let entry = unsafe index[unchecked: position]
            guard entry != 0 else { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == bits {
                // An entry's lower half is the slot plus one.
                let slot = Int(UInt32(truncatingIfNeeded: entry &- 1))
                guard slot < flows.count else { return nil }
                let flow = unsafe first + slot
                if unsafe flow.pointee.addresses == datagram.addresses && flow.pointee.ports == datagram.ports {
                    return unsafe flow
                }
            }
            position = (position &+ 1) & mask
        }
    }
}

extension RawSpan {
    /// Two bytes in network order; traps past the end.
    @inline(__always)
    fileprivate func load16(_ offset: Int) -> UInt16 {
        unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
}
