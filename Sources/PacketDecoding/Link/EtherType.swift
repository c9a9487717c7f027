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
    /// Once used where 802.1ad has its outer tag.
    static let olderServiceVLAN = EtherType(rawValue: 0x9200)
    static let mpls = EtherType(rawValue: 0x8847)
    static let mplsMulticast = EtherType(rawValue: 0x8848)
    static let pppoeSession = EtherType(rawValue: 0x8864)
    static let ppp = EtherType(rawValue: 0x880b)
    /// IEEE 802.1ah.
    static let providerBackbone = EtherType(rawValue: 0x88e7)
    /// IEEE 802.1AE.
    static let macSecurity = EtherType(rawValue: 0x88e5)
    /// Cisco's tags.
    static let vnTag = EtherType(rawValue: 0x8926)
    static let ciscoMetadata = EtherType(rawValue: 0x8909)
    /// High-availability seamless redundancy, IEC 62439-3.
    static let redundancyTag = EtherType(rawValue: 0x892f)
    /// NSH, RFC 8300.
    static let serviceHeader = EtherType(rawValue: 0x894f)
    /// Transparent Ethernet bridging.
    static let bridging = EtherType(rawValue: 0x6558)
    /// LLC in frames too long for a length.
    static let jumboLLC = EtherType(rawValue: 0x8870)
    /// LINUX_SLL's "an 802.2 LLC frame follows" (ETH_P_802_2).
    static let linuxLLC = EtherType(rawValue: 0x0004)

    var isVLANTag: Bool {
        self == .vlan || self == .serviceVLAN || self == .oldServiceVLAN || self == .olderServiceVLAN
    }

    /// Those that carry frames or packets, as IP and VLAN tags do.
    var isCarrier: Bool {
        switch self {
        case .mpls, .mplsMulticast, .pppoeSession, .ppp, .providerBackbone, .macSecurity, .vnTag, .redundancyTag,
            .ciscoMetadata, .serviceHeader, .bridging:
            true
        default: false
        }
    }

    /// Up to 1,500 the field of an IEEE 802.3 frame is a length, and LLC follows.
    var isLength: Bool { rawValue <= 1500 }
}

extension PacketDecoder {
    /// VLAN tags followed in one packet. Real stacks have two; more than this is an attack on the loop.
    static let maxVLANTags = 8

    /// Follows VLAN tags, LLC/SNAP and what carries frames or packets between Ethernet and IP.
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
            guard bytes.available(from: offset) >= 4 else {
                return malformed(
                    .link, .captureTooShort, offset: offset, needed: 4, available: bytes.available(from: offset),
                    into: &packet)
            }
            etherType = EtherType(rawValue: bytes.uint16(offset + 2))
            offset += 4
            tags += 1
        }
        packet.networkOffset = offset
        if etherType == .ipv4 || etherType == .ipv6 { return decodeIP(bytes, at: offset, into: &packet) }
        if etherType.isLength { return decodeLLC(bytes, at: offset, into: &packet) }
        return decodeCarrierEtherType(bytes, etherType, at: offset, into: &packet)
    }

    private static func decodeCarrierEtherType(
        _ bytes: RawSpan, _ etherType: EtherType, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch etherType {
        case .mpls, .mplsMulticast: decodeMPLS(bytes, at: offset, into: &packet)
        case .pppoeSession: decodePPPoESession(bytes, at: offset, into: &packet)
        case .ppp: decodePPP(bytes, at: offset, into: &packet)
        case .providerBackbone: decodeProviderBackbone(bytes, at: offset, into: &packet)
        case .macSecurity: decodeMACSecurity(bytes, at: offset, into: &packet)
        case .vnTag, .redundancyTag: decodeNetworkTag(bytes, at: offset, length: 4, into: &packet)
        case .ciscoMetadata: decodeNetworkTag(bytes, at: offset, length: 6, into: &packet)
        case .serviceHeader: decodeServiceHeader(bytes, at: offset, into: &packet)
        case .bridging: decodeCarried(.ethernet, by: .networkTag, bytes, at: offset, into: &packet)
        case .jumboLLC: decodeLLC(bytes, at: offset, into: &packet)
        default: .notIP
        }
    }
}
