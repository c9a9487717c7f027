import Calls
import Capture
import HEP
import PacketDecoding
import RTP
import SIP

extension Tracker {
    /// - Parameter isRead: it is known to be no message (`SIPDatagrams`).
    @inline(__always)
    mutating func trackUDP(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, isRead: Bool = false,
        _ batch: inout TrackedBatch
    ) {
        if !isRead, !filtersSIPPorts || isSIPPort(), trackSIPDatagram(packet, index, span, &batch) { return }
        if decoded.cut { counters.cut += 1 }
        let payload = span.extracting(decoded.payloadRange)
        let first: UInt8 = payload.isEmpty ? 0 : payload[0]
        // RTP and RTCP begin with 0b10.
        if first < 0x80, HEPPacket.mayBegin(payload), trackHEPDatagram(packet, index, span, payload, &batch) { return }
        let now = clock.now
        let flow = flows.slot(
            decoded.source, decoded.destination, decoded.sourcePort, decoded.destinationPort, now: now)
        flows.noteRecent(flow)
        let owner = flowOwner(flow)
        guard owner >= 0, !filtersMediaPorts || isMediaPort() else {
            trackUnownedDatagram(packet, index, span, payload, flow, owner)
            return
        }
        let kind = MediaPacketKind.classify(payload)
        let isCopy = isCopy(flow, payload, span, packet)
        deliverMedia(
            Int(owner), packet: index, flow: flow, kind: kind, isCopy: isCopy,
            payloadOffset: UInt16(truncatingIfNeeded: decoded.payloadOffset),
            payloadLength: UInt16(truncatingIfNeeded: decoded.payloadLength),
            // A byte has no padding that might never have been written; cut packets are nothing for the worker's short way.
            format: packet.capturedLength == packet.originalLength && !decoded.cut
                ? unsafe PlainKey.format(payload.bytes) : Flow.noFormat,
            &batch)
    }

    /// What was no datagram by itself: a message all the same?
    @inline(never)
    private mutating func trackSIPDatagram(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) -> Bool {
        var datagram = SIPDatagram(decoded)
        guard datagram.read(span, interface: packet.interface, hash, &scratch) else { return false }
        takeNamed()
        trackSIPDatagram(&datagram, place: -1, packet, index, span, &batch)
        return true
    }

    /// The flow's owner: remembered, or asked again after one of its endpoints changed hands.
    @inline(__always)
    mutating func flowOwner(_ flow: Int) -> Int32 {
        let version = ownership.endpoints.versions.sum(flows.flows[flow])
        if version == flows.flows[flow].version { return flows.flows[flow].owner }
        return askOwner(flow, version)
    }

    @inline(never)
    private mutating func askOwner(_ flow: Int, _ version: UInt32) -> Int32 {
        let endpoints = flows.endpoints(flow)
        let owner = ownership.owner(from: endpoints.source, to: endpoints.destination, in: calls)
        flows.flows[flow].owner = owner
        flows.flows[flow].version = version
        var handling = Flow.Handling.ask
        // The owner's worker may have seen another stream of the flow last.
        flows.flows[flow].format = Flow.noFormat
        if owner >= 0, calls.calls[Int(owner)].shares.isEmpty {
            flows.flows[flow].mediaAction = Action.what(.media, for: calls.calls[Int(owner)].worker)
            switch calls.calls[Int(owner)].selection {
            case .open: break
            case .wanted: handling = .wanted
            case .unwanted, .excluded: handling = .notSelected
            }
        }
        flows.flows[flow].handle(handling)
        return owner
    }

    /// Hands a media packet to its call and to the calls that share the pair of endpoints.
    @inline(__always)
    mutating func deliverMedia(
        _ slot: Int, packet: UInt32, flow: Int, kind: MediaPacketKind, isCopy: Bool, payloadOffset: UInt16,
        payloadLength: UInt16, format: UInt64 = Flow.noFormat, _ batch: inout TrackedBatch
    ) {
        count(MediaLedger.owned(kind), ownershipClass(slot))
        handMedia(
            slot, packet: packet, flow: flow, kind: kind, isCopy: isCopy, payloadOffset: payloadOffset,
            payloadLength: payloadLength, format: format, &batch)
    }

