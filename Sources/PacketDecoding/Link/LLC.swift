/// IEEE 802.2 LLC, with SNAP (RFC 1042) or, rarer, with IP's own SAP.
extension PacketDecoder {
    /// Anything but IP is `notIP`, also when it is short: STP and IPX are none of our business.
    static func decodeLLC(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.byteCount - offset >= 3 else { return .notIP }
        let saps = bytes.uint16(offset)
        let control = bytes.uint8(offset + 2)
        if saps == 0x0606, control == 0x03 { return decodeIP(bytes, at: offset + 3, into: &packet) }
        guard saps == 0xaaaa, control == 0x03, bytes.byteCount - offset >= 8 else { return .notIP }
        // Organisation code 0 says that an EtherType follows; 0x0000f8 is Cisco's and Apple's bridge tunnelling of it.
        let organisation = bytes.uint32(offset + 2) & 0x00ff_ffff
        guard organisation == 0 || organisation == 0x0000f8 else { return .notIP }
        let etherType = EtherType(rawValue: bytes.uint16(offset + 6))
        guard etherType == .ipv4 || etherType == .ipv6 else { return .notIP }
        return decodeIP(bytes, at: offset + 8, into: &packet)
    }
}
