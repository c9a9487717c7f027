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
}
