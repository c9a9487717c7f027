/// Linux cooked captures (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html).
extension PacketDecoder {
    static let linuxSLLHeaderLength = 16
    static let linuxSLL2HeaderLength = 20

    static func decodeLinuxSLL(_ bytes: RawSpan, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.byteCount >= linuxSLLHeaderLength else {
            return malformed(
                .link, .captureTooShort, offset: 0, needed: linuxSLLHeaderLength, available: bytes.byteCount,
                into: &packet)
        }
        return decodeLinuxCooked(
            bytes, hardwareType: bytes.uint16(2), protocolType: bytes.uint16(14), at: linuxSLLHeaderLength,
            into: &packet)
    }

    static func decodeLinuxSLL2(_ bytes: RawSpan, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.byteCount >= linuxSLL2HeaderLength else {
            return malformed(
                .link, .captureTooShort, offset: 0, needed: linuxSLL2HeaderLength, available: bytes.byteCount,
                into: &packet)
        }
        return decodeLinuxCooked(
            bytes, hardwareType: bytes.uint16(8), protocolType: bytes.uint16(0), at: linuxSLL2HeaderLength,
            into: &packet)
    }

    @inline(__always)
    private static func decodeLinuxCooked(
        _ bytes: RawSpan, hardwareType: UInt16, protocolType: UInt16, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet.networkOffset = offset
        // For these the protocol field is no EtherType: frame relay, 802.11 with radiotap, netlink.
        guard hardwareType != 770, hardwareType != 803, hardwareType != 824 else { return .notIP }
        let etherType = EtherType(rawValue: protocolType)
        if etherType == .ipv4 || etherType == .ipv6 { return decodeIP(bytes, at: offset, into: &packet) }
        // Small values are Linux's own names for non-EtherType frames; only one of them can hold IP.
        if etherType == .linuxLLC { return decodeLLC(bytes, at: offset, into: &packet) }
        return etherType.isVLANTag ? decodeEtherType(bytes, etherType, at: offset, into: &packet) : .notIP
    }
}
