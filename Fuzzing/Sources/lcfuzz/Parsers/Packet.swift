import TestSupport

@testable import PacketDecoding

extension FuzzTarget {
    /// The first byte picks the link type; no outcome may point outside the bytes.
    static func packet(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let linkTypes: [LinkType] = [
            .ethernet, .linuxSLL2, .linuxSLL, .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6, .null, .loop, .pktap,
        ]
        // Numbers that are none of ours are link types of other captures.
        let linkType =
            Int(first) < linkTypes.count ? linkTypes[Int(first)] : LinkType(rawValue: UInt32(first))
        let bytes = Array(input.dropFirst())
        var packet = DecodedPacket()
        let outcome = PacketDecoder.decode(bytes.span, linkType: linkType, into: &packet)
        check(packet, bytes, outcome)
        for mode in [ESPDecoding.heuristic, .null] where outcome == .esp {
            var opened = packet
            let outcome = PacketDecoder.decodeESP(bytes.span, as: mode, into: &opened)
            check(opened, bytes, outcome)
        }
        if packet.quotedOffset > 0 {
            var quoted = DecodedPacket()
            let outcome = PacketDecoder.decodeNetwork(bytes.span, at: packet.quotedOffset, into: &quoted)
            check(quoted, bytes, outcome)
        }
        if outcome == .fragment {
            let part = Array(bytes[packet.payloadRange])
            let outcome = PacketDecoder.decodeTransport(of: part.span, ipProtocol: packet.ipProtocol, into: &packet)
            check(packet, part, outcome)
        }
    }

    static func check(_ packet: DecodedPacket, _ bytes: [UInt8], _ outcome: DecodeOutcome) {
        require(packet.payloadOffset >= 0 && packet.payloadLength >= 0, "negative payload")
        require(packet.payloadOffset + packet.payloadLength <= bytes.count, "payload outside the packet")
        require(packet.declaredPayloadLength >= packet.payloadLength, "more payload than declared")
        require(packet.networkOffset <= bytes.count && packet.transportOffset <= bytes.count, "header outside")
        require(packet.quotedOffset == 0 || packet.quotedOffset < bytes.count, "quotation outside")
        require(packet.fragmentOffset >= 0 && packet.fragmentOffset <= 65_528, "fragment offset")
        require(packet.isFragment == (outcome == .fragment), "fragment or not")
        require(Int(packet.carriers) <= PacketDecoder.maxCarriers, "carriers in carriers")
    }
}
