import Testing

@testable import RTP

@Suite("Media packet kinds (RFC 7983, RFC 5761)")
struct MediaPacketKindTests {
    func kind(_ head: [UInt8], length: Int) -> MediaPacketKind {
        let bytes = head + Array(repeating: 0, count: length - head.count)
        return MediaPacketKind.classify(bytes.span)
    }

    @Test func rtpAndRTCPDifferByTheSecondByte() {
        for second in 0...255 {
            let expected: MediaPacketKind = (192...223).contains(second) ? .rtcp : .rtp
            #expect(kind([0x80, UInt8(second)], length: 12) == expected)
            #expect(kind([0xbf, UInt8(second)], length: 172) == expected)
        }
    }

    @Test func shortPackets() {
        #expect(kind([], length: 0) == .keepalive)
        #expect(kind([0], length: 1) == .keepalive)
        #expect(kind([0x80], length: 1) == .keepalive)
        #expect(kind([13, 10, 13, 10], length: 4) == .keepalive)
        #expect(kind([0x80, 203, 0, 0], length: 4) == .rtcp)
        #expect(kind([0x80, 201, 0, 1], length: 8) == .rtcp)
        #expect(kind([0x80, 0], length: 11) == .other)
    }

    @Test func stunWithAndWithoutCookie() {
        #expect(kind([0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42], length: 28) == .stun)
        #expect(kind([1, 1, 0, 12, 1, 2, 3, 4], length: 32) == .stun)
        // UDPTL begins with its sequence number, here 0 and 1.
        #expect(kind([0, 1, 2, 6, 4, 0, 0, 0], length: 32) == .other)
        #expect(kind([0, 0, 1, 2, 0, 0], length: 20) == .other)
    }

    @Test func otherProtocols() {
        #expect(kind([16, 0, 0, 0, 0x5a, 0x52, 0x54, 0x50], length: 40) == .zrtp)
        #expect(kind([16, 0, 0, 0, 0, 0, 0, 0], length: 40) == .other)
        #expect(kind([22, 254, 253], length: 60) == .dtls)
        #expect(kind([20, 254, 255], length: 14) == .dtls)
        #expect(kind([22, 3, 3], length: 60) == .other)
        #expect(kind([0x2f], length: 60) == .dtls)
        #expect(kind([0x40, 0, 0, 4], length: 8) == .turnChannel)
        #expect(kind([0x40, 0, 0, 9], length: 8) == .other)
        #expect(kind([0xff, 0xff], length: 100) == .other)
    }
}
