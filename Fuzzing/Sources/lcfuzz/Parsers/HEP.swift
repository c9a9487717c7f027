import Capture
import HEP
import PacketDecoding
import RTP
import TestSupport

extension FuzzTarget {
    /// A datagram of HEP, a stream of version 3, RTCP as JSON or what is to be inflated: the first byte tells.
    static func hep(_ bytes: [UInt8]) {
        switch bytes.first {
        case UInt8(ascii: "{"): report(bytes.span)
        case 0x78, 0x1f: inflate(bytes.span)
        default:
            for isCut in [false, true] { datagram(bytes, isCut: isCut) }
            hepStream(bytes)
        }
    }

    @discardableResult
    private static func datagram(_ bytes: [UInt8], isCut: Bool) -> HEPPacket? {
        let span = bytes.span
        let mayBegin = HEPPacket.mayBegin(span)
        guard case .packet(let packet) = HEPPacket.parse(span, isCut: isCut) else { return nil }
        require(mayBegin || bytes.count < 8, "HEP, and cannot begin like it")
        require(packet.payload.upperBound <= bytes.count, "payload outside")
        require(packet.correlationID.upperBound <= bytes.count, "correlation outside")
        require(packet.version == 3 || packet.length == bytes.count, "another length")
        require(isCut || packet.length <= bytes.count, "longer than the datagram")
        let payload = span.extracting(packet.payload)
        if packet.isCompressed { inflate(payload) }
        report(payload)
        raw(Array(bytes[packet.payload]), packet)
        return packet
    }

    /// Packets behind each other: each as long as its header says, and the same without what is behind it.
    private static func hepStream(_ bytes: [UInt8]) {
        var position = 0
        while case .bytes(let length) = HEPPacket.streamLength(bytes.span.extracting(droppingFirst: position)) {
            require(length > 0, "a packet without length")
            guard position + length <= bytes.count else { return }
            let alone = datagram(Array(bytes[position..<(position + length)]), isCut: false)
            require(alone?.length ?? length == length, "another length")
            if case .packet(let packet) = HEPPacket.parse(bytes.span.extracting(droppingFirst: position)) {
                require(packet == alone, "another packet when more is behind it")
            }
            position += length
        }
    }

    private static func inflate(_ bytes: Span<UInt8>) {
        let inflated = HEPInflation.inflated(bytes)
        require(inflated?.count ?? 0 <= HEPInflation.maxBytes, "more than may come out")
    }

    /// What was JSON is whole RTCP, with every block.
    private static func report(_ bytes: Span<UInt8>) {
        guard let report = RTCPReportJSON(bytes) else { return }
        require(report.blocks.count <= RTCPReportJSON.maxBlocks, "\(report.blocks.count) blocks")
        var rtcp: [UInt8] = []
        report.appendRTCP(to: &rtcp)
        require(rtcp.count == 8 + (report.type == 200 ? 20 : 0) + 24 * report.blocks.count, "\(rtcp.count) bytes")
        var reader = RTCPReader(datagramLength: rtcp.count)
        guard let packet = reader.next(in: rtcp.span) else { fail("no RTCP") }
        require(packet.ssrc(in: rtcp.span) == report.ssrc, "another SSRC")
        require(reader.next(in: rtcp.span) == nil, "more than one packet")
    }

    /// Decodes as what it was made from.
    private static func raw(_ payload: [UInt8], _ packet: HEPPacket) {
        var bytes: [UInt8] = []
        guard RawPacket.append(payload.span, from: packet.source, to: packet.destination, into: &bytes) else {
            return require(payload.count > RawPacket.maxPayload, "no packet")
        }
        var decoded = DecodedPacket()
        let outcome = PacketDecoder.decode(bytes.span, linkType: .raw, into: &decoded)
        check(decoded, bytes, outcome)
        // Ports of tunnels are tried as such.
        guard decoded.carriers == 0, outcome != .esp else { return }
        require(outcome == .udp, "decodes as \(outcome)")
        require(Array(bytes[decoded.payloadRange]) == payload, "another payload")
        require(
            decoded.sourceEndpoint == packet.source && decoded.destinationEndpoint == packet.destination,
            "other endpoints")
    }
}
