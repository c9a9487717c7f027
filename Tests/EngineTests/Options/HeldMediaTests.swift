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
        let outcome = try undecided.runAllWays {
            $0.selection.sipUsers = ["carol"]
            $0.limits.lookBackBytes = 16_384
        }
        // Three quarters are for media: 12288 bytes, of which the INVITE takes some and each RTP packet 214 and 64 of
        // bookkeeping.
        let invite = undecided.packets[0].bytes.count + 64
        #expect(outcome.counter("held_refused") == UInt64(200 - (12_288 - invite) / (214 + 64)))
        let found = try #require(outcome.packetsByCall["c"])
        #expect(found.count == 203 - Int(outcome.counter("held_refused")))
        // Signalling has room of its own.
        #expect(found.filter { $0.count != 214 }.count == 3)
        #expect(outcome.record("c")?.hasPartialMedia == true)
    }

    /// The bound is one for all calls, in capture order: whose packets are refused must not depend on which worker has
    /// the call.
    @Test func undecidedCallsShareOneBoundWhateverTheWorkers() throws {
        var scenario = Scenario()
        let calls = Call.several(1...7)
        for (index, call) in calls.enumerated() {
            scenario.sip(
                Double(index) / 100, .request("INVITE", call.id, sdp: Message.sdp(call.callerMedia)), call.caller,
                call.callee)
        }
        for packet in 0..<40 {
            for (index, call) in calls.enumerated() where packet % (index + 1) == 0 {
                let time = 1 + Double(packet) / 50 + Double(index) / 1000
                scenario.rtp(time, call.calleeMedia, call.callerMedia, sequence: UInt16(packet), in: [call.id])
            }
        }
        for (index, call) in calls.enumerated() {
            // Every other call is wanted in the end.
            let from = index % 2 == 0 ? "carol" : "alice"
            scenario.sip(
                3 + Double(index) / 100,
                .request("UPDATE", call.id, cseq: 2, toTag: "callee", from: from), call.caller, call.callee)
        }
        for bytes in [20_000, 23_000, 30_000] {
            let outcome = try scenario.runAllWays {
                $0.selection.sipUsers = ["carol"]
                $0.limits.lookBackBytes = bytes
            }
            #expect(outcome.counter("held_refused") > 0)
            #expect(outcome.records.map(\.callID) == ["c1", "c3", "c5", "c7"])
            #expect(outcome.summary.ledger.check() == nil)
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
