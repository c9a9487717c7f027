import Testing

@testable import Engine

/// Captures made with a small snap length.
@Suite struct CutPacketsTests {
    private let call = Call(id: "the-call-id")

    private var scenario: Scenario { call.alone(packets: 20) }

    private func run(_ scenario: Scenario, snapLength: Int) throws -> Outcome {
        try scenario.runAllWays(inputs: [CaptureText.file(scenario.packets, snapLength: snapLength)])
    }

    /// The INVITE is there to its Call-ID and beyond; its SDP is not, so nobody knows the endpoints.
    @Test func signallingIsUsedAsFarAsItGoes() throws {
        let outcome = try run(scenario, snapLength: 260)
        #expect(outcome.records.map(\.callID) == ["the-call-id"])
        #expect(outcome.record("the-call-id")?.sipMessages.total == 6)
        #expect(outcome.summary.ledger.check() == nil)
        let longer = scenario.packets.count { $0.bytes.count > 260 }
        #expect(longer > 2)
        #expect(outcome.counter("cut") == UInt64(longer))
        #expect(try scenario.run().counter("cut") == 0)
    }

    /// Whole SIP, media cut behind the RTP header: two captures merged, as of two rings with their own snap length.
    @Test func mediaCutBehindItsHeaderHasAllItsFigures() throws {
        let sip = scenario.packets.filter { $0.bytes.count != 214 }
        let media = scenario.packets.filter { $0.bytes.count == 214 }
        let whole = try scenario.run()
        for snapLength in [54, 60, 100] {
            let outcome = try scenario.runAllWays(inputs: [
                CaptureText.file(sip), CaptureText.file(media, snapLength: snapLength),
            ])
            #expect(outcome.record("the-call-id")?.streams == whole.record("the-call-id")?.streams)
            #expect(outcome.packetsByCall["the-call-id"]?.count == scenario.packets.count)
            #expect(outcome.counter("cut") == 40)
            #expect(outcome.summary.ledger.check() == nil)
        }
    }

    /// Half a Call-ID is the name of another call, half a port that of another endpoint.
    @Test func nothingIsTakenFromALineThatIsCut() throws {
        let text = Message.request("INVITE", "the-call-id", sdp: Message.sdp(call.callerMedia)).text
        for length in 1..<text.utf8.count {
            var scenario = Scenario()
            scenario.add(0, Frame.udp(call.caller, call.callee, Array(text.utf8)))
            scenario.rtp(0.1, Peer("198.18.9.9", 7777), Peer("198.18.0.1", 1000), sequence: 1, in: [])
            let packets = [scenario.packets[0], scenario.packets[1]]
            let cut = CaptureText.file([packets[0]], snapLength: 42 + length)
            let outcome = try scenario.run(inputs: [cut, CaptureText.file([packets[1]])])
            #expect(outcome.records.allSatisfy { $0.callID == "the-call-id" }, "\(length)")
            #expect(outcome.records.allSatisfy { $0.streams.isEmpty }, "\(length)")
            #expect(outcome.counter("cut") == 1)
            #expect(outcome.summary.ledger.check() == nil)
        }
    }

    @Test func aCutSegmentIsAGap() throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(
            0.1, side.segment(TCPSide.invite("cut", extra: "Subject: " + String(repeating: "x", count: 900) + "\r\n")))
        scenario.add(0.2, Frame.tcp(side.to, side.from, sequence: 1, acknowledge: side.sequence, []))
        scenario.quiet(from: 1, until: 3)
        scenario.add(4, side.segment(TCPSide.invite("next")))
        scenario.add(4.1, Frame.tcp(side.to, side.from, sequence: 1, acknowledge: side.sequence, []))
        scenario.quiet(from: 5, until: 6)
        scenario.add(7, side.segment(TCPSide.invite("last")))
        let outcome = try run(scenario, snapLength: 600)
        #expect(outcome.records.map(\.callID).sorted() == ["cut", "last", "next"])
        #expect(outcome.counter("cut") == 1)
        #expect(outcome.counter("tcp_holes_given_up") == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test(arguments: [14, 20, 34, 38, 42, 50, 54, 80]) func everySnapLengthBalances(_ snapLength: Int) throws {
        let outcome = try run(scenario, snapLength: snapLength)
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.summary.ledger.captured == UInt64(scenario.packets.count))
    }
}
