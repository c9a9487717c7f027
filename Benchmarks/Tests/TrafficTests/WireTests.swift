import Testing

@testable import Traffic

@Suite struct WireTests {
    /// The example of RFC 1071 section 3.
    @Test func checksumOfTheRFCsExample() {
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        var checksum = InternetChecksum()
        bytes.withUnsafeBytes { checksum.add($0) }
        #expect(checksum.value == ~0xDDF2)
    }

    @Test func checksumIsTheSameInPiecesAndWithOddEnds() {
        var random = SplitMix64(seed: 3)
        for length in 1...70 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            var simple: UInt32 = 0
            for place in stride(from: 0, to: length, by: 2) {
                simple += UInt32(bytes[place]) << 8 | (place + 1 < length ? UInt32(bytes[place + 1]) : 0)
            }
            while simple > 0xFFFF { simple = simple >> 16 + simple & 0xFFFF }
            var checksum = InternetChecksum()
            let cut = length / 4 * 2
            bytes.withUnsafeBytes {
                checksum.add(UnsafeRawBufferPointer(rebasing: $0[..<cut]))
                checksum.add(UnsafeRawBufferPointer(rebasing: $0[cut...]))
            }
            #expect(checksum.value == ~UInt16(simple))
        }
    }

    @Test(arguments: [
        (0x2001_0DB8_0000_0000 as UInt64, 1 as UInt64, "2001:db8::1"), (0, 0, "::"), (0, 1, "::1"),
        (0x2001_0DB8_0001_0000, 0x0000_0000_0001_0000, "2001:db8:1::1:0"),
        (0x0001_0002_0003_0004, 0x0005_0006_0007_0008, "1:2:3:4:5:6:7:8"),
        (0x2001_0DB8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
        (0xFE80_0000_0000_0000, 0x0000_0000_0000_0000, "fe80::"),
    ])
    func ipv6TextFollowsRFC5952(high: UInt64, low: UInt64, text: String) {
        #expect(IPAddress(ipv6High: high, low: low).text == text)
    }

    @Test func endpointText() {
        #expect(Endpoint(IPAddress(ipv4: 0xC612_0001), 5060).text == "198.18.0.1:5060")
        #expect(Endpoint(IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 1), 5060).text == "[2001:db8::1]:5060")
    }

    /// The digest is a format: checkers elsewhere must come to the same number.
    @Test func digestOfAKnownPacket() {
        var digest = PacketDigest()
        #expect(digest.value == 0x6C63_6765_6E00_0001)
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        bytes.withUnsafeBytes { digest.add(nanoseconds: 1_000_000_000, originalLength: 100, bytes: $0) }
        var expected = PacketDigest.seed
        for word in [1_000_000_000, 9 | 100 << 32, 0x0807_0605_0403_0201, 9] as [UInt64] {
            expected = (expected ^ word) &* 0x9E37_79B9_7F4A_7C15
            expected ^= expected >> 32
        }
        #expect(digest.value == expected)
    }

    @Test func timesAreWrittenAsRFC3339() {
        func text(_ nanoseconds: UInt64) -> String {
            var bytes: [UInt8] = []
            CivilTime(nanoseconds: nanoseconds).append(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(text(0) == "1970-01-01T00:00:00.000000000Z")
        #expect(text(951_827_696_000_000_001) == "2000-02-29T12:34:56.000000001Z")
        #expect(text(1_767_323_045_123_456_789) == "2026-01-02T03:04:05.123456789Z")
    }

    @Test func fragmentsPutTogetherAreTheDatagram() {
        let path = Path(
            from: Endpoint(IPAddress(ipv4: 1), 5060), to: Endpoint(IPAddress(ipv4: 2), 5060))
        let payload = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }
        let fragments = UDPDatagram.fragments(
            path: path, link: .raw, identification: 7, payload: payload, fragmentPayload: 1000)
        var datagram: [UInt8] = []
        for (place, fragment) in fragments.enumerated() {
            let field = UInt16(fragment[6]) << 8 | UInt16(fragment[7])
            #expect(Int(field & 0x1FFF) * 8 == datagram.count)
            #expect((field & 0x2000 != 0) == (place < fragments.count - 1))
            datagram += fragment[20...]
        }
        #expect(Array(datagram[8...]) == payload)
    }
}
