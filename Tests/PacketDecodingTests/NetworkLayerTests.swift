import Testing

@testable import PacketDecoding

@Suite struct IPv4Tests {
    typealias Build = PacketBuilder

    @Test func headerFields() {
        let bytes = Build.ipv4(17, payload: Build.udp(Build.payload))
        let packet = Decoded(bytes, .raw).packet
        #expect(packet.ipVersion == 4)
        #expect(packet.hopLimit == 64)
        #expect(packet.ipProtocol == 17)
        #expect(packet.identification == 0x1234)
        #expect(packet.transportOffset == 20)
        #expect(packet.payloadOffset == 28)
        #expect(packet.payloadLength == 14)
        #expect(packet.declaredPayloadLength == 14)
        #expect(!packet.isFragment)
    }

    @Test func options() {
        let bytes = Build.ipv4(17, payload: Build.udp(Build.payload), options: [UInt8](repeating: 1, count: 40))
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.transportOffset == 60)
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func totalLengthZeroMeansToTheEnd() {
        let bytes = Build.ipv4(6, payload: Build.tcp(Build.payload), totalLength: 0)
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .tcp)
        #expect(decoded.payload(of: bytes) == Build.payload)
        #expect(!decoded.packet.cut)
    }

    @Test func totalLengthZeroButUDPKnowsMore() {
        let bytes = Build.ipv4(17, payload: Build.udp(Build.payload, length: 100), totalLength: 0)
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.cut)
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func contradictions() {
        let short = Decoded(Build.ipv4(17, payload: Build.udp(Build.payload), totalLength: 19), .raw)
        #expect(short.outcome == .malformed(.ip))
        let expected = DecodeFault(.ip, .ownLengthTooShort, offset: 0, needed: 20, available: 19)
        #expect(short.packet.fault == expected)

        var tooSmall = Build.ipv4(17, payload: Build.udp(Build.payload))
        tooSmall[0] = 0x44
        #expect(Decoded(tooSmall, .raw).outcome == .malformed(.ip))
        #expect(Decoded(tooSmall, .raw).packet.fault.available == 16)

        var optionsCut = Array(Build.ipv4(17, payload: [], options: [UInt8](repeating: 1, count: 8))[..<24])
        optionsCut[3] = 40
        let decoded = Decoded(optionsCut, .raw)
        #expect(decoded.outcome == .malformed(.ip))
        #expect(decoded.packet.fault.reason == .captureTooShort)
        #expect(decoded.packet.cut)
    }

    @Test func cutBySnaplen() {
        let whole = Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(Build.payload))
        let bytes = Array(whole[..<45])
        let decoded = Decoded(bytes)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.cut)
        #expect(decoded.packet.payloadLength == 3)
        #expect(decoded.packet.declaredPayloadLength == 14)
        #expect(!decoded.packet.transportHeaderCut)
    }

    @Test func fragments() {
        let payload = [UInt8](repeating: 9, count: 16)
        let first = Decoded(Build.ipv4(17, payload: payload, fragment: 0x2000), .raw)
        #expect(first.outcome == .fragment)
        #expect(first.packet.isFragment)
        #expect(first.packet.moreFragments)
        #expect(first.packet.fragmentOffset == 0)
        #expect(first.packet.payloadRange == 20..<36)
        #expect(first.packet.sourcePort == 0)
        let last = Decoded(Build.ipv4(17, payload: payload, fragment: 185), .raw)
        #expect(last.outcome == .fragment)
        #expect(!last.packet.moreFragments)
        #expect(last.packet.fragmentOffset == 1480)
        #expect(last.packet.identification == 0x1234)
    }

    @Test func authenticationHeader() {
        let header: [UInt8] = [17, 4, 0, 0] + [UInt8](repeating: 0, count: 20)
        let bytes = Build.ipv4(51, payload: header + Build.udp(Build.payload))
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.ipProtocol == 17)
        #expect(decoded.packet.transportOffset == 44)
    }
}

@Suite struct IPv6Tests {
    typealias Build = PacketBuilder

    @Test func headerFields() {
        let bytes = Build.ipv6(17, payload: Build.udp(Build.payload))
        let packet = Decoded(bytes, .raw).packet
        #expect(packet.hopLimit == 63)
        #expect(packet.ipProtocol == 17)
        #expect(packet.transportOffset == 40)
        #expect(packet.payloadRange == 48..<62)
    }

    @Test func extensionHeaders() {
        let hopByHop: [UInt8] = [43, 0, 1, 4, 0, 0, 0, 0]
        let routing: [UInt8] = [60, 2] + [UInt8](repeating: 0, count: 22)
        let destination: [UInt8] = [51, 0, 1, 4, 0, 0, 0, 0]
        let authentication: [UInt8] = [44, 4] + [UInt8](repeating: 0, count: 22)
        let atomicFragment: [UInt8] = [6, 0, 0, 0, 0, 0, 0, 42]
        let headers = hopByHop + routing + destination + authentication + atomicFragment
        let bytes = Build.ipv6(0, payload: headers + Build.tcp(Build.payload))
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .tcp)
        #expect(decoded.packet.ipProtocol == 6)
        #expect(decoded.packet.transportOffset == 40 + 72)
        #expect(decoded.packet.identification == 42)
        #expect(!decoded.packet.isFragment)
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func fragment() {
        let header: [UInt8] = [17, 0, 0x05, 0xc9, 0xde, 0xad, 0xbe, 0xef]
        let decoded = Decoded(Build.ipv6(44, payload: header + [1, 2, 3, 4, 5, 6, 7, 8]), .raw)
        #expect(decoded.outcome == .fragment)
        #expect(decoded.packet.fragmentOffset == 0x05c8)
        #expect(decoded.packet.moreFragments)
        #expect(decoded.packet.identification == 0xdead_beef)
        #expect(decoded.packet.ipProtocol == 17)
        #expect(decoded.packet.payloadRange == 48..<56)
    }

    @Test func payloadLengthZeroMeansToTheEnd() {
        let bytes = Build.ipv6(6, payload: Build.tcp(Build.payload), payloadLength: 0)
        let decoded = Decoded(bytes, .raw)
        #expect(decoded.outcome == .tcp)
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func chainWithoutEnd() {
        let chain = (0..<20).flatMap { _ in [60, 0, 1, 4, 0, 0, 0, 0] as [UInt8] }
        let decoded = Decoded(Build.ipv6(60, payload: chain), .raw)
        #expect(decoded.outcome == .malformed(.ip))
        #expect(decoded.packet.fault.reason == .tooManyHeaders)
    }

    @Test func extensionHeaderBeyondThePayload() {
        let decoded = Decoded(Build.ipv6(60, payload: [17, 3, 0, 0, 0, 0, 0, 0]) + [0, 0], .raw)
        #expect(decoded.outcome == .malformed(.ip))
        let expected = DecodeFault(.ip, .enclosingLengthTooShort, offset: 40, needed: 32, available: 8)
        #expect(decoded.packet.fault == expected)
    }

    @Test func noNextHeader() {
        #expect(Decoded(Build.ipv6(59, payload: [], payloadLength: 0), .raw).outcome == .otherIP)
    }
}
