import Calls
import RTP
import Testing

@testable import Engine

/// MOS and intervals of whole calls, for 1, 2, 3 and 8 workers.
@Suite struct QualityTests {
    private let call = Call(id: "one")

    /// Set up with a session description of one's own; hung up at 40 s.
    private func scenario(_ sdp: (Peer) -> String) -> Scenario {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "one", sdp: sdp(call.callerMedia)), call.caller, call.callee)
        scenario.sip(0.1, .response(200, "INVITE", "one", sdp: sdp(call.calleeMedia)), call.callee, call.caller)
        scenario.sip(0.2, .request("ACK", "one", toTag: "callee"), call.caller, call.callee)
        return scenario
    }

    /// An m= line with its formats.
    private func sdp(_ formats: String, _ attributes: String = "", profile: String = "RTP/AVP") -> (Peer) -> String {
        { media in
            "v=0\r\no=- 1 1 IN IP4 \(media.address)\r\ns=-\r\nc=IN IP4 \(media.address)\r\nt=0 0\r\n"
                + "m=audio \(media.port) \(profile) \(formats)\r\n\(attributes)"
        }
    }

    /// One direction, a packet each 20 ms from 1 s on; some numbers never come.
    private func talk(
        _ scenario: inout Scenario, _ numbers: Range<Int>, without lost: Set<Int> = [], payloadType: UInt8 = 0
    ) {
        for number in numbers where !lost.contains(number) {
            scenario.rtp(
                1 + Double(number) * 0.02, call.callerMedia, call.calleeMedia, sequence: UInt16(number),
                payloadType: payloadType, in: ["one"])
        }
    }

    private func stream(_ scenario: Scenario, _ change: (inout EngineOptions) -> Void = { _ in }) throws
        -> StreamRecord
    {
        var scenario = scenario
        call.hangUp(&scenario, at: 60)
        let outcome = try scenario.runAllWays(change)
        #expect(scenario.wrongFiles(outcome) == [])
        return try #require(outcome.record("one")?.streams.first)
    }

    private func hundredths(_ value: Double?) -> Int? { value.map { Int(($0 * 100).rounded()) } }

    @Test func faultless() throws {
        var scenario = scenario(sdp("0"))
        talk(&scenario, 0..<600)
        let stream = try stream(scenario)
        #expect(hundredths(stream.mos) == 441 && hundredths(stream.ratingFactor) == 9321)
        #expect(stream.mosScale == .narrowband && stream.mosNullReason == nil && stream.burstRatio == nil)
        #expect(stream.intervals?.length == 5_000_000_000)
        #expect(stream.intervals?.figures.map(\.packets) == [250, 250, 100])
        #expect(stream.intervals?.mos.map(hundredths) == [441, 441, 441])
    }

    /// 60 of 1500 lost, all in the third interval, in six bursts of ten: Ppl 4 %, BurstR 10 * 0.96 = 9.6, which the model
    /// gets as 8. R = 93.206 - 95 * 4 / (0.5 + 25.1) = 78.36, MOS = 3.96.
    /// The interval alone: 24 %, BurstR 7.6: R = 93.206 - 95 * 24 / (24 / 7.6 + 25.1) = 12.52, MOS 1.07.
    @Test func aBadStretch() throws {
        var scenario = scenario(sdp("8"))
        let lost = Set((0..<6).flatMap { burst in (0..<10).map { 510 + burst * 40 + $0 } })
        talk(&scenario, 0..<1500, without: lost, payloadType: 8)
        let stream = try stream(scenario)
        #expect(stream.lostPackets == 60 && hundredths(stream.burstRatio) == 960)
        #expect(hundredths(stream.ratingFactor) == 7836 && hundredths(stream.mos) == 396)
        #expect(stream.intervals?.figures.map(\.lost) == [0, 0, 60, 0, 0, 0])
        #expect(stream.intervals?.figures.map(\.packets) == [250, 250, 190, 250, 250, 250])
        #expect(stream.intervals?.mos.map(hundredths) == [441, 441, 107, 441, 441, 441])
    }

    @Test func withoutConcealment() throws {
        var scenario = scenario(sdp("0"))
        talk(&scenario, 0..<100, without: [50])
        // 1 %: R = 93.206 - 95 / (1 + 25.1 or 4.3).
        #expect(hundredths(try stream(scenario).ratingFactor) == 8957)
        #expect(hundredths(try stream(scenario) { $0.calls.concealsLoss = false }.ratingFactor) == 7528)
    }

    /// Headers are enough.
    @Test func secureRTP() throws {
        let key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"
        var scenario = scenario(sdp("0", key, profile: "RTP/SAVP"))
        talk(&scenario, 0..<100)
        #expect(hundredths(try stream(scenario).mos) == 441)
    }

    @Test(
        arguments: [
            ("98", "a=rtpmap:98 AMR-WB/16000\r\na=fmtp:98 mode-set=7\r\n", 98, "wideband", 449),
            ("18", "a=fmtp:18 annexb=no\r\n", 18, "narrowband", 414), ("18", "", 18, "narrowband", 410),
        ] as [(String, String, UInt8, String, Int)])
    func otherCodecs(formats: String, attributes: String, payloadType: UInt8, scale: String, score: Int) throws {
        var scenario = scenario(sdp(formats, attributes))
        talk(&scenario, 0..<100, payloadType: payloadType)
        let stream = try stream(scenario)
        #expect(stream.mosScale?.name == scale && hundredths(stream.mos) == score)
    }

    @Test(
        arguments: [
            ("111", "a=rtpmap:111 opus/48000/2\r\n", 111, .codecNotRated), ("0", "", 97, .noCodec),
            ("9", "", 9, .codecNotRated), ("4", "", 4, .codecModeUnknown),
            ("98", "a=rtpmap:98 AMR-WB/16000\r\n", 98, .codecModeUnknown),
            ("0 101", "a=rtpmap:101 telephone-event/8000\r\n", 101, .noSpeech), ("0 13", "", 13, .noSpeech),
        ] as [(String, String, UInt8, StreamQuality.NoScoreReason)])
    func noScore(formats: String, attributes: String, payloadType: UInt8, reason: StreamQuality.NoScoreReason) throws {
        var scenario = scenario(sdp(formats, attributes))
        talk(&scenario, 0..<100, payloadType: payloadType)
        let stream = try stream(scenario)
        #expect(stream.mos == nil && stream.mosNullReason == reason)
        #expect(stream.intervals?.mos == [nil])
    }

    @Test func lossWithoutRobustnessAndTooFew() throws {
        var lossy = scenario(sdp("98", "a=rtpmap:98 AMR-WB/16000\r\na=fmtp:98 mode-set=2\r\n"))
        talk(&lossy, 0..<500, without: [300], payloadType: 98)
        let stream = try stream(lossy)
        #expect(stream.mos == nil && stream.mosNullReason == .lossNotRated && stream.mosScale == .wideband)
        #expect(stream.intervals?.mos.map(hundredths) == [434, nil])
        var short = scenario(sdp("0"))
        talk(&short, 0..<24)
        #expect(try self.stream(short).mosNullReason == .tooFewPackets)
    }

    @Test func aChangeOfCodec() throws {
        var same = scenario(sdp("0 8"))
        talk(&same, 0..<50)
        talk(&same, 50..<100, payloadType: 8)
        #expect(hundredths(try stream(same).mos) == 441)
        var other = scenario(sdp("0 18"))
        talk(&other, 0..<50)
        talk(&other, 50..<100, payloadType: 18)
        #expect(try stream(other).mosNullReason == .severalCodecs)
        var keys = scenario(sdp("0 101", "a=rtpmap:101 telephone-event/8000\r\n"))
        talk(&keys, 0..<50)
        talk(&keys, 50..<60, payloadType: 101)
        #expect(hundredths(try stream(keys).mos) == 441)
    }

    @Test func mediaOfNoCall() throws {
        var scenario = Scenario()
        for number in 0..<600 where !(300..<310).contains(number) {
            scenario.rtp(
                Double(number) * 0.02, Peer("198.18.3.1", 10_000), Peer("198.18.3.2", 20_000), sequence: UInt16(number),
                in: [])
        }
        scenario.quiet(from: 13, until: 20)
        let outcome = try scenario.runAllWays { $0.calls.orphanRTP = true }
        let stream = try #require(outcome.orphans.first?.stream)
        #expect(stream.intervals?.figures.map(\.packets) == [250, 240, 100])
        #expect(stream.intervals?.figures.map(\.lost) == [0, 10, 0])
        #expect(stream.mosScale == .narrowband && stream.mos != nil)
    }
}
