import Calls
import Testing

@testable import Engine

/// Captures whose packets are not of one time: joined files, clocks that were set, hours without a packet.
@Suite struct OddTimesTests {
    private let early = Call(id: "of-an-earlier-time")
    private let late = Call(
        id: "of-a-later-time", callerMedia: Peer("198.18.0.1", 11_000), calleeMedia: Peer("198.18.0.2", 21_000))

    /// The second half of the capture is of an hour before: its call has all its messages and media, and its own times.
    @Test(arguments: [-3600.0, -86_400]) func aCallOfAnEarlierTimeIsNotOverAtOnce(_ time: Double) throws {
        var scenario = Scenario()
        late.whole(&scenario, at: 0, packets: 20)
        early.whole(&scenario, at: time, packets: 20)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        for (call, start) in [(late, 0.0), (early, time)] {
            let record = try #require(outcome.record(call.id))
            #expect(record.sipMessages.total == 6 && record.endReason == .bye)
            #expect(Scenario.seconds(record.startTime) == start)
            #expect(record.streams.map(\.packets) == [20, 20])
        }
        #expect(outcome.counter("sip_late") == 0)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// Another dialog than a call likewise: its response is part of its record.
    @Test func otherDialogsOfAnEarlierTimeAreWhole() throws {
        var scenario = Scenario()
        late.whole(&scenario, at: 0, packets: 20)
        scenario.sip(-7200, .request("OPTIONS", "ping"), early.caller, early.callee)
        scenario.sip(-7199.9, .response(200, "OPTIONS", "ping"), early.callee, early.caller)
        let outcome = try scenario.runAllWays { $0.calls.allDialogs = true }
        #expect(outcome.record("ping")?.sipMessages.total == 2)
    }

    /// Two hours of silence, then a call: the clock follows after sixteen packets, and the call is not idle then.
    @Test func aCallAfterALongSilenceIsNotIdle() throws {
        var scenario = Scenario()
        late.whole(&scenario, at: 0, packets: 20)
        early.whole(&scenario, at: 7200, packets: 20)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record(early.id)?.endReason == .bye)
        #expect(outcome.record(early.id)?.sipMessages.total == 6)
        #expect(outcome.counter("sip_late") == 0)
    }
}
