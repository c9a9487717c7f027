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

    /// `engine`: a flow went from one call to another and back, and the packet that came then was taken for one of the first
    /// call's last stream, of another SSRC, if the calls were with different workers.
    @Test func aFlowThatComesBackToItsCallMayHaveAnotherStream() throws {
        var scenario = Scenario()
        let (phone, server) = (Peer("198.18.0.5", 10_000), Peer("198.18.0.6", 20_000))
        let (a, b) = (Peer("198.18.0.1", 5060), Peer("198.18.0.2", 5060))
        scenario.sip(0, .request("INVITE", "old", sdp: Message.sdp(phone)), a, b)
        scenario.rtp(1, phone, server, sequence: 1, ssrc: 1, in: ["old"])
        scenario.sip(2, .request("INVITE", "new", sdp: Message.sdp(server)), a, b)
        scenario.rtp(3, phone, server, sequence: 1, ssrc: 2, in: ["new"])
        scenario.sip(3.1, .response(486, "INVITE", "new"), b, a)
        scenario.sip(3.2, .request("ACK", "new"), a, b)
        for time in stride(from: 3.3, to: 5, by: 0.1) {
            scenario.add(time, Frame.udp(Peer("192.0.2.1", 53_000), Peer("192.0.2.2", 53), Array("quiet".utf8)))
        }
        scenario.rtp(5, phone, server, sequence: 2, ssrc: 2, in: ["old"])
        // So that "new" is over while the first interval of the old stream is not.
        let outcome = try scenario.runAllWays { $0.calls.gracePeriod = 500_000_000 }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("old")?.streams.map(\.ssrc) == [1, 2])
        #expect(outcome.record("new")?.streams.map(\.ssrc) == [2])
    }
}
