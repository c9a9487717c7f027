/// Linux cooked captures (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html).
extension PacketDecoder {
    static let linuxSLLHeaderLength = 16
    static let linuxSLL2HeaderLength = 20

    static func decodeLinuxSLL(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= linuxSLLHeaderLength else {
            return captureHeaderTooShort(bytes, at: start, needed: linuxSLLHeaderLength, into: &packet)
        }
        return decodeLinuxCooked(
            bytes, hardwareType: bytes.uint16(start + 2), protocolType: bytes.uint16(start + 14),
            at: start + linuxSLLHeaderLength, into: &packet)
    }

    static func decodeLinuxSLL2(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= linuxSLL2HeaderLength else {
            return captureHeaderTooShort(bytes, at: start, needed: linuxSLL2HeaderLength, into: &packet)
        }
        return decodeLinuxCooked(
            bytes, hardwareType: bytes.uint16(start + 8), protocolType: bytes.uint16(start),
            at: start + linuxSLL2HeaderLength, into: &packet)
    }

    @inline(__always)
    private static func decodeLinuxCooked(
        _ bytes: RawSpan, hardwareType: UInt16, protocolType: UInt16, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet.networkOffset = offset
        let etherType = EtherType(rawValue: protocolType)
        switch hardwareType {
        // For these the protocol field is no EtherType.
        case 770: return decodeFrameRelay(bytes, at: offset, into: &packet)
        case 801: return decodeIEEE80211(bytes, at: offset, into: &packet)
        case 802: return decodePrism(bytes, at: offset, into: &packet)
        case 803: return decodeRadiotap(bytes, at: offset, into: &packet)
        case 824: return .notIP  // netlink
        default: break
        }
        if etherType == .ipv4 || etherType == .ipv6 { return decodeIP(bytes, at: offset, into: &packet) }
        // Small values are Linux's own names for non-EtherType frames; only one of them can hold IP.
        if etherType == .linuxLLC { return decodeLLC(bytes, at: offset, into: &packet) }
        return etherType.isLength ? .notIP : decodeEtherType(bytes, etherType, at: offset, into: &packet)
    }
}
