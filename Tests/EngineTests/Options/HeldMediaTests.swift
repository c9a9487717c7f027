import Calls
import Testing

@testable import Engine

/// `look_back_size`: media before its SDP, and early media of calls that `--sip-user` has not decided.
@Suite struct HeldMediaTests {
    @Test func mediaBeyondTheLookBackIsCounted() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        for index in 0..<20 {
            scenario.rtp(
                Double(index) / 100, call.calleeMedia, call.callerMedia, sequence: UInt16(index),
                in: index < 15 ? [] : ["c"])
        }
        call.setUp(&scenario, at: 0.5)
        // Five packets of 214 bytes, each with 160 bytes of bookkeeping.
        let outcome = try scenario.runAllWays { $0.limits.lookBackBytes = 5 * (214 + 160) }
        #expect(outcome.counter("look_back_refused") == 15)
        #expect(outcome.counter("look_back_adopted") == 5)
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger.check() == nil)
        let all = try scenario.runAllWays()
        #expect(all.counter("look_back_refused") == 0)
        #expect(all.counter("look_back_adopted") == 20)
    }

    private var undecided: Scenario {
        var scenario = Scenario()
        let call = Call(id: "c")
        scenario.sip(0, .request("INVITE", "c", sdp: Message.sdp(call.callerMedia)), call.caller, call.callee)
        for index in 0..<200 {
            scenario.rtp(
                1 + Double(index) / 50, call.calleeMedia, call.callerMedia, sequence: UInt16(index), in: ["c"])
        }
        scenario.sip(
            6, .response(180, "INVITE", "c", reason: "Ringing"), call.callee, call.caller)
        scenario.sip(
            7,
            .request("UPDATE", "c", cseq: 2, toTag: "callee", extra: "P-Asserted-Identity: <sip:carol@c.example>\r\n"),
            call.caller, call.callee)
        return scenario
    }

    @Test func earlyMediaOfAnUndecidedCallIsBoundedAndCounted() throws {
        for workers in [1, 3] {
            let outcome = try undecided.run(workers: workers) {
                $0.selection.sipUsers = ["carol"]
                $0.limits.lookBackBytes = workers * 16_384
            }
            let refused = outcome.counter("held_refused")
            #expect(refused > 100 && refused < 200)
            let found = try #require(outcome.packetsByCall["c"])
            #expect(found.count == 203 - Int(refused))
            // Signalling has room of its own.
            #expect(found.filter { $0.count != 214 }.count == 3)
            #expect(outcome.record("c")?.hasPartialMedia == true)
        }
    }

    @Test func withinTheBoundNothingIsMissing() throws {
        let scenario = undecided
        let outcome = try scenario.runAllWays { $0.selection.sipUsers = ["carol"] }
        #expect(outcome.counter("held_refused") == 0)
        #expect(outcome.record("c")?.hasPartialMedia == false)
        #expect(scenario.wrongFiles(outcome) == [])
    }
}
