import Calls
import Capture
import PacketDecoding
import RTP
import Reassembly
import SIP

/// IP fragments: held until their datagram is whole, then tracked as that datagram.
extension Tracker {
    @inline(never)
    mutating func trackFragment(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        guard !decoded.cut else {
            trackCutFragment(packet, index, span, &batch)
            return
        }
        let tag = hold(packet, index, span, isCopy: false)
        held.setFragment(tag)
        trackFragment(span.extracting(decoded.payloadRange), tag, weight: 0, packet, &batch)
    }

    /// A fragment that is held already, with a reference that is given on.
    mutating func trackFragment(
        _ payload: Span<UInt8>, _ tag: UInt32, weight: Int, _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) {
        let outcome = fragments.add(
            key: FragmentKey(decoded), offset: decoded.fragmentOffset, more: decoded.moreFragments, payload: payload,
            tag: tag, weight: weight, position: held[tag].position, now: clock.now)
        if fragments.hasGivenUp { giveUp(fragments.takeGivenUp()) }
        switch outcome {
        case .held, .duplicateOfHeld:
            break
        case .complete(let datagram):
            trackDatagram(datagram, tag, packet, &batch)
        case .belongsToCompleted(let owner):
            deliverLateFragment(tag, owner, &batch)
        case .refused:
            counters.fragmentsRefused += 1
            release([tag], unclaimed: .refused(by: "max_fragments"))
        case .malformed:
            release([tag], unclaimed: .malformedIP)
        }
    }

    /// Its datagram will never be whole. The first fragment is what a capture with a short snap length has of every
    /// datagram: its beginning.
    private mutating func trackCutFragment(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        let udpHeader = 8
        guard decoded.fragmentOffset == 0, decoded.ipProtocol == IPProtocol.udp, decoded.payloadLength > udpHeader
        else {
            counters.cut += 1
            count(.fragmentIncomplete, .noCall)
            return
        }
        let start = decoded.payloadOffset
        decoded.sourcePort = UInt16(span[start]) << 8 | UInt16(span[start + 1])
        decoded.destinationPort = UInt16(span[start + 2]) << 8 | UInt16(span[start + 3])
        decoded.transportOffset = start
        decoded.payloadOffset += udpHeader
        decoded.payloadLength -= udpHeader
        trackUDP(packet, index, span, &batch)
    }

    /// The last missing fragment came: it counts as what the datagram is, the others as fragments.
    private mutating func trackDatagram(
        _ datagram: DatagramID, _ last: UInt32, _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) {
        let tags = fragments.tags(of: datagram)
        for tag in tags where tag != last && held[tag].ledgerClass == nil {
            held[tag].ledgerClass = .fragment
            count(.fragment, .noCall)
        }
        let bytes = fragments.bytes(of: datagram)
        var owner = MessageOwner.none
        var outcome = PacketDecoder.decodeTransport(
            of: bytes.span, ipProtocol: fragments.ipProtocol(of: datagram), into: &decoded)
        while outcome == .esp {
            outcome = PacketDecoder.decodeESP(bytes.span, as: options.selection.esp, into: &decoded)
        }
        var unclaimed = UnclaimedClass.class(.notVoIP)
        switch outcome {
        case .udp:
            owner = trackWholeDatagram(bytes, tags, last, packet, &batch)
        case .otherIP where decoded.ipProtocol == SCTPHeader.ipProtocol:
            trackWholeSCTP(bytes, tags, packet.timestamp, &batch)
        case .tcp:
            owner = trackWholeSegment(bytes, tags, last, packet, &batch)
            fragments.remember(datagram, owner: owner)
            fragments.release(datagram)
            return
        case .fragment:
            // The tunnel's packet was fragmented, and so is the packet inside.
            fragments.remember(datagram, owner: MessageOwner.none)
            fragments.release(datagram)
            trackInnerFragment(bytes, tags, last, packet, &batch)
            return
        case .tooDeep:
            unclaimed = .refused(by: Tracker.carrierLimit)
        default:
            break
        }
        fragments.remember(datagram, owner: owner)
        fragments.release(datagram)
        release(tags, unclaimed: unclaimed)
    }

