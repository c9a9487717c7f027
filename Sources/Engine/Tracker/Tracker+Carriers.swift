import Calls
import Capture
import PacketDecoding
import Reassembly

/// A TCP segment that came in fragments, while it is looked at.
struct ReassembledSegment {
    /// The fragments, held as one.
    let tag: UInt32
    /// The datagram they make.
    let bytes: [UInt8]
    /// A stream has taken it, with one reference to the tag.
    var isTaken = false
}

/// Packets inside of other packets, as far as decoding alone does not settle them.
extension Tracker {
    /// The name of `PacketDecoder.maxCarriers` in the ledger.
    static let carrierLimit = "max_carriers"

    @inline(never)
    mutating func refuseDeepPacket() {
        ledger.countRefused(by: Tracker.carrierLimit)
        ledger.count(PacketOwnership.noCall)
    }

    /// ESP: looked into where the options say so, otherwise not VoIP, unless it is a datagram on ESP's port that is
    /// something else.
    @inline(never)
    mutating func trackESP(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        var outcome = DecodeOutcome.esp
        while outcome == .esp {
            outcome = PacketDecoder.decodeESP(span, as: options.selection.esp, into: &decoded)
        }
        switch outcome {
        case .udp: trackUDP(packet, index, span, &batch)
        case .tcp: trackTCP(packet, index, span, &batch)
        case .icmp: trackICMP(packet, index, span, &batch)
        case .fragment: trackFragment(packet, index, span, &batch)
        case .tooDeep: refuseDeepPacket()
        case .malformed(let layer): countMalformed(layer)
        case .otherIP where decoded.ipProtocol == SCTPHeader.ipProtocol: trackSCTP(packet, index, span, &batch)
        case .otherIP, .notIP, .esp: count(.notVoIP, .noCall)
        }
    }

    // MARK: Inside of reassembled datagrams

    /// Makes the fragments one packet: the last goes on, with the references of all, and the others follow it.
    private mutating func bundle(_ tags: [UInt32], _ last: UInt32) {
        held[last].companions.append(contentsOf: tags.filter { $0 != last })
    }

    /// A fragment inside of a datagram that came in fragments itself.
    mutating func trackInnerFragment(
        _ bytes: [UInt8], _ tags: [UInt32], _ last: UInt32, _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) {
        bundle(tags, last)
        guard !decoded.cut else {
            counters.cut += 1
            release([last], unclaimed: .fragmentIncomplete)
            return
        }
        let weight = held[last].companions.reduce(0) { $0 + held[$1].bytes.count + HeldPackets.overhead }
        trackFragment(bytes.span.extracting(decoded.payloadRange), last, weight: weight, packet, &batch)
    }

    /// A TCP segment in a datagram that came in fragments: tunnels of full-sized segments are made of them.
    /// Returns whose it was as far as that is known at once.
    mutating func trackWholeSegment(
        _ bytes: [UInt8], _ tags: [UInt32], _ last: UInt32, _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) -> UInt64 {
        bundle(tags, last)
        guard !options.selection.udpOnly, isSIPPort(), !decoded.transportHeaderCut, decoded.payloadLength > 0 else {
            release([last], unclaimed: .notVoIP)
            return MessageOwner.none
        }
        // A reference of our own: what takes the segment may be done with it at once.
        held.retain(last)
        reassembled = ReassembledSegment(tag: last, bytes: bytes)
        trackTCP(packet, 0, bytes.span, &batch)
        let isTaken = reassembled?.isTaken ?? false
        reassembled = nil
        let owner = held[last].owners.first ?? MessageOwner.none
        release([last], unclaimed: isTaken ? .sipTransport : .notVoIP)
        if !isTaken { release([last], unclaimed: .notVoIP) }
        return owner
    }

    /// The tag for the segment at hand: the fragments it came in, or a copy of its packet.
    mutating func holdSegment(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, isCopy: Bool
    ) -> UInt32 {
        guard let tag = reassembled?.tag else { return hold(packet, index, span, isCopy: isCopy) }
        reassembled?.isTaken = true
        held.setSegment(tag)
        if isCopy { markCopies([tag]) }
        return tag
    }

    mutating func markCopies(_ tags: [UInt32]) {
        for tag in tags {
            held[tag].isCopy = true
            markCopies(held[tag].companions)
        }
    }
}
