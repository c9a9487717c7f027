import Calls
import Testing

@testable import Engine

/// `--sip-user` and `--call-id` (PRODUCT section 2).
@Suite struct SelectionTests {
    private func twoCalls() -> Scenario {
        var scenario = Scenario()
        for (index, user) in ["4930123456", "bob"].enumerated() {
            let caller = Peer("198.18.1.\(index + 1)", 5060)
            let media = Peer("198.18.1.\(index + 1)", 10_000)
            let call = Call(
                id: user, caller: caller, callerMedia: media, calleeMedia: Peer("198.18.2.\(index + 1)", 20_000))
            let time = Double(index) * 10
            scenario.sip(time, .request("INVITE", user, sdp: Message.sdp(media), user: user), caller, call.callee)
            scenario.rtp(time + 0.05, call.calleeMedia, media, sequence: 1, in: [user])
            scenario.sip(
                time + 0.2, .response(200, "INVITE", user, sdp: Message.sdp(call.calleeMedia), user: user), call.callee,
                caller)
            scenario.sip(time + 0.3, .request("ACK", user, toTag: "callee", user: user), caller, call.callee)
            call.talk(&scenario, from: time + 1, packets: 5)
            scenario.sip(time + 2, .request("BYE", user, cseq: 2, toTag: "callee", user: user), caller, call.callee)
            scenario.sip(time + 2.1, .response(200, "BYE", user, cseq: 2, user: user), call.callee, caller)
        }
        return scenario
    }

    @Test(arguments: ["bob", "BOB", "bo*", "*ob", "o"]) func aPatternSelectsCalls(_ pattern: String) throws {
        let scenario = twoCalls()
        let outcome = try scenario.runAllWays { $0.selection.sipUsers = [pattern] }
        #expect(outcome.records.map(\.callID) == ["bob"])
        #expect(outcome.files.count == 1)
        #expect(outcome.packetsByCall["bob"]?.count == scenario.owners["bob"]?.count)
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.summary.ledger[.notSelected] == UInt64(scenario.owners["4930123456"]?.count ?? 0))
    }

    @Test(arguments: ["+4930123456", "004930123456", "*123456", "+49 (30) 123-456"])
    func numbersMatchAcrossTheirSpellings(_ pattern: String) throws {
        let outcome = try twoCalls().runAllWays { $0.selection.sipUsers = [pattern] }
        #expect(outcome.records.map(\.callID) == ["4930123456"])
    }

    @Test func nobodyMatches() throws {
        let outcome = try twoCalls().runAllWays { $0.selection.sipUsers = ["carol"] }
        #expect(outcome.records.isEmpty)
        #expect(outcome.files.isEmpty)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aMatchThatComesLaterHasAllSIPAndItsMediaFromThen() throws {
        var scenario = Scenario()
        let call = Call(id: "late")
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 1, packets: 5, in: [])
        scenario.sip(
            2,
            .request(
                "INVITE", "late", cseq: 2, toTag: "callee", extra: "P-Asserted-Identity: <sip:carol@c.example>\r\n"),
            call.caller, call.callee)
        scenario.sip(2.1, .response(200, "INVITE", "late", cseq: 2), call.callee, call.caller)
        call.talk(&scenario, from: 3, packets: 5)
        let outcome = try scenario.runAllWays { $0.selection.sipUsers = ["carol"] }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("late")?.hasPartialMedia == true)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func oneCallOutOfACapture() throws {
        let scenario = twoCalls()
        let outcome = try scenario.runAllWays { $0.selection.callIDs = ["bob"] }
        #expect(outcome.records.map(\.callID) == ["bob"])
        #expect(outcome.packetsByCall["bob"]?.count == scenario.owners["bob"]?.count)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func onlyTheGivenPortsCarrySIP() throws {
        let outcome = try twoCalls().runAllWays { $0.selection.sipPorts = [5080] }
        #expect(outcome.records.isEmpty)
        #expect(try twoCalls().runAllWays { $0.selection.sipPorts = [5060] }.records.count == 2)
    }

    @Test func onlyTheGivenPortsCarryMedia() throws {
        let outcome = try twoCalls().runAllWays { $0.selection.rtpPortRanges = [30_000...31_000] }
        #expect(outcome.records.allSatisfy { $0.streams.isEmpty })
        let all = try twoCalls().runAllWays { $0.selection.rtpPortRanges = [10_000...10_001] }
        #expect(all.records.allSatisfy { $0.streams.count == 3 })
    }
}