    private mutating func trackWholeDatagram(
        _ bytes: [UInt8], _ tags: [UInt32], _ last: UInt32, _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) -> UInt64 {
        let payload = bytes.span.extracting(decoded.payloadRange)
        if looksLikeSIP(payload) == .yes, isSIPPort() {
            let flow = flows.slot(
                decoded.source, decoded.destination, decoded.sourcePort, decoded.destinationPort, now: clock.now)
            let isCopy = isCopy(flow, payload, bytes.span, packet)
            if isCopy { markCopies(tags) }
            let found = FoundMessage(
                isExtra: true, offset: batch.extraBytes.count, length: payload.count, timestamp: packet.timestamp,
                source: decoded.sourceEndpoint, destination: decoded.destinationEndpoint, transport: .udp,
                isCopy: isCopy)
            batch.extraBytes.append(contentsOf: bytes[decoded.payloadRange])
            return trackMessage(found, payload, .held(tags), &batch)
        }
        if let owner = trackHEPDatagram(whole: bytes, tags, packet, &batch) { return owner }
        let flow = flows.slot(
            decoded.source, decoded.destination, decoded.sourcePort, decoded.destinationPort, now: clock.now)
        let slot = flowOwner(flow)
        guard slot >= 0, isMediaPort() else { return MessageOwner.none }
        return deliverMediaFragments(Int(slot), bytes, tags, flow, packet, &batch)
    }

    /// Media too large for a packet: every fragment to the file, the datagram to the figures.
    private mutating func deliverMediaFragments(
        _ slot: Int, _ bytes: [UInt8], _ tags: [UInt32], _ flow: Int, _ packet: CapturedPacket,
        _ batch: inout TrackedBatch
    ) -> UInt64 {
        let payload = bytes.span.extracting(decoded.payloadRange)
        let kind = MediaPacketKind.classify(payload)
        calls.activity[slot] = clock.now
        // The same datagram bare and through a tunnel, or through two.
        if isCopy(flow, payload, bytes.span, packet) {
            counters.copies += 1
            markCopies(tags)
            for tag in tags { deliverHeld(tag, to: slot, as: MediaLedger.owned(kind), &batch) }
            return MessageOwner.pack(calls.reference(slot))
        }
        for tag in tags { deliverHeld(tag, to: slot, as: MediaLedger.owned(kind), &batch) }
        guard decoded.payloadLength > 0, calls.calls[slot].selection == .wanted || calls.calls[slot].selection == .open
        else {
            return MessageOwner.pack(calls.reference(slot))
        }
        flows.flows[flow].format = Flow.noFormat
        batch.mediaDatagrams.append(
            TrackedDatagram(
                offset: batch.extraBytes.count, length: decoded.payloadLength, source: decoded.sourceEndpoint,
                destination: decoded.destinationEndpoint, flow: flows.flows[flow].serial,
                timestamp: packet.timestamp))
        batch.extraBytes.append(contentsOf: bytes[decoded.payloadRange])
        act(slot, .mediaDatagram, value: UInt32(truncatingIfNeeded: batch.mediaDatagrams.count - 1), &batch)
        return MessageOwner.pack(calls.reference(slot))
    }

    /// A fragment sent again after its datagram was complete.
    private mutating func deliverLateFragment(_ tag: UInt32, _ owner: UInt64, _ batch: inout TrackedBatch) {
        held[tag].ledgerClass = .fragment
        count(.fragment, .noCall)
        if owner != MessageOwner.none {
            let reference = MessageOwner.unpack(owner)
            if calls.isLive(reference) { deliverHeld(tag, to: Int(reference.slot), &batch) }
        }
        release([tag], unclaimed: .fragment)
    }

    private mutating func giveUp(_ fragments: [GivenUpFragment]) {
        guard !fragments.isEmpty else { return }
        release(fragments.map(\.tag), unclaimed: .fragmentIncomplete)
    }

    mutating func expireFragments() { giveUp(fragments.expire(now: clock.now)) }

    mutating func finishFragments() { giveUp(fragments.giveUpAll()) }
}
