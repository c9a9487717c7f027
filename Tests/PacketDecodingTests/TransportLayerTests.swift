import Testing

@testable import PacketDecoding

@Suite struct TransportLayerTests {
    typealias Build = PacketBuilder

    @Test(arguments: [0, 9999]) func udpLengthThatSaysTooLittleOrTooMuch(_ length: Int) {
        let bytes = Build.ipv4(17, payload: Build.udp(Build.payload, length: length)) + [0, 0]
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .udp)
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func udpLengthShorterThanTheIPPayload() {
        let bytes = Build.ipv4(17, payload: Build.udp(Build.payload, length: 13))
        #expect(Decoded(bytes, .raw).payload(of: bytes) == Array("hello".utf8))
    }

    @Test func udpLengthBelowItsHeader() {
        let decoded = Decoded(Build.ipv4(17, payload: Build.udp(Build.payload, length: 7)), .raw)
        #expect(decoded.outcome == .malformed(.transport))
        let expected = DecodeFault(.transport, .ownLengthTooShort, offset: 20, needed: 8, available: 7)
        #expect(decoded.packet.fault == expected)
    }

    @Test func ipLengthThatLeavesNoRoomForUDP() {
        let decoded = Decoded(Build.ipv4(17, payload: Build.udp(Build.payload), totalLength: 26), .raw)
        #expect(decoded.outcome == .malformed(.transport))
        let expected = DecodeFault(.transport, .enclosingLengthTooShort, offset: 20, needed: 8, available: 6)
        #expect(decoded.packet.fault == expected)
        #expect(!decoded.packet.cut)
    }

