/// Ethernet II and IEEE 802.3.
extension PacketDecoder {
    static let ethernetHeaderLength = 14

    @inline(__always)
    static func decodeEthernet(_ bytes: RawSpan, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.byteCount >= ethernetHeaderLength else {
            return malformed(
                .link, .captureTooShort, offset: 0, needed: ethernetHeaderLength, available: bytes.byteCount,
                into: &packet)
        }
        let etherType = EtherType(rawValue: bytes.uint16(12))
        if etherType == .ipv4 || etherType == .ipv6 {
            return decodeIP(bytes, at: ethernetHeaderLength, into: &packet)
        }
        return decodeEtherType(bytes, etherType, at: ethernetHeaderLength, into: &packet)
    }
}
