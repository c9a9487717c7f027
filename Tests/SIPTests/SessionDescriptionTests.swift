import PacketDecoding
import Testing

@testable import SIP

@Suite struct SessionDescriptionTests {
    private let text = """
        v=0
        o=jdoe 2890844526 2890842807 IN IP4 198.51.100.1
        s=call
        c=IN IP4 198.51.100.1
        t=0 0
        a=group:BUNDLE 0 video1
        a=recvonly
        m=audio 49170/2 RTP/AVP 0 8 97 101 9x 200
        a=mid:0
        a=rtpmap:97 opus/48000/2
        a=rtpmap:101 telephone-event/8000
        a=rtpmap:bad
        a=fmtp:101 0-16
        a=ptime:20
        a=rtcp:53020 IN IP6 2001:db8::2
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x
        a=inactive
        odd
        m=video 0 UDP/TLS/RTP/SAVPF 96
        c=IN IP6 2001:db8::3
        a=rtcp-mux
        a=fingerprint:sha-256 00
        a=candidate:1 1 UDP 1 192.0.2.4 50000 typ host
        m=image 5000 udptl t38
        m=application 70000 UDP/BFCP *

        """

    @Test func everythingIsFound() {
        let bytes = wire(text)
        // Used again, as it is meant to be.
        var sdp = SessionDescription()
        let isOne = (sdp.read(wire("m=audio 1 RTP/AVP 3\na=rtpmap:3 X/1\n").span), sdp.read(bytes.span))
        #expect(isOne == (true, true))
        #expect(sdp.name.string(in: bytes.span) == "call")
        #expect(sdp.connection?.address == IPAddress("198.51.100.1"))
        #expect(sdp.direction == .recvonly)
        #expect(sdp.bundles.map { $0.string(in: bytes.span) } == ["0 video1"])
        #expect(sdp.media.map(\.kind) == [.audio, .video, .image, .other])
        #expect(sdp.oddLines == 2)
        #expect(sdp.refused == 0)

        let audio = sdp.media[0]
        #expect(audio.port == 49_170)
        #expect(audio.portCount == 2)
        #expect(audio.proto.string(in: bytes.span) == "RTP/AVP")
        #expect(audio.isRTP)
        #expect(sdp.payloadTypes[audio.payloadTypes] == [0, 8, 97, 101])
        #expect(audio.formats.count == 6)
        #expect(audio.mid.string(in: bytes.span) == "0")
        #expect(audio.direction == .inactive)
        #expect(audio.packetTimeMs == 20)
        #expect(audio.rtcpPort == 53_020)
        #expect(audio.rtcpConnection?.address == IPAddress("2001:db8::2"))
        #expect(audio.hasCrypto)
        #expect(
            sdp.format(of: 97, audio, in: bytes.span) == PayloadFormat(name: "opus", clockRateHz: 48_000, channels: 2))
        // Payload type 8 has no rtpmap here: what RFC 3551 says of it is not this module's matter.
        #expect(sdp.format(of: 8, audio, in: bytes.span) == nil)
        #expect(sdp.format(of: 99, audio, in: bytes.span) == nil)
        #expect(sdp.formatParameters[audio.formatParameters].map { $0.parameters.string(in: bytes.span) } == ["0-16"])

        let video = sdp.media[1]
        #expect(video.port == 0)
        #expect(video.isRTP)
        #expect(video.isRTCPMultiplexed)
        #expect(video.hasFingerprint)
        #expect(video.connection?.address == IPAddress("2001:db8::3"))
        #expect(sdp.candidates[video.candidates].map(\.port) == [50_000])

        let isT38 = sdp.media.map { sdp.isT38($0, in: bytes.span) }
        #expect(isT38 == [false, false, true, false])
        #expect(!sdp.media[2].isRTP)
        #expect(sdp.media[3].port == nil)
    }

    @Test func nothingIsNoDescription() {
        var sdp = SessionDescription()
        let isOne = (sdp.read([UInt8]().span), sdp.read(wire("hello\nworld\n").span))
        #expect(isOne == (false, false))
    }

    @Test func arraysAreBounded() {
        let formats = (0..<100).map { "\($0)" }.joined(separator: " ")
        let maps = (0..<100).map { "a=rtpmap:\($0) X/8000\n" }.joined()
        let text =
            "m=audio 1 RTP/AVP \(formats)\n\(maps)" + String(repeating: "m=audio 1 RTP/AVP 0\na=mid:x\n", count: 70)
        var sdp = SessionDescription()
        let isOne = sdp.read(wire(text).span)
        #expect(isOne)
        #expect(sdp.media.count == 64)
        #expect(sdp.media[0].formats.count == 64)
        #expect(sdp.media[0].rtpMaps.count == 64)
        #expect(sdp.refused == 36 + 36 + 36 + 7)
    }
}
