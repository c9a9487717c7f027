/// What a packet travels in beside its own link header: tunnels, and the layers that providers put between Ethernet and
/// IP. Each is a file of this folder: it finds where its content begins and hands it back to the decoder.
///
/// The innermost packet is what is decoded; its addresses are those of the call. Only captures that have such carriers
/// pay for them: they are reached from the last branch of a protocol or port test, and never inlined.
enum Carrier: UInt8 {
    case mpls = 1
    case pppoe, ppp, providerBackbone, networkTag, macSecurity, serviceHeader, wireless, capturedLink
    case ipInIP, gre, erspan, l2tp, etherIP, esp
    case vxlan, geneve, gtp, tzsp, lisp, teredo, ayiya, capwap
}

/// What a carrier's header announces.
enum CarriedContent {
    /// IPv4 or IPv6, by its version.
    case ip
    case ethernet
    case etherType(EtherType)
    case ppp
    case mpls
    case gre
    case serviceHeader
    case link(LinkType)
    /// What an IP header is followed by; for ESP, whose content may begin with a transport header.
    case transport(UInt8)
}

extension PacketDecoder {
    /// Carriers opened in one packet, in vain or not. Real stacks have up to six (GTP in IPsec in MPLS in a pseudowire);
    /// more is `tooDeep`. It bounds the recursion and, as attempts are never given back, the work for one packet.
    public static let maxCarriers = 16

    /// Where the last carrier's content begins at most, in bytes from the start of the packet: headers of all kinds
    /// together, so that what follows them is within reach of 16 bits.
    static let maxCarriedOffset = 32768

    /// Decodes what a carrier has inside. `bytes` end where the carrier's content does.
    ///
    /// - Parameter identifier: tells one tunnel between two hosts from another (VNI, TEID, key, session).
    @inline(never)
    static func decodeCarried(
        _ content: CarriedContent, by carrier: Carrier, identifier: UInt32 = 0, _ bytes: RawSpan, at offset: Int,
        into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard packet.carriers < maxCarriers else { return .tooDeep }
        var inner = DecodedPacket()
        inner.carriers = packet.carriers + 1
        inner.isLinkUnsteady = packet.isLinkUnsteady
        // Below IP, what is in front of the IP header is the path already.
        let isTunnel = packet.ipVersion != 0
        let networkOffset = packet.networkOffset
        inner.carrierPath = isTunnel ? path(packet, carrier, identifier) : packet.carrierPath
        // For ESP in transport mode the addresses are those of the IP header in front of it.
        if case .transport = content { inner.takeNetworkLayer(of: packet) }
        packet = inner
        guard offset >= 0, offset < min(bytes.byteCount, maxCarriedOffset) else {
            return malformed(.link, .captureTooShort, offset: offset, needed: 1, available: 0, into: &packet)
        }
        let outcome = decode(content, bytes, at: offset, into: &packet)
        if isTunnel { packet.networkOffset = networkOffset }
        return outcome
    }

    private static func decode(
        _ content: CarriedContent, _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch content {
        case .ip: decodeIP(bytes, at: offset, into: &packet)
        case .ethernet: decodeEthernet(bytes, at: offset, into: &packet)
        case .etherType(let etherType): decodeEtherType(bytes, etherType, at: offset, into: &packet)
        case .ppp: decodePPP(bytes, at: offset, into: &packet)
        case .mpls: decodeMPLS(bytes, at: offset, into: &packet)
        case .gre: decodeGRE(bytes, at: offset, into: &packet)
        case .serviceHeader: decodeServiceHeader(bytes, at: offset, into: &packet)
        case .link(let linkType): decodeLink(bytes, linkType: linkType, at: offset, into: &packet)
        case .transport(let ipProtocol):
            decodeExtensionHeaders(
                bytes, at: offset, declaredEnd: bytes.byteCount, nextHeader: ipProtocol, into: &packet)
        }
    }

    /// The same for every packet of one tunnel and direction, so that it can be part of what tells copies and fragments
    /// of different datagrams apart.
    private static func path(_ outer: DecodedPacket, _ carrier: Carrier, _ identifier: UInt32) -> UInt32 {
        var mixed = UInt64(outer.carrierPath) << 32 | UInt64(identifier)
        for word in [outer.source.high, outer.source.low, outer.destination.high, outer.destination.low] {
            mixed = (mixed ^ word) &* 0x9e37_79b9_7f4a_7c15
            mixed ^= mixed >> 29
        }
        mixed = (mixed ^ UInt64(carrier.rawValue)) &* 0xd6e8_feb8_6659_fd93
        // 0 says that there is no tunnel.
        return UInt32(truncatingIfNeeded: mixed >> 32) | 1
    }
}

extension DecodeOutcome {
    /// IP was found, whole enough to say what it carries. What a carrier over UDP holds must be that: otherwise it is
    /// taken for an ordinary datagram on a port that happens to be a tunnel's.
    var foundIP: Bool {
        switch self {
        case .udp, .tcp, .icmp, .fragment, .otherIP, .esp, .tooDeep: true
        case .notIP, .malformed: false
        }
    }
}

extension DecodedPacket {
    mutating func takeNetworkLayer(of outer: DecodedPacket) {
        source = outer.source
        destination = outer.destination
        ipVersion = outer.ipVersion
        hopLimit = outer.hopLimit
        identification = outer.identification
        cut = outer.cut
    }
}

extension RawSpan {
    /// The same offsets, ending at `end` at the latest.
    @_lifetime(copy self)
    func clipped(to end: Int) -> RawSpan { extracting(first: max(0, min(end, byteCount))) }

    /// Bytes from `offset` on; never negative.
    func available(from offset: Int) -> Int { max(0, byteCount - offset) }

    /// Loads in little-endian order, for headers that capture programs write. Trap past the end, like the others.
    func littleUInt16(_ offset: Int) -> UInt16 { uint16(offset).byteSwapped }
    func littleUInt32(_ offset: Int) -> UInt32 { uint32(offset).byteSwapped }
}
