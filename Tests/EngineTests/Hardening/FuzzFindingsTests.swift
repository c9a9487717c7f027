import Calls
import Testing

@testable import Engine

/// What fuzzing found, each with its smallest input (docs/hardening.md).
@Suite struct FuzzFindingsTests {
    /// `engine`: a segment that waited behind a hole and had nothing new when the hole was filled was never counted.
    @Test func aWaitingSegmentThatBringsNothingNewIsCounted() throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("c")), in: ["c"])
        let keepalives = side
        _ = side.segment([13, 10])
        // The second keepalive comes first, then both in one segment.
        scenario.add(0.2, side.segment([13, 10]))
        var both = keepalives
        scenario.add(0.3, both.segment([13, 10, 13, 10]))
        let outcome = try scenario.runAllWays()
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.summary.ledger[.sipTransport] == 3)
        #expect(scenario.wrongFiles(outcome) == [])
    }

    /// `engine`: a WebSocket message that is broken off was looked for, and found, at the same place for ever.
    @Test func aWebSocketMessageThatIsBrokenOffIsPassedOver() throws {
        for rest in [[0xff], WebSocketTests.frame(Array("x".utf8)), []] as [[UInt8]] {
            var scenario = Scenario()
            var side = TCPSide()
            scenario.add(0, side.opening)
            let broken = WebSocketTests.frame(TCPSide.invite("broken"), isFinal: false)
            scenario.add(0.1, side.segment(broken + rest))
            scenario.add(0.2, side.segment(WebSocketTests.frame(TCPSide.invite("c"))), in: ["c"])
            let outcome = try scenario.runAllWays()
            #expect(outcome.summary.ledger.check() == nil)
            #expect(outcome.summary.ledger[.sip] == 1)
            #expect(scenario.wrongFiles(outcome) == [])
        }
    }

    /// `engine`: with `--deduplicate`, a copy of a packet that two calls share was in the figures of the last of them only,
    /// of both where they were with different workers.
    @Test func aCopyOfASharedPacketIsInTheFiguresOfEachCall() throws {
        var scenario = Scenario()
        let b2bua = Peer("198.18.0.9", 5060)
        let legA = Call(id: "a", callee: b2bua)
        let legB = Call(id: "b", caller: b2bua)
        for (time, id, from, to) in [(0.0, "a", legA.caller, b2bua), (0.1, "b", b2bua, legB.callee)] {
            scenario.sip(time, .request("INVITE", id, sdp: Message.sdp(legA.callerMedia)), from, to)
            scenario.sip(
                time + 0.2, .response(200, "INVITE", id, sdp: Message.sdp(legA.calleeMedia)), to, from)
        }
        let packet = Frame.rtp(1, ssrc: 7)
        scenario.add(1, Frame.udp(legA.callerMedia, legA.calleeMedia, packet), in: ["a", "b"])
        // Behind a router.
        scenario.add(1.0001, Frame.udp(legA.callerMedia, legA.calleeMedia, packet, ttl: 63, macTail: 9))
        let outcome = try scenario.runAllWays { $0.calls.deduplicate = true }
        #expect(scenario.wrongFiles(outcome) == [])
        for id in ["a", "b"] { #expect(outcome.record(id)?.streams.map(\.copies) == [1]) }
    }
}
