import Calls
import Testing

@testable import Engine

/// PRODUCT section 4, "When a call is" and "When it ends": each rule by name.
@Suite struct CallLifeTests {
    private let a = Peer("198.18.0.1", 5060)
    private let b = Peer("198.18.0.2", 5060)

    /// Traffic of nobody for long enough that every timer runs out.
    private func later(_ scenario: inout Scenario, from: Double, for seconds: Double = 60) {
        scenario.quiet(from: from, until: from + seconds)
    }

    @Test func aByeAndItsAnswerEndTheCall() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 10)
        later(&scenario, from: 11)
        let outcome = try scenario.runAllWays()
        let record = try #require(outcome.record("c"))
        #expect(record.state == .ended)
        #expect(record.endReason == .bye)
        #expect(record.hangupBy == .caller)
        #expect(record.startTime == Scenario.start)
        #expect(record.ringingTime == Scenario.start + 100_000_000)
        #expect(record.answerTime == Scenario.start + 200_000_000)
        #expect(record.endTime == Scenario.start + 10_000_000_000)
        #expect(record.duration == 9_800_000_000)
        #expect(record.postDialDelay == 100_000_000)
        #expect(record.setupTime == 200_000_000)
        #expect(record.statusCode == 200)
        #expect(record.isJoined == false)
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test func messagesInTheGracePeriodBelongToTheCall() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 1)
        // Within 5 s of the last message each time.
        scenario.sip(5, .response(200, "BYE", "c", cseq: 2), b, a)
        scenario.sip(9, .response(200, "BYE", "c", cseq: 2), b, a)
        later(&scenario, from: 10)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.count == 1)
        #expect(outcome.record("c")?.sipRetransmissions == 2)
    }

    @Test func aLateMessageMakesNoNewCall() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 1)
        scenario.quiet(from: 2, until: 9)
        scenario.sip(10, .response(200, "BYE", "c", cseq: 2), b, a, in: [])
        later(&scenario, from: 11, for: 5)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.count == 1)
        #expect(outcome.summary.counters.first { $0.name == "sip_late" }?.count == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aByeSentAgainAfterTheGracePeriodMakesNoNewCall() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 1)
        scenario.quiet(from: 2, until: 9)
        scenario.sip(10, .request("BYE", "c", cseq: 2, toTag: "callee"), a, b, in: [])
        later(&scenario, from: 11, for: 5)
        let outcome = try scenario.runAllWays { $0.calls.allDialogs = true }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.map(\.state) == [.ended])
        #expect(outcome.counter("sip_late") == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aCallIDUsedAgainAfterItWasForgottenIsANewCall() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 1)
        scenario.quiet(from: 2, until: 49)
        call.setUp(&scenario, at: 50)
        call.hangUp(&scenario, at: 51)
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.count == 2)
        #expect(outcome.files.count == 2)
    }

    @Test(arguments: [401, 407]) func aChallengeIsNotAFailure(_ status: Int) throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(status, "INVITE", "c"), b, a)
        scenario.sip(0.2, .request("ACK", "c", toTag: "callee"), a, b)
        scenario.sip(0.3, .request("INVITE", "c", cseq: 2), a, b)
        scenario.sip(0.4, .response(200, "INVITE", "c", cseq: 2), b, a)
        scenario.sip(0.5, .request("ACK", "c", cseq: 2, toTag: "callee"), a, b)
        scenario.sip(5, .request("BYE", "c", cseq: 3, toTag: "callee"), a, b)
        scenario.sip(5.1, .response(200, "BYE", "c", cseq: 3), b, a)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .ended)
        #expect(record.statusCode == 200)
    }

    @Test func aChallengeThatIsNeverAnsweredFails() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(401, "INVITE", "c"), b, a)
        scenario.sip(0.2, .request("ACK", "c", toTag: "callee"), a, b)
        later(&scenario, from: 1)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .failed)
        #expect(record.statusCode == 401)
    }

    @Test(arguments: [
        (486, CallRecord.State.busy), (600, .busy), (404, .failed), (503, .failed), (302, .redirected),
        (487, .cancelled),
    ])
    func aFinalRefusalEndsTheCall(_ status: Int, _ state: CallRecord.State) throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(100, "INVITE", "c"), b, a)
        scenario.sip(0.2, .response(status, "INVITE", "c", reason: "Because"), b, a)
        scenario.sip(0.3, .request("ACK", "c", toTag: "callee"), a, b)
        later(&scenario, from: 1)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == state)
        #expect(record.statusCode == UInt16(status))
        #expect(record.statusReason == "Because")
        #expect(record.endTime == Scenario.start + 200_000_000)
        #expect(record.answerTime == nil)
        #expect(record.duration == nil)
    }

    @Test func cancelAnd487IsCancelled() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(180, "INVITE", "c"), b, a)
        scenario.sip(2, .request("CANCEL", "c"), a, b)
        scenario.sip(2.1, .response(200, "CANCEL", "c"), b, a)
        scenario.sip(2.2, .response(487, "INVITE", "c"), b, a)
        scenario.sip(2.3, .request("ACK", "c", toTag: "callee"), a, b)
        later(&scenario, from: 3)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .cancelled)
        #expect(record.endReason == .cancelled)
        #expect(record.hangupBy == .caller)
    }

    @Test func a200ThatCrossesTheCancelKeepsTheCall() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(1, .request("CANCEL", "c"), a, b)
        scenario.sip(1.01, .response(200, "INVITE", "c"), b, a)
        scenario.sip(1.02, .response(200, "CANCEL", "c"), b, a)
        scenario.sip(1.1, .request("ACK", "c", toTag: "callee"), a, b)
        later(&scenario, from: 2)
        let active = try #require(try scenario.runAllWays().record("c"))
        #expect(active.state == .active)
        #expect(active.endReason == .endOfCapture)
        scenario.sip(70, .request("BYE", "c", cseq: 2, toTag: "callee"), a, b)
        scenario.sip(70.1, .response(200, "BYE", "c", cseq: 2), b, a)
        #expect(try scenario.runAllWays().record("c")?.state == .ended)
    }

    @Test func aRefusedByeKeepsTheCall() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        scenario.sip(5, .request("BYE", "c", cseq: 2, toTag: "callee"), a, b)
        scenario.sip(5.1, .response(401, "BYE", "c", cseq: 2), b, a)
        later(&scenario, from: 6)
        #expect(try scenario.runAllWays().record("c")?.state == .active)
        scenario.sip(70, .request("BYE", "c", cseq: 3, toTag: "callee"), a, b)
        scenario.sip(70.1, .response(200, "BYE", "c", cseq: 3), b, a)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .ended)
        #expect(record.endTime == Scenario.start + 70_000_000_000)
    }

    @Test func aByeWithoutAnswerEndsTheCallAfter32Seconds() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        scenario.sip(5, .request("BYE", "c", cseq: 2, toTag: "callee"), a, b)
        later(&scenario, from: 6)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .ended)
        #expect(record.endReason == .noACK)
        #expect(record.endTime == Scenario.start + 5_000_000_000)
    }

    @Test func aLostByeLeavesTheCallActiveUntilItIsIdle() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        later(&scenario, from: 1, for: 120)
        #expect(try scenario.runAllWays().record("c")?.endReason == .endOfCapture)
        let idle = try #require(try scenario.runAllWays { $0.calls.idleTimeout = 60_000_000_000 }.record("c"))
        #expect(idle.endReason == .idle)
        #expect(idle.state == .ended)
    }

    @Test func aByeOnALosingForkKeepsTheOtherDialog() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(180, "INVITE", "c", toTag: "one"), b, a)
        scenario.sip(0.2, .response(180, "INVITE", "c", toTag: "two"), b, a)
        scenario.sip(1, .response(200, "INVITE", "c", toTag: "one"), b, a)
        scenario.sip(1.1, .request("ACK", "c", toTag: "one"), a, b)
        scenario.sip(1.2, .response(200, "INVITE", "c", toTag: "two"), b, a)
        scenario.sip(1.3, .request("ACK", "c", toTag: "two"), a, b)
        scenario.sip(1.4, .request("BYE", "c", cseq: 2, toTag: "two"), a, b)
        scenario.sip(1.5, .response(200, "BYE", "c", cseq: 2, toTag: "two"), b, a)
        later(&scenario, from: 2)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .active)
        #expect(record.dialogs == 2)
        #expect(record.to.tag == "one")
        scenario.sip(70, .request("BYE", "c", cseq: 3, toTag: "one"), a, b)
        scenario.sip(70.1, .response(200, "BYE", "c", cseq: 3, toTag: "one"), b, a)
        #expect(try scenario.runAllWays().record("c")?.endTime == Scenario.start + 70_000_000_000)
    }

    @Test func unansweredForTheRingTimeoutIsTimedOut() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(180, "INVITE", "c"), b, a)
        later(&scenario, from: 1, for: 220)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .timedOut)
        #expect(record.endReason == .timeout)
        #expect(record.endTime == Scenario.start + 200_000_000_000)
        let sooner = try scenario.runAllWays { $0.calls.ringTimeout = 30_000_000_000 }
        #expect(sooner.record("c")?.endTime == Scenario.start + 30_000_000_000)
    }

    @Test(arguments: ["ACK", "BYE", "PRACK", "UPDATE", "INFO", "REFER"])
    func aCallIsJoinedInTheMiddle(_ method: String) throws {
        var scenario = Scenario()
        scenario.sip(0, .request(method, "c", cseq: 5, toTag: "callee"), a, b)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.isJoined)
        #expect(record.answerTime == nil)
        #expect(record.setupTime == nil)
    }

    @Test(arguments: ["OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "NOTIFY", "CANCEL"])
    func otherMethodsBeginNoCall(_ method: String) throws {
        var scenario = Scenario()
        scenario.sip(0, .request(method, "c", cseq: 5), a, b, in: [])
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.isEmpty)
        #expect(outcome.summary.ledger[.sip] == 1)
    }

    @Test func allDialogsRecordsARegistration() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("REGISTER", "r"), a, b)
        scenario.sip(0.1, .response(200, "REGISTER", "r"), b, a)
        later(&scenario, from: 1)
        scenario.sip(70, .request("REGISTER", "r", cseq: 2), a, b)
        scenario.sip(70.1, .response(200, "REGISTER", "r", cseq: 2), b, a)
        let outcome = try scenario.runAllWays { $0.calls.allDialogs = true }
        #expect(outcome.records.count == 2)
        #expect(outcome.records.first?.state == .ended)
    }

    @Test func aReInviteThatIsRefusedKeepsTheDialog() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        scenario.sip(5, .request("INVITE", "c", cseq: 2, toTag: "callee"), a, b)
        scenario.sip(5.1, .response(488, "INVITE", "c", cseq: 2), b, a)
        scenario.sip(5.2, .request("ACK", "c", cseq: 2, toTag: "callee"), a, b)
        later(&scenario, from: 6)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .active)
        #expect(record.statusCode == 200)
    }

    @Test func aLateRetransmissionOfTheInviteDoesNotOpenTheCallAgain() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c"), a, b)
        scenario.sip(0.1, .response(486, "INVITE", "c"), b, a)
        scenario.sip(0.2, .request("ACK", "c", toTag: "callee"), a, b)
        scenario.sip(0.3, .request("INVITE", "c"), a, b)
        later(&scenario, from: 1)
        let record = try #require(try scenario.runAllWays().record("c"))
        #expect(record.state == .busy)
        #expect(record.sipRetransmissions == 1)
    }

    @Test func theIdlestCallMakesRoomWhenTheTableIsFull() throws {
        var scenario = Scenario()
        for index in 1...3 {
            Call(
                id: "c\(index)", callerMedia: Peer("198.18.0.1", UInt16(10_000 + 10 * index)),
                calleeMedia: Peer("198.18.0.2", UInt16(20_000 + 10 * index))
            ).setUp(&scenario, at: Double(index))
        }
        // The first is active again: the second is the idlest.
        scenario.rtp(
            5, Peer("198.18.0.1", 10_010), Peer("198.18.0.2", 20_010), sequence: 1, in: ["c1"])
        scenario.sip(6, .request("INVITE", "c4"), a, b)
        let outcome = try scenario.runAllWays { $0.limits.maxCalls = 3 }
        #expect(outcome.record("c2")?.endReason == .evicted)
        #expect(outcome.records.filter { $0.endReason == .evicted }.count == 1)
        #expect(outcome.summary.counters.first { $0.name == "calls_evicted" }?.count == 1)
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test func recordsComeInTheOrderInWhichCallsEndThenByCallID() throws {
        var scenario = Scenario()
        for id in ["z", "m", "a"] {
            scenario.sip(0, .request("INVITE", id), a, b)
            scenario.sip(1, .response(486, "INVITE", id), b, a)
            scenario.sip(1, .request("ACK", id, toTag: "callee"), a, b)
        }
        scenario.sip(0.5, .request("INVITE", "late"), a, b)
        later(&scenario, from: 2)
        #expect(try scenario.runAllWays().records.map(\.callID) == ["a", "m", "z", "late"])
    }

    @Test func oneWildTimestampEndsNothing() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        scenario.quiet(from: 100_000, until: 100_000)
        call.hangUp(&scenario, at: 1)
        later(&scenario, from: 2, for: 20)
        let record = try #require(try scenario.runAllWays { $0.calls.idleTimeout = 10_000_000_000 }.record("c"))
        #expect(record.endReason == .bye)
    }
}
