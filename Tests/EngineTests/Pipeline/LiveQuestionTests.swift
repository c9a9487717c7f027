import Calls
import Capture
import Synchronization
import Testing

@testable import Engine

/// What the engine tells of calls that are going on, asked in the middle of a capture.
@Suite struct LiveQuestionTests {
    /// Three calls: `over` has ended, `talking` is answered and has sent 50 packets of media, `ringing` has not been answered.
    private var scenario: Scenario {
        var scenario = Scenario()
        let (caller, callee) = (Peer("198.18.0.1", 5060), Peer("198.18.0.2", 5060))
        let (here, there) = (Peer("198.18.0.1", 10_000), Peer("198.18.0.2", 20_000))
        scenario.sip(0, .invite("over"), caller, callee)
        scenario.sip(0.1, .response(486, "INVITE", "over"), callee, caller)
        scenario.sip(0.2, .request("ACK", "over", toTag: "callee"), caller, callee)
        scenario.sip(1, .invite("talking"), caller, callee)
        scenario.sip(1.5, .response(200, "INVITE", "talking", sdp: Message.sdp(there)), callee, caller)
        scenario.sip(1.6, .request("ACK", "talking", toTag: "callee"), caller, callee)
        for number in 0..<50 {
            scenario.rtp(2 + Double(number) / 50, here, there, sequence: UInt16(number), in: ["talking"])
        }
        scenario.sip(8, .request("INVITE", "ringing", user: "carol"), caller, callee)
        scenario.sip(8.1, .response(180, "INVITE", "ringing", user: "carol"), callee, caller)
        scenario.quiet(from: 9, until: 12)
        return scenario
    }

    private func ask(
        _ subject: LiveQuestion.Subject, at seconds: Double, workers: Int,
        _ change: (inout EngineOptions) -> Void = { _ in }
    ) throws -> [LiveAnswer] {
        let folder = TemporaryFolder()
        var options = EngineOptions()
        options.limits.batchSize = 1
        options.workers = workers
        change(&options)
        let control = SnifferControl()
        let answers = Mutex<[LiveAnswer]>([])
        let file = try FileSource(path: try folder.write("in.pcap", scenario.capture))
        let source = InterruptedSource(file, at: seconds) {
            #expect(control.ask(LiveQuestion(subject) { answer in answers.withLock { $0.append(answer) } }))
        }
        let sniffer = Sniffer(
            options, formats: RecordFormats(json: false, line: .none), directory: nil, isLive: false, control: control,
            deliver: { _ in })
        _ = try sniffer.run(source)
        return answers.withLock { $0 }
    }

    @Test(arguments: [0, 1, 2, 3]) func callsGoingOnAreListed(workers: Int) throws {
        let answers = try ask(.calls(limit: 10), at: 10, workers: workers)
        #expect(answers.count == 1)
        let calls = try #require(answers.first).calls.sorted { $0.number < $1.number }
        #expect(calls.map(\.callID) == ["talking", "ringing"])
        #expect(calls.map(\.state) == [.active, .ringing])
        #expect(calls.map(\.to.user) == ["bob", "carol"])
        #expect(calls.map(\.packets) == [53, 2])
        #expect(calls.map(\.streams) == [1, 0])
        #expect(calls[0].answerTime == Scenario.start + 1_500_000_000)
        #expect(answers.first?.total == 2)
    }

    @Test func thoseThatBeganLastStay() throws {
        let answers = try ask(.calls(limit: 1), at: 10, workers: 2)
        #expect(answers.first?.calls.map(\.callID) == ["ringing"])
        #expect(answers.first?.total == 2)
    }

    @Test(arguments: [0, 2]) func aRecordSoFar(workers: Int) throws {
        let record = try #require(try ask(.call(id: "talking"), at: 10, workers: workers).first?.record)
        #expect(record.callID == "talking" && record.state == .active)
        #expect(record.endReason == nil && record.endTime == nil && record.duration == nil)
        #expect(record.streams.map(\.packets) == [50])
        #expect(record.packets == 53)
        #expect(try ask(.call(id: "nobody"), at: 10, workers: workers).map { $0.record == nil } == [true])
    }

    /// Whom `-u` leaves out is nobody's business.
    @Test func callsLeftOutAreNotTold() throws {
        let answers = try ask(.calls(limit: 10), at: 10, workers: 2) { $0.selection.sipUsers = ["carol"] }
        #expect(answers.first?.calls.map(\.callID) == ["ringing"])
        #expect(
            try ask(.call(id: "talking"), at: 10, workers: 2) { $0.selection.sipUsers = ["carol"] }.first?.record == nil
        )
    }

    @Test func questionsAreBounded() {
        let control = SnifferControl()
        for _ in 0..<SnifferControl.questionLimit { #expect(control.ask(LiveQuestion(.counters) { _ in })) }
        #expect(!control.ask(LiveQuestion(.counters) { _ in }))
        for _ in 0..<SnifferControl.questionLimit { #expect(control.takeQuestion() != nil) }
        #expect(control.takeQuestion() == nil)
    }
}