    @Test func emptyUDP() {
        let decoded = Decoded(Build.ipv4(17, payload: Build.udp([])), .raw)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.payloadRange == 28..<28)
    }

    @Test func tcp() {
        let bytes = Build.ipv4(6, payload: Build.tcp(Build.payload, options: [1, 1, 1, 0]))
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .tcp)
        #expect(decoded.packet.tcpSequence == 0x0102_0304)
        #expect(decoded.packet.tcpAcknowledgement == 0x0a0b_0c0d)
        #expect(decoded.packet.tcpFlags == [.psh, .ack])
        #expect(decoded.packet.destinationPort == 5060)
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func tcpDataOffset() {
        let small = Decoded(Build.ipv4(6, payload: Build.tcp(Build.payload, headerLength: 16)), .raw)
        #expect(small.outcome == .malformed(.transport))
        #expect(small.packet.fault.reason == .ownLengthTooShort)
        let large = Decoded(Build.ipv4(6, payload: Build.tcp(Build.payload, headerLength: 60)), .raw)
        #expect(large.outcome == .malformed(.transport))
        let expected = DecodeFault(.transport, .enclosingLengthTooShort, offset: 20, needed: 60, available: 34)
        #expect(large.packet.fault == expected)
    }

    @Test func tcpCutInItsOptions() {
        let whole = Build.ipv4(6, payload: Build.tcp(Build.payload, options: [1, 1, 1, 1, 1, 1, 1, 0]))
        let decoded = Decoded(Array(whole[..<44]), .raw)
        #expect(decoded.outcome == .tcp)
        #expect(decoded.packet.cut)
        #expect(decoded.packet.payloadRange == 44..<44)
        #expect(decoded.packet.declaredPayloadLength == 14)
        #expect(!decoded.packet.transportHeaderCut)
    }

    @Test func icmpErrorQuotesAPacket() {
        let quoted = Build.ipv4(17, payload: Build.udp([UInt8](repeating: 0, count: 160)))[..<28]
        let bytes = Build.ethernet(0x0800) + Build.ipv4(1, payload: [3, 3, 0, 0, 0, 0, 0, 0] + quoted)
        let decoded = Decoded(bytes)
        #expect(decoded.outcome == .icmp)
        #expect(decoded.packet.quotedOffset == 42)
        var inner = DecodedPacket()
        #expect(PacketDecoder.decodeNetwork(bytes.span, at: decoded.packet.quotedOffset, into: &inner) == .udp)
        #expect(inner.sourceEndpoint == Endpoint(IPAddress(v4: 0xc612_0001), 4000))
        #expect(inner.destinationPort == 5060)
        #expect(inner.cut)
        #expect(inner.declaredPayloadLength == 160)
        #expect(inner.payloadRange == 70..<70)
    }

    @Test func icmpv6ErrorQuotesATCPHeaderInPart() {
        let quoted = Build.ipv6(6, payload: Build.tcp(Build.payload))[..<48]
        let bytes = Build.ipv6(58, payload: [1, 4, 0, 0, 0, 0, 0, 0] + quoted)
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .icmp)
        #expect(decoded.packet.quotedOffset == 48)
        var inner = DecodedPacket()
        #expect(PacketDecoder.decodeNetwork(bytes.span, at: 48, into: &inner) == .tcp)
        #expect(inner.transportHeaderCut)
        #expect(inner.sourcePort == 4000)
        #expect(inner.tcpSequence == 0x0102_0304)
        #expect(inner.tcpFlags.isEmpty)
    }

    @Test func icmpWithoutQuotation() {
        #expect(Decoded(Build.ipv4(1, payload: [8, 0, 0, 0, 0, 1, 0, 1, 5, 5]), .raw).packet.quotedOffset == 0)
        #expect(Decoded(Build.ipv4(1, payload: [3, 0, 0, 0, 0, 0, 0, 0]), .raw).packet.quotedOffset == 0)
        #expect(Decoded(Build.ipv6(58, payload: [128, 0, 0, 0, 0, 1, 0, 1, 5]), .raw).packet.quotedOffset == 0)
        #expect(Decoded(Build.ipv4(1, payload: [3, 0, 0, 0]), .raw).outcome == .malformed(.transport))
        #expect(Decoded(Build.ipv4(58, payload: [1, 0, 0, 0, 0, 0, 0, 0]), .raw).outcome == .otherIP)
    }

    @Test func otherProtocols() {
        let decoded = Decoded(Build.ipv4(132, payload: Build.payload), .raw)
        #expect(decoded.outcome == .otherIP)
        #expect(decoded.packet.ipProtocol == 132)
        #expect(decoded.packet.payloadRange == 20..<34)
    }

    @Test func quotedOffsetOutOfRange() {
        var packet = DecodedPacket()
        let bytes: [UInt8] = [0x45]
        #expect(PacketDecoder.decodeNetwork(bytes.span, at: 1, into: &packet) == .malformed(.ip))
        #expect(PacketDecoder.decodeNetwork(bytes.span, at: 5, into: &packet) == .malformed(.ip))
        #expect(PacketDecoder.decodeNetwork(bytes.span, at: -1, into: &packet) == .malformed(.ip))
        #expect(PacketDecoder.decodeNetwork(bytes.span, at: .max, into: &packet) == .malformed(.ip))
    }

    @Test func reassembled() {
        var packet = Decoded(Build.ipv4(17, payload: [1, 2, 3, 4, 5, 6, 7, 8], fragment: 0x2000), .raw).packet
        let whole = Build.udp(Build.payload)
        #expect(PacketDecoder.decodeTransport(of: whole.span, ipProtocol: 17, into: &packet) == .udp)
        #expect(packet.sourceEndpoint == Endpoint(IPAddress(v4: 0xc612_0001), 4000))
        #expect(packet.payloadRange == 8..<22)
        #expect(!packet.isFragment)
        #expect(!packet.cut)
        #expect(packet.hopLimit == 64)

        var packet6 = Decoded(Build.ipv6(44, payload: [60, 0, 0, 1, 0, 0, 0, 1]), .raw).packet
        let options: [UInt8] = [17, 0, 1, 4, 0, 0, 0, 0]
        #expect(PacketDecoder.decodeTransport(of: (options + whole).span, ipProtocol: 60, into: &packet6) == .udp)
        #expect(packet6.payloadRange == 16..<30)

        let nested: [UInt8] = [17, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8]
        #expect(PacketDecoder.decodeTransport(of: nested.span, ipProtocol: 44, into: &packet6) == .malformed(.ip))
        #expect(packet6.fault.reason == .nestedFragment)
        #expect(!packet6.isFragment)
    }
}
