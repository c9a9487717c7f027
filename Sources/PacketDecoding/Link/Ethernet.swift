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

    /// A frame inside of something else.
    @inline(never)
    static func decodeEthernet(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        let available = bytes.available(from: offset)
        guard available >= ethernetHeaderLength else {
            return malformed(
                .link, .captureTooShort, offset: offset, needed: ethernetHeaderLength, available: available,
                into: &packet)
        }
        let etherType = EtherType(rawValue: bytes.uint16(offset + 12))
        return decodeEtherType(bytes, etherType, at: offset + ethernetHeaderLength, into: &packet)
    }
}
