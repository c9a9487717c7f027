import Testing

@testable import Engine

/// `tcp_stream_timeout`, `tcp_sip_idle_timeout`, `tcp_buffer_max_age`, `tcp_stream_max_queue_time` and
/// `tcp_cleanup_interval`: each alone decides something.
@Suite struct StreamTimesTests {
    private static let s: Int64 = 1_000_000_000

    /// A message at 0.1 s and nothing more on the connection; other traffic for 40 s.
    private var oneMessage: Scenario {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("c")))
        scenario.quiet(from: 1, until: 40)
        return scenario
    }

    /// When something first was so, in whole seconds of the scenario; nil if it never was.
    private func firstTime(
        _ scenario: Scenario, _ change: (inout EngineLimits) -> Void, _ isSo: (borrowing Tracker) -> Bool
    ) throws -> Int? {
        var found: Int?
        try scenario.track { options in
            options.limits.tcpCleanupInterval = Self.s
            change(&options.limits)
        } _: { tracker, _ in
            if found == nil, isSo(tracker) { found = Int(tracker.elapsed) }
        }
        return found
    }

    @Test func aConnectionIsForgottenAfterTheStreamTimeout() throws {
        let isForgotten = { (tracker: borrowing Tracker) in tracker.nextPosition > 2 && tracker.connections.count == 0 }
        for timeout in [10, 20] as [Int64] {
            let time = try #require(
                try firstTime(oneMessage, { $0.tcpStreamTimeout = timeout * Self.s }, isForgotten))
            #expect((Int(timeout)...(Int(timeout) + 2)).contains(time), "\(time)")
        }
        #expect(try firstTime(oneMessage, { $0.tcpStreamTimeout = 60 * Self.s }, isForgotten) == nil)
    }

    @Test func aParserIsGivenBackAfterTheSIPIdleTimeout() throws {
        let isGivenBack = { (tracker: borrowing Tracker) in
            tracker.nextPosition > 2 && tracker.connections.confirmedParsers == 0 && tracker.connections.count == 1
        }
        for timeout in [5, 15] as [Int64] {
            let time = try #require(
                try firstTime(oneMessage, { $0.tcpSIPIdleTimeout = timeout * Self.s }, isGivenBack))
            #expect((Int(timeout)...(Int(timeout) + 2)).contains(time), "\(time)")
        }
        #expect(try firstTime(oneMessage, { _ in }, isGivenBack) == nil)
    }

    @Test func expiredStateIsLookedForEveryCleanupInterval() throws {
        let isGivenBack = { (tracker: borrowing Tracker) in
            tracker.nextPosition > 2 && tracker.connections.confirmedParsers == 0
        }
        for interval in [1, 10, 30] as [Int64] {
            let time = try firstTime(
                oneMessage,
                {
                    $0.tcpSIPIdleTimeout = 2 * Self.s
                    $0.tcpCleanupInterval = interval * Self.s
                }, isGivenBack)
            #expect(time == (interval == 1 ? 3 : Int(interval)))
        }
    }

    /// A message whose middle is lost at 0.1 s, and one behind it at 1 s. Nothing is acknowledged.
    private var hole: Scenario {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        let bytes = TCPSide.invite("cut")
        scenario.add(0.1, side.segment(bytes[..<200]))
        _ = side.segment(bytes[200...])
        scenario.add(1, side.segment(TCPSide.invite("next")))
        scenario.quiet(from: 2, until: 40)
        return scenario
    }

    @Test func aHoleIsWaitedForAsLongAsTheQueueTime() throws {
        let isGivenUp = { (tracker: borrowing Tracker) in tracker.counters.tcpHolesGivenUp > 0 }
        for patience in [4, 12] as [Int64] {
            let time = try #require(
                try firstTime(hole, { $0.tcpStreamMaxQueueTime = patience * Self.s }, isGivenUp))
            #expect((Int(patience)...(Int(patience) + 3)).contains(time), "\(time)")
        }
        let isUsed = { (tracker: borrowing Tracker) in tracker.calls.count == 2 }
        let next = try firstTime(hole, { $0.tcpStreamMaxQueueTime = 4 * Self.s }, isUsed)
        #expect(next != nil, "what stands behind the hole is used")
    }

    @Test func aSegmentIsGivenUpAtTheBuffersMaximumAge() throws {
        let isGivenUp = { (tracker: borrowing Tracker) in tracker.counters.tcpHolesGivenUp > 0 }
        for age in [3, 9] as [Int64] {
            let change = { (limits: inout EngineLimits) in
                limits.tcpStreamMaxQueueTime = 3600 * Self.s
                limits.tcpBufferMaxAge = age * Self.s
            }
            let time = try #require(try firstTime(hole, change, isGivenUp))
            #expect((Int(age)...(Int(age) + 3)).contains(time), "\(time)")
        }
    }

    /// Half a message and nothing behind it: SIP as far as it goes, once it is too old.
    @Test func halfAMessageIsGivenUpAtTheBuffersMaximumAge() throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("half").prefix(250)), in: ["half"])
        scenario.quiet(from: 1, until: 40)
        for age in [5, 20] as [Int64] {
            let isUsed = { (tracker: borrowing Tracker) in tracker.calls.count == 1 }
            let time = try #require(try firstTime(scenario, { $0.tcpBufferMaxAge = age * Self.s }, isUsed))
            #expect((Int(age)...(Int(age) + 2)).contains(time), "\(time)")
        }
        let outcome = try scenario.runAllWays { $0.limits.tcpBufferMaxAge = 5 * Self.s }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger.check() == nil)
    }
}
