/// The number that says what an Ethernet, VLAN, SNAP or Linux cooked header is followed by.
struct EtherType: RawRepresentable, Equatable {
    var rawValue: UInt16

    static let ipv4 = EtherType(rawValue: 0x0800)
    static let ipv6 = EtherType(rawValue: 0x86dd)
    /// IEEE 802.1Q.
    static let vlan = EtherType(rawValue: 0x8100)
    /// IEEE 802.1ad, the outer tag of QinQ.
    static let serviceVLAN = EtherType(rawValue: 0x88a8)
    /// The outer tag of QinQ before 802.1ad gave it a number.
    static let oldServiceVLAN = EtherType(rawValue: 0x9100)
    /// LINUX_SLL's "an 802.2 LLC frame follows" (ETH_P_802_2).
    static let linuxLLC = EtherType(rawValue: 0x0004)

    var isVLANTag: Bool { self == .vlan || self == .serviceVLAN || self == .oldServiceVLAN }

    /// Up to 1,500 the field of an IEEE 802.3 frame is a length, and LLC follows.
    var isLength: Bool { rawValue <= 1500 }
}

extension PacketDecoder {
    /// VLAN tags followed in one packet. Real stacks have two; more than this is an attack on the loop.
    static let maxVLANTags = 8

    /// Follows VLAN tags and LLC/SNAP to the IP header.
    @inline(never)
    static func decodeEtherType(
        _ bytes: RawSpan, _ first: EtherType, at start: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        var etherType = first
        var offset = start
        var tags = 0
        while etherType.isVLANTag {
            guard tags < maxVLANTags else {
                return malformed(
                    .link, .tooManyHeaders, offset: offset, needed: maxVLANTags + 1, available: tags, into: &packet)
            }
            guard bytes.byteCount - offset >= 4 else {
                return malformed(
                    .link, .captureTooShort, offset: offset, needed: 4, available: bytes.byteCount - offset,
                    into: &packet)
            }
            etherType = EtherType(rawValue: bytes.uint16(offset + 2))
            offset += 4
            tags += 1
        }
        packet.networkOffset = offset
        if etherType == .ipv4 || etherType == .ipv6 { return decodeIP(bytes, at: offset, into: &packet) }
        if etherType.isLength { return decodeLLC(bytes, at: offset, into: &packet) }
        return .notIP
    }
}
