import Calls
import Capture
import Synchronization
import Testing

@testable import Engine

/// Options that change while the engine runs (`SnifferControl.change`).
@Suite struct ChangeTests {
    /// Runs the scenario, with the change behind the first packet from then on. Returns the records and whether the change
    /// was taken over.
    private func run(
        _ scenario: Scenario, workers: Int, _ options: EngineOptions, changeAt seconds: Double, _ changed: EngineOptions
    ) throws -> (records: [CallRecord], isApplied: Bool, summary: SummaryRecord) {
        let folder = TemporaryFolder()
        var options = options
        options.limits.batchSize = 1
        options.workers = workers
        let control = SnifferControl()
        let isApplied = Mutex(false)
        let file = try FileSource(path: try folder.write("in.pcap", scenario.capture))
        let source = InterruptedSource(file, at: seconds) {
            control.change(to: changed) { isApplied.withLock { $0 = true } }
        }
        let records = Mutex<[CallRecord]>([])
        let sniffer = Sniffer(
            options, formats: RecordFormats(json: false, line: .none), directory: nil, isLive: false, control: control,
            deliver: { outgoing in records.withLock { $0.append(outgoing.record) } })
        let result = try sniffer.run(source)
        #expect(control.rounds > 0)
        return (records.withLock { $0 }, isApplied.withLock { $0 }, result.summary)
    }

    private func call(_ scenario: inout Scenario, _ id: String, user: String, at time: Double, answers: Bool = true) {
        let (caller, callee) = (Peer("198.18.1.1", 5060), Peer("198.18.2.1", 5060))
        scenario.sip(time, .request("INVITE", id, user: user), caller, callee)
        guard answers else { return }
        scenario.sip(time + 0.2, .response(200, "INVITE", id, user: user), callee, caller)
        scenario.sip(time + 0.3, .request("ACK", id, toTag: "callee", user: user), caller, callee)
        scenario.sip(time + 2, .request("BYE", id, cseq: 2, toTag: "callee", user: user), caller, callee)
        scenario.sip(time + 2.1, .response(200, "BYE", id, cseq: 2, user: user), callee, caller)
    }

    @Test(arguments: [1, 3]) func otherUsersAreWantedFromNowOn(workers: Int) throws {
        var scenario = Scenario()
        call(&scenario, "1", user: "4930111", at: 0)
        call(&scenario, "2", user: "4930222", at: 10)
        call(&scenario, "3", user: "4930111", at: 20)
        call(&scenario, "4", user: "4930222", at: 30)
        var options = EngineOptions()
        options.selection.sipUsers = ["*111"]
        var changed = options
        changed.selection.sipUsers = ["*222"]
        let outcome = try run(scenario, workers: workers, options, changeAt: 20, changed)
        #expect(outcome.isApplied)
        // The third begins with the packet that brings the change.
        #expect(outcome.records.map(\.callID) == ["1", "4"] || outcome.records.map(\.callID) == ["1", "3", "4"])
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// Nobody is asked for any more: also calls that were not decided yet.
    @Test(arguments: [1, 3]) func everybodyIsWantedFromNowOn(workers: Int) throws {
        var scenario = Scenario()
        call(&scenario, "1", user: "4930222", at: 0)
        call(&scenario, "2", user: "4930222", at: 20)
        var options = EngineOptions()
        options.selection.sipUsers = ["*111"]
        let outcome = try run(scenario, workers: workers, options, changeAt: 20, EngineOptions())
        #expect(outcome.isApplied)
        #expect(outcome.records.map(\.callID) == ["2"])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aLongerTimeoutHoldsForCallsThatRingAlready() throws {
        var scenario = Scenario()
        call(&scenario, "ringing", user: "4930222", at: 0, answers: false)
        for second in stride(from: 5.0, through: 150, by: 5) {
            call(&scenario, "other-\(Int(second))", user: "4930222", at: second)
        }
        var options = EngineOptions()
        options.calls.ringTimeout = 20_000_000_000
        var changed = options
        changed.calls.ringTimeout = 100_000_000_000
        let outcome = try run(scenario, workers: 1, options, changeAt: 10, changed)
        let record = try #require(outcome.records.first { $0.callID == "ringing" })
        #expect(record.state == .timedOut)
        let end = try #require(record.endTime)
        #expect(end >= Scenario.start + 100_000_000_000 && end < Scenario.start + 106_000_000_000)
    }

    @Test func fewerCallsAtOnceMakeRoomWhenTheNextBegins() throws {
        var scenario = Scenario()
        for number in 0..<20 {
            call(&scenario, "early-\(number)", user: "4930222", at: Double(number) / 100, answers: false)
        }
        call(&scenario, "late", user: "4930222", at: 10, answers: false)
        call(&scenario, "last", user: "4930222", at: 11, answers: false)
        var changed = EngineOptions()
        changed.limits.maxCalls = 5
        let outcome = try run(scenario, workers: 1, EngineOptions(), changeAt: 10, changed)
        #expect(outcome.records.count == 22)
        #expect(outcome.records.contains { $0.endReason == .evicted })
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// What a running engine cannot go over to stays.
    @Test func theRestStays() {
        var new = EngineOptions()
        new.workers = 7
        new.limits.batchSize = 3
        new.limits.maxFlows = 9
        new.calls.deduplicate = true
        new.selection.sipPorts = [1]
        new.archive = ArchiveOptions(directory: "elsewhere")
        #expect(EngineOptions().changing(to: new) == EngineOptions())
    }
}
