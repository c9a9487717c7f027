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
}
