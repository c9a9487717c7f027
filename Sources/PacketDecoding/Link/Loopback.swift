/// BSD loopback: four bytes with the address family.
extension PacketDecoder {
    static let loopbackHeaderLength = 4

    /// NULL has the family in the capturing host's byte order, LOOP in network order. Families are small numbers, so
    /// both orders are accepted for both: the larger reading is the wrong one.
    static func decodeLoopback(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= loopbackHeaderLength else {
            return captureHeaderTooShort(bytes, at: start, needed: loopbackHeaderLength, into: &packet)
        }
        let content = start + loopbackHeaderLength
        packet.networkOffset = content
        let family = bytes.uint32(start)
        switch min(family, family.byteSwapped) {
        // AF_INET everywhere; AF_INET6 on Linux, NetBSD and OpenBSD, FreeBSD, macOS.
        case 2, 10, 24, 28, 30: return decodeIP(bytes, at: content, into: &packet)
        default: return .notIP
        }
    }
}
