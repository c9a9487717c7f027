/// BSD loopback: four bytes with the address family.
extension PacketDecoder {
    static let loopbackHeaderLength = 4

    /// NULL has the family in the capturing host's byte order, LOOP in network order. Families are small numbers, so
    /// both orders are accepted for both: the larger reading is the wrong one.
    static func decodeLoopback(_ bytes: RawSpan, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.byteCount >= loopbackHeaderLength else {
            return malformed(
                .link, .captureTooShort, offset: 0, needed: loopbackHeaderLength, available: bytes.byteCount,
                into: &packet)
        }
        packet.networkOffset = loopbackHeaderLength
        let family = bytes.uint32(0)
        switch min(family, family.byteSwapped) {
        // AF_INET everywhere; AF_INET6 on Linux, NetBSD and OpenBSD, FreeBSD, macOS.
        case 2, 10, 24, 28, 30: return decodeIP(bytes, at: loopbackHeaderLength, into: &packet)
        default: return .notIP
        }
    }
}
