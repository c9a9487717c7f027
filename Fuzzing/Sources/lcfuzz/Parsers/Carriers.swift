import TestSupport

@testable import PacketDecoding

extension FuzzTarget {
    private static let links: [LinkType] = [
        .tokenRing, .arcnet, .slip, .ppp, .fddi, .ieee80211, .prism, .radiotap, .avs, .pppSerial, .pppoe, .atm,
        .ciscoHDLC, .frameRelay, .sunATM, .docsis, .pppd, .pppWithDirection, .ciscoHDLCWithDirection,
        .frameRelayWithDirection, .fibreChannel, .arcnetLinux, .ieee1394, .infiniBand, .epon, .enc, .pflog,
        .pktapOfApple, .juniperEthernet, .juniperPPP, .juniperFrameRelay, .juniperHDLC, .ppi, .erf, .ipnet, .nflog,
        .netAnalyzer, .netAnalyzerTransparent, .exportedPDU, .pktap, .switchTagBroadcom, .switchTagPrepended,
        .switchTagDSA, .switchTagEDSA, .llc, .ethernet, .raw, .linuxSLL, .linuxSLL2, .loop,
    ]
    /// Tunnels over UDP, and two ports of none.
    private static let ports = [
        1701, 2152, 3386, 3544, 4341, 4500, 4754, 4789, 8472, 4790, 5072, 5247, 6081, 6633, 6635, 37008, 5060, 40000,
    ]
    /// IP in IP, IPv6, GRE, ESP, AH, EtherIP, L2TP, MPLS, SCTP, UDP.
    private static let protocols: [UInt8] = [4, 41, 47, 50, 51, 97, 115, 137, 132, 17]
    /// IP, MPLS, PPPoE, tags, provider backbone, MACsec, service header, ERSPAN and others.
    private static let etherTypes = [
        0x0800, 0x86dd, 0x8847, 0x8848, 0x8864, 0x8100, 0x88a8, 0x88e7, 0x88e5, 0x894f, 0x88be, 0x22eb, 0x6558, 0x880b,
        0x9100, 0x8926,
    ]

    /// The first byte picks the link type or how many layers are put around the rest; a byte for each of these. The
    /// lengths of those layers are right, so that what they carry is reached. Nothing may point outside the bytes.
    static func carriers(_ input: [UInt8]) {
        var numbers = Numbers(input)
        let first = Int(numbers.byte())
        var linkType = LinkType.ethernet
        var layers: [UInt8] = []
        if first < links.count {
            linkType = links[first]
        } else {
            layers = (0..<(1 + first % 4)).map { _ in numbers.byte() }
        }
        var bytes = numbers.rest()
        for layer in layers.reversed() { bytes = wrapped(bytes, in: layer) }
        if !layers.isEmpty { linkType = layers[0] < 32 ? .ethernet : .raw }
        for mode in [ESPDecoding.closed, .heuristic, .null] {
            var decoded = DecodedPacket()
            let outcome = PacketDecoder.decode(bytes.span, linkType: linkType, esp: mode, into: &decoded)
            require(outcome != .esp, "ESP that was not decided about")
            check(decoded, bytes, outcome)
            var again = DecodedPacket()
            // Not a byte behind the packet matters, nor who decoded before.
            let second = PacketDecoder.decode(Array(bytes).span, linkType: linkType, esp: mode, into: &again)
            require(second == outcome && again.payloadRange == decoded.payloadRange, "decodes otherwise")
        }
    }

    private static func wrapped(_ content: [UInt8], in layer: UInt8) -> [UInt8] {
        if layer < 32 {
            let type = etherTypes[Int(layer) % etherTypes.count]
            return [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, UInt8(type >> 8), UInt8(type & 255)] + content
        }
        if layer < 64 { return ip(content, protocols[Int(layer) % protocols.count], version: layer & 1 == 0 ? 4 : 6) }
        let port = ports[Int(layer) % ports.count]
        let length = min(8 + content.count, 65_535)
        let header = [UInt8(port >> 8), UInt8(port & 255), 0xc0, 1, UInt8(length >> 8), UInt8(length & 255), 0, 0]
        return ip(header + content, 17, version: layer & 32 == 0 ? 4 : 6)
    }

    private static func ip(_ content: [UInt8], _ ipProtocol: UInt8, version: Int) -> [UInt8] {
        let length = min(content.count + (version == 4 ? 20 : 0), 65_535)
        let (high, low) = (UInt8(length >> 8), UInt8(length & 255))
        if version == 4 {
            return [0x45, 0, high, low, 0, 0, 0, 0, 64, ipProtocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + content
        }
        let address: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        return [0x60, 0, 0, 0, high, low, ipProtocol, 64] + address + [1] + address + [2] + content
    }
}