    @inline(__always)
    private mutating func handMedia(
        _ slot: Int, packet: UInt32, flow: Int, kind: MediaPacketKind, isCopy: Bool, payloadOffset: UInt16,
        payloadLength: UInt16, format: UInt64 = Flow.noFormat, _ batch: inout TrackedBatch
    ) {
        if isCopy { counters.copies += 1 }
        let isLikeLast = kind == .rtp && isLikeLast(format, of: flow, for: slot, isCopy: isCopy)
        var action = Action(
            call: UInt32(slot), packet: packet, value: flows.flows[flow].serial, payloadOffset: payloadOffset,
            payloadLength: payloadLength,
            what: Action.what(
                kind == .rtp ? .media : payloadLength > 0 ? .besideRTP : .related, for: calls.calls[slot].worker,
                flags: isCopy ? Action.copyFlag : isLikeLast ? 0 : Action.newFormatFlag))
        calls.activity[slot] = clock.now
        appendMedia(action, &batch)
        if !calls.calls[slot].shares.isEmpty { shareMedia(slot, flow, &action, &batch) }
    }

    /// Whether an RTP packet is of the same stream and kind as the one before of its flow, so that its worker need not
    /// look: never for copies, for what came late, and where several calls take the flow.
    @inline(__always)
    private mutating func isLikeLast(_ format: UInt64, of flow: Int, for slot: Int, isCopy: Bool) -> Bool {
        let isKnown = format != Flow.noFormat && !isCopy && calls.calls[slot].shares.isEmpty
        if isKnown, format == flows.flows[flow].format { return true }
        // The worker may see another stream of the flow now.
        flows.flows[flow].format = isKnown ? format & ~PlainKey.marker : Flow.noFormat
        return false
    }

    @inline(never)
    private mutating func shareMedia(_ slot: Int, _ flow: Int, _ action: inout Action, _ batch: inout TrackedBatch) {
        let endpoints = flows.endpoints(flow)
        for reference in calls.calls[slot].shares where calls.isLive(reference) {
            let other = Int(reference.slot)
            guard ownership.shares(other, from: endpoints.source, to: endpoints.destination, calls) else { continue }
            calls.activity[other] = clock.now
            action.call = reference.slot
            action.worker = calls.calls[other].worker
            appendMedia(action, &batch)
        }
    }

    @inline(__always)
    mutating func appendMedia(_ action: Action, _ batch: inout TrackedBatch) {
        let selection = calls.calls[Int(action.call)].selection
        if selection == .wanted {
            batch.actions.append(action)
        } else if selection == .open {
            appendKeptBack(action, isMedia: true, &batch)
        }
    }

    /// Sampled for RTP, whose header differs from packet to packet; everything for the rest.
    @inline(__always)
    mutating func isCopy(_ flow: Int, _ payload: Span<UInt8>, _ span: Span<UInt8>, _ packet: CapturedPacket) -> Bool {
        let fingerprint: UInt64
        // Here too: no padding in bytes.
        if payload.count >= 20, payload[0] >= 0x80 {
            fingerprint = unsafe Tracker.fingerprint(payload.bytes)
        } else {
            fingerprint = hash(payload)
        }
        return flows.isCopy(
            flow, fingerprint: fingerprint, path: Tracker.path(span, packet.interface, decoded),
            time: packet.timestamp, now: clock.now)
    }

    /// Media that nobody has signalled (yet), or other people's traffic.
    @inline(never)
    private mutating func trackUnownedDatagram(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ payload: Span<UInt8>, _ flow: Int,
        _ owner: Int32
    ) {
        flows.flows[flow].lastSeen = clock.now
        let kind = MediaLedger.mayBeMedia(payload, decoded.sourcePort, decoded.destinationPort)
        guard kind != .other, isMediaPort() else {
            count(.notVoIP, .noCall)
            return
        }
        count(MediaLedger.unowned(kind), .noCall)
        let isCopy = isCopy(flow, payload, span, packet)
        let entry = LookBack.Entry(
            packet: packet, since: max(clock.now, packet.timestamp), position: nextPosition + UInt64(index),
            bytes: copy(span), source: decoded.sourceEndpoint,
            destination: decoded.destinationEndpoint,
            payloadOffset: UInt16(truncatingIfNeeded: decoded.payloadOffset),
            payloadLength: UInt16(truncatingIfNeeded: decoded.payloadLength), flow: flows.flows[flow].serial,
            kind: kind, isCopy: isCopy, isTaken: false)
        if owner == Flow.ambiguous {
            counters.mediaAmbiguous += 1
            orphans?.receive(entry)
            return
        }
        batchFloor = min(batchFloor, entry.position)
        lookBack.add(entry, now: clock.now)
        if orphans != nil {
            for entry in lookBack.takeUnclaimed() { orphans?.receive(entry) }
        }
    }

