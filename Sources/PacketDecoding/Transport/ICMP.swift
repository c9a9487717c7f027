/// ICMP (RFC 792) and ICMPv6 (RFC 4443), as far as errors quote the packet that caused them.
extension PacketDecoder {
    static let icmpHeaderLength = 8

    /// ```
    ///  0  type, code, checksum      4  unused, pointer, MTU or gateway      8  quoted packet
    /// ```
    static func decodeICMP(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let end = min(declaredEnd, bytes.byteCount)
        guard end - offset >= icmpHeaderLength else {
            return transportTooShort(
                bytes, at: offset, declaredEnd: declaredEnd, needed: icmpHeaderLength, into: &packet)
        }
        let payload = offset + icmpHeaderLength
        packet.payloadOffset = payload
        packet.payloadLength = end - payload
        packet.declaredPayloadLength = declaredEnd - payload
        if end > payload, isError(type: bytes.uint8(offset), ipVersion: packet.ipVersion) {
            packet.quotedOffset = payload
        }
        return .icmp
    }

    private static func isError(type: UInt8, ipVersion: UInt8) -> Bool {
        guard ipVersion == 4 else { return type < 128 }  // RFC 4443 section 2.1: errors have the high bit clear
        switch type {
        case 3, 4, 5, 11, 12: return true  // unreachable, source quench, redirect, time exceeded, parameter problem
        default: return false
        }
    }
}
