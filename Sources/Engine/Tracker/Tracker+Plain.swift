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
            var flowSpan = flows.mutableSpan
            var callSpan = calls.mutableSpan
            unsafe run.track(
                packets.span, bytes.span.bytes, index.span, versions.span, &flowSpan, &callSpan, &output)
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

    @inline(never)
    mutating func track(
        _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ index: Span<UInt64>, _ versions: Span<UInt32>,
        _ flows: inout MutableSpan<Flow>, _ calls: inout MutableSpan<TrackedCall>, _ output: inout OutputSpan<Action>
    ) {
        while next < packets.count {
            let packet = packets[next]
            guard packet.timestamp < limit else { return }
            let frame = bytes.extracting(packet.range)
            guard let datagram = PlainUDP(frame), datagram.payloadLength >= 20 else { return }
            let head = frame.load16(PlainUDP.payloadOffset)
            guard head >> 14 == 2 else { return }
            let slot = find(datagram, index, flows)
            guard slot >= 0 else { return }
            let version =
                versions[Int(flows[slot].sourceBucket)] &+ versions[Int(flows[slot].destinationBucket)]
            let call = Int(flows[slot].owner)
            guard version == flows[slot].version, call >= 0, calls[call].shares.isEmpty else { return }
            let selection = calls[call].selection
            guard selection != .open else { return }

            // From here on the packet is ours.
            let number = UInt32(truncatingIfNeeded: next)
            next &+= 1
            let time = max(now, packet.timestamp)
            now = time
            capturedBytes &+= UInt64(packet.capturedLength)
            let path = Tracker.path(frame, Int(packet.interface), 14, datagram.hopLimit)
            let fingerprint = Tracker.fingerprint(
                frame, from: PlainUDP.payloadOffset, count: datagram.payloadLength)
            flows[slot].lastSeen = time
            let isCopy = flows[slot].isCopy(fingerprint: fingerprint, path: path, time: packet.timestamp)
            calls[call].lastActivity = time
            // The second byte of RTCP is 192 to 223 (RFC 5761 section 4).
            let isRTCP = head & 0xe0 == 0xc0
            if isRTCP { rtcp &+= 1 }
            if isCopy { copies &+= 1 }
            guard selection == .wanted else {
                notSelected &+= 1
                continue
            }
            output.append(
                Action(
                    call: UInt32(truncatingIfNeeded: call), packet: number,
                    value: flows[slot].serial, payloadOffset: UInt16(PlainUDP.payloadOffset),
                    payloadLength: UInt16(truncatingIfNeeded: datagram.payloadLength), worker: calls[call].worker,
                    kind: isRTCP ? .related : .media, flags: isCopy ? Action.copyFlag : 0))
        }
    }

    /// The slot of the datagram's flow, -1 if it is new.
    @inline(__always)
    private func find(_ datagram: PlainUDP, _ index: Span<UInt64>, _ flows: borrowing MutableSpan<Flow>) -> Int {
        // 0 marks the flows that are not IPv4.
        guard datagram.addresses != 0 else { return -1 }
        let bits = hash(addresses: datagram.addresses, ports: datagram.ports) >> 32
        var position = Int(truncatingIfNeeded: bits) & mask
        while true {
            let entry = index[position]
            guard entry != 0 else { return -1 }
            if entry >> 32 == bits {
                let slot = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
                if flows[slot].addresses == datagram.addresses, flows[slot].ports == datagram.ports { return slot }
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
