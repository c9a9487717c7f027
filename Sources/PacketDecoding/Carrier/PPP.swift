/// PPP (RFC 1661), with the address and control bytes of HDLC-like framing (RFC 1662) or without, and PPPoE (RFC 2516).
extension PacketDecoder {
    /// Begins with `ff 03` where the framing has it; the protocol number may be compressed to one byte (bit 0 set).
    static func decodePPP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        var offset = start
        if bytes.available(from: offset) >= 2, bytes.uint16(offset) == 0xff03 { offset += 2 }
        guard bytes.available(from: offset) >= 2 else {
            return malformed(
                .link, .captureTooShort, offset: offset, needed: 2, available: bytes.available(from: offset),
                into: &packet)
        }
        let first = bytes.uint8(offset)
        let isCompressed = first & 1 != 0
        let number = isCompressed ? UInt16(first) : bytes.uint16(offset)
        let content = offset + (isCompressed ? 1 : 2)
        switch number {
        case 0x0021, 0x0057: return decodeCarried(.ip, by: .ppp, bytes, at: content, into: &packet)
        case 0x0281, 0x0283: return decodeCarried(.mpls, by: .ppp, bytes, at: content, into: &packet)
        case 0x003d: return decodeMultilink(bytes, at: content, into: &packet)
        default: return .notIP
        }
    }

    /// Multilink PPP (RFC 1990) with the long sequence number; only packets that are not split over links.
    private static func decodeMultilink(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        // Beginning and end in one fragment.
        guard bytes.available(from: offset) >= 4, bytes.uint8(offset) & 0xc0 == 0xc0 else { return .notIP }
        return decodeCarried(.ppp, by: .ppp, bytes, at: offset + 4, into: &packet)
    }

    /// ```
    ///  0  version, type, code, session      4  length      6  PPP
    /// ```
    /// Frames of a session have code 0; like tshark, we do not insist.
    static func decodePPPoESession(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let available = bytes.available(from: offset)
        guard available >= 6 else {
            return malformed(.link, .captureTooShort, offset: offset, needed: 6, available: available, into: &packet)
        }
        let length = Int(bytes.uint16(offset + 4))
        let end = length == 0 ? bytes.byteCount : offset + 6 + length
        return decodeCarried(.ppp, by: .pppoe, bytes.clipped(to: end), at: offset + 6, into: &packet)
    }
}
