/// MPLS label stacks (RFC 3032) with IP or an Ethernet pseudowire (RFC 4448) below them.
extension PacketDecoder {
    /// Labels followed in one stack. Networks stack up to a handful.
    static let maxLabels = 16

    /// ```
    ///  0  label (20 bits), traffic class (3), bottom of stack (1), TTL (8)
    /// ```
    /// Nothing says what follows the bottom of the stack. As everybody does: an IP header is known by its version and a
    /// plausible length, a control word by its zero nibble (RFC 4385), and the rest is Ethernet if its type is one.
    static func decodeMPLS(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        var offset = start
        var labels = 0
        while true {
            guard labels < maxLabels else {
                return malformed(
                    .link, .tooManyHeaders, offset: offset, needed: maxLabels + 1, available: labels, into: &packet)
            }
            let available = bytes.available(from: offset)
            guard available >= 4 else {
                return malformed(
                    .link, .captureTooShort, offset: offset, needed: 4, available: available, into: &packet)
            }
            let entry = bytes.uint32(offset)
            offset += 4
            labels += 1
            if entry & 0x100 != 0 { break }
        }
        guard bytes.available(from: offset) > 0 else {
            return malformed(.ip, .captureTooShort, offset: offset, needed: 1, available: 0, into: &packet)
        }
        if looksLikeIP(bytes, at: offset) { return decodeCarried(.ip, by: .mpls, bytes, at: offset, into: &packet) }
        if let frame = pseudowireFrame(bytes, at: offset) {
            return decodeCarried(.ethernet, by: .mpls, bytes, at: frame, into: &packet)
        }
        return .notIP
    }

    /// Where the Ethernet frame of a pseudowire begins, with or without control word; nil if there seems to be none.
    private static func pseudowireFrame(_ bytes: RawSpan, at offset: Int) -> Int? {
        // A control word and a MAC address that begins with 0 look alike; the type behind the addresses tells.
        if bytes.uint8(offset) >> 4 == 0, looksLikeEthernet(bytes, at: offset + 4) { return offset + 4 }
        return looksLikeEthernet(bytes, at: offset) ? offset : nil
    }

    /// A version and a header length that agree with each other and with what is there. A packet that the capture or the
    /// carrier cuts short passes.
    static func looksLikeIP(_ bytes: RawSpan, at offset: Int) -> Bool {
        let available = bytes.available(from: offset)
        guard available > 0 else { return false }
        let first = bytes.uint8(offset)
        switch first >> 4 {
        case 4:
            guard first & 15 >= 5, available >= 4 else { return false }
            let total = Int(bytes.uint16(offset + 2))
            return total == 0 || total >= Int(first & 15) * 4
        case 6: return available < 8 || bytes.uint8(offset + 6) != 59
        default: return false
        }
    }

    /// Two addresses and a type that we follow, with what the type promises behind it.
    static func looksLikeEthernet(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard bytes.available(from: offset) >= ethernetHeaderLength else { return false }
        let etherType = EtherType(rawValue: bytes.uint16(offset + 12))
        let content = offset + ethernetHeaderLength
        switch etherType {
        case .ipv4, .ipv6: return looksLikeIP(bytes, at: content) && isVersion(of: etherType, bytes, at: content)
        case _ where etherType.isVLANTag || etherType.isCarrier: return true
        default: return etherType.isLength && bytes.available(from: content) >= 3 && bytes.uint16(content) == 0xaaaa
        }
    }

    private static func isVersion(of etherType: EtherType, _ bytes: RawSpan, at offset: Int) -> Bool {
        bytes.uint8(offset) >> 4 == (etherType == .ipv4 ? 4 : 6)
    }
}
