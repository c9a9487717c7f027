/// Tunnels over UDP, known by their port, believed by their content.
///
/// A port proves nothing: SIP and RTP are found on all of them. So each decoder checks every fixed bit of its header, and
/// what it carries must be an IP packet. Otherwise the datagram is an ordinary one.
extension PacketDecoder {
    /// Media on ports from here on is not looked at for carriers: none of those below has a higher port and content that
    /// can begin with RTP's version bits.
    @inline(__always)
    static var highestCarrierOfAnyContent: UInt16 { 8191 }

    /// A UDP datagram whose header is decoded: what it carries, or itself.
    @inline(never)
    static func decodeUDPCarrier(_ bytes: RawSpan, into packet: inout DecodedPacket) -> DecodeOutcome {
        let offset = packet.payloadOffset
        let inside = bytes.clipped(to: offset + packet.payloadLength)
        var opened = packet
        var outcome = carriedByPort(packet.destinationPort, inside, at: offset, into: &opened)
        if !outcome.foundIP, opened.carriers == packet.carriers {
            outcome = carriedByPort(packet.sourcePort, inside, at: offset, into: &opened)
        }
        if !outcome.foundIP, opened.carriers == packet.carriers, inside.uint8(offset) >> 4 == 6 {
            outcome = decodeTeredo(inside, at: offset, needsPrefix: true, into: &opened)
        }
        // An IP header with nothing to confirm it, of a packet longer than what carries it, is no find at all.
        if outcome == .otherIP || outcome == .fragment, opened.cut, !packet.cut { outcome = .notIP }
        guard outcome.foundIP else {
            packet.carriers = opened.carriers
            return .udp
        }
        packet = opened
        return outcome
    }

    private static func carriedByPort(
        _ port: UInt16, _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch port {
        case 1701: decodeL2TP(bytes, at: offset, into: &packet)
        case 2152: decodeGTP(bytes, at: offset, into: &packet)
        case 3386: decodeGTPVersion0(bytes, at: offset, into: &packet)
        case 3544: decodeTeredo(bytes, at: offset, needsPrefix: false, into: &packet)
        case 4341: decodeLISP(bytes, at: offset, into: &packet)
        case 4500: decodeUDPEncapsulatedESP(bytes, at: offset, into: &packet)
        case 4754: decodeCarried(.gre, by: .gre, bytes, at: offset, into: &packet)
        case 4789, 8472: decodeVXLAN(bytes, at: offset, into: &packet)
        case 4790: decodeVXLANGPE(bytes, at: offset, into: &packet)
        case 5072: decodeAYIYA(bytes, at: offset, into: &packet)
        case 5247: decodeCAPWAP(bytes, at: offset, into: &packet)
        case 6081: decodeGeneve(bytes, at: offset, into: &packet)
        case 6633: decodeCarried(.serviceHeader, by: .serviceHeader, bytes, at: offset, into: &packet)
        case 6635: decodeCarried(.mpls, by: .mpls, bytes, at: offset, into: &packet)
        case 37008: decodeTZSP(bytes, at: offset, into: &packet)
        default: .notIP
        }
    }
}