    /// Media that came before its SDP: packets to or from the endpoint go to whoever owns them now.
    mutating func adopt(_ endpoint: Endpoint, _ batch: inout TrackedBatch) {
        lookBack.expire(now: clock.now)
        for place in lookBack.matches(endpoint) {
            let entry = lookBack[place]
            let owner = ownership.owner(from: entry.source, to: entry.destination, in: calls)
            guard owner >= 0 else { continue }
            lookBack.take(place)
            counters.lookBackAdopted += 1
            let flow = flows.slot(
                entry.source.address, entry.destination.address, entry.source.port, entry.destination.port,
                now: clock.now)
            let extra = inject(entry.packet, entry.bytes, entry.position, &batch)
            claim(Int(owner), from: MediaLedger.unowned(entry.kind), to: MediaLedger.owned(entry.kind))
            handMedia(
                Int(owner), packet: extra, flow: flow, kind: entry.kind, isCopy: entry.isCopy,
                payloadOffset: entry.payloadOffset, payloadLength: entry.payloadLength, &batch)
        }
    }

    /// Puts a late packet's bytes into the batch. Returns its number for actions.
    mutating func inject(
        _ packet: CapturedPacket, _ bytes: [UInt8], _ position: UInt64, _ batch: inout TrackedBatch
    ) -> UInt32 {
        var late = packet
        late.offset = UInt32(truncatingIfNeeded: batch.extraBytes.count)
        batch.extraBytes.append(contentsOf: bytes)
        batch.extraPackets.append(ExtraPacket(packet: late, position: position))
        return UInt32(truncatingIfNeeded: batch.extraPackets.count - 1) | Action.extraBit
    }

    func copy(_ span: Span<UInt8>) -> [UInt8] {
        // Copied before the pointer ends.
        unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    // MARK: Port options

    func isSIPPort() -> Bool {
        let ports = options.selection.sipPorts
        return ports.isEmpty || ports.contains(decoded.sourcePort) || ports.contains(decoded.destinationPort)
    }

    func isMediaPort() -> Bool {
        let ranges = options.selection.rtpPortRanges
        if ranges.isEmpty { return true }
        return ranges.contains { $0.contains(decoded.sourcePort) || $0.contains(decoded.destinationPort) }
    }

    // MARK: ICMP

    /// An ICMP error belongs to the call whose media packet it quotes.
    mutating func trackICMP(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        guard decoded.quotedOffset > 0 else {
            count(.notVoIP, .noCall)
            return
        }
        var quoted = DecodedPacket()
        guard case .udp = PacketDecoder.decodeNetwork(span, at: decoded.quotedOffset, into: &quoted) else {
            count(.notVoIP, .noCall)
            return
        }
        let owner = ownership.owner(from: quoted.sourceEndpoint, to: quoted.destinationEndpoint, in: calls)
        guard owner >= 0 else {
            count(.notVoIP, .noCall)
            return
        }
        let flow = flows.slot(
            quoted.source, quoted.destination, quoted.sourcePort, quoted.destinationPort, now: clock.now)
        deliverMedia(
            Int(owner), packet: index, flow: flow, kind: .other, isCopy: false, payloadOffset: 0, payloadLength: 0,
            &batch)
    }
}

/// How media packets are classed in the ledger.
enum MediaLedger {
    @inline(__always)
    static func owned(_ kind: MediaPacketKind) -> PacketClass {
        switch kind {
        case .rtp: .rtp
        case .rtcp: .rtcp
        default: .otherVoIP
        }
    }

    /// Only what looks like media by its header counts as VoIP when no call claims it.
    static func unowned(_ kind: MediaPacketKind) -> PacketClass {
        switch kind {
        case .rtp: .rtp
        case .rtcp: .rtcp
        default: .notVoIP
        }
    }

    /// Stateless: RTP version 2 with a plausible header on unprivileged ports, RTCP, or what accompanies them.
    /// `.other` means it cannot be media.
    static func mayBeMedia(_ payload: Span<UInt8>, _ source: UInt16, _ destination: UInt16) -> MediaPacketKind {
        guard source >= 1024, destination >= 1024 else { return .other }
        let kind = MediaPacketKind.classify(payload)
        switch kind {
        case .rtp: return payload.count >= 12 ? kind : .other
        case .rtcp: return payload.count >= 8 && payload.count % 4 == 0 ? kind : .other
        case .stun, .dtls, .zrtp: return kind
        default: return .other
        }
    }
}
