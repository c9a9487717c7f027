import Calls
import TestSupport
import Testing

@testable import Engine

/// Properties over random traffic. Each prints the seed that repeats it.
@Suite struct RandomTrafficTests {
    /// Three calls' messages one behind the other, keepalives between them.
    private var stream: (bytes: [UInt8], ends: [(id: String, range: Range<Int>)]) {
        var bytes: [UInt8] = []
        var ends: [(String, Range<Int>)] = []
        for (round, id) in ["a", "b", "c", "a", "b", "c"].enumerated() {
            let message = Message.request(
                round < 3 ? "INVITE" : "INFO", id, cseq: 1 + round / 3, toTag: round < 3 ? nil : "t",
                sdp: round < 3 ? Message.sdp(Peer("198.18.0.9", UInt16(10_000 + 2 * round))) : nil)
            ends.append((id, bytes.count..<(bytes.count + message.text.utf8.count)))
            bytes += message.text.utf8
            if round % 2 == 0 { bytes += [13, 10, 13, 10] }
        }
        return (bytes, ends)
    }

    /// The scenario of a stream cut at the given places; each segment belongs to the calls whose bytes it carries.
    private func scenario(cutting cuts: [Int]) -> Scenario {
        var scenario = Scenario()
        let (bytes, messages) = stream
        var side = TCPSide()
        scenario.add(0, side.opening)
        var start = 0
        for (number, end) in (cuts.filter { $0 > 0 && $0 < bytes.count } + [bytes.count]).enumerated()
        where end > start {
            var owners: [String] = []
            for message in messages where message.range.overlaps(start..<end) && !owners.contains(message.id) {
                owners.append(message.id)
            }
            scenario.add(0.1 + Double(number) / 10_000, side.segment(bytes[start..<end]), in: owners)
            start = end
        }
        return scenario
    }

    private func check(_ scenario: Scenario, workers: Int) throws {
        let outcome = try scenario.run(workers: workers)
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.map(\.sipMessages.total) == [2, 2, 2])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aStreamMayBeCutAtAnyPlace() throws {
        let count = stream.bytes.count
        for cut in stride(from: 1, to: count, by: 7) { try check(scenario(cutting: [cut]), workers: 1) }
    }

    @Test func aStreamMayBeCutIntoSingleBytes() throws {
        try check(scenario(cutting: Array(1..<stream.bytes.count)), workers: 2)
    }

    @Test func aStreamMayBeCutAtRandom() throws {
        var random = SeededRandom(printedFor: "cuts")
        for _ in 0..<20 {
            let cuts = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Int.random(in: 1..<stream.bytes.count, using: &random)
            }
            try check(scenario(cutting: Array(Set(cuts)).sorted()), workers: Int.random(in: 1...3, using: &random))
        }
    }

    /// Calls, streams and noise in any order, with bytes changed: every number of workers makes the same of it.
    @Test func anyNumberOfWorkersMakesTheSameOfRandomTraffic() throws {
        var random = SeededRandom(printedFor: "traffic")
        for _ in 0..<8 {
            var scenario = Scenario()
            for number in 0..<Int.random(in: 1...12, using: &random) {
                // Few addresses, so that calls meet at endpoints.
                let media = Peer("198.18.1.\(number % 3)", 10_000)
                let call = Call(
                    id: "c\(number % 9)", caller: Peer("198.18.1.\(number % 4)", 5060), callerMedia: media,
                    calleeMedia: Peer("198.18.2.\(number % 5)", 20_000))
                let time = Double.random(in: 0...20, using: &random)
                call.setUp(&scenario, at: time)
                call.talk(&scenario, from: time + 0.1, packets: Int.random(in: 0...20, using: &random))
                if Bool.random(using: &random) { call.hangUp(&scenario, at: time + 1) }
            }
            var packets = scenario.packets
            packets.shuffle(using: &random)
            if Bool.random(using: &random) { packets.sort { $0.time < $1.time } }
            for _ in 0..<packets.count / 4 {
                let place = Int.random(in: 0..<packets.count, using: &random)
                let byte = Int.random(in: 14..<packets[place].bytes.count, using: &random)
                packets[place].bytes[byte] = UInt8.random(in: .min ... .max, using: &random)
            }
            let outcome = try scenario.runAllWays(inputs: [CaptureText.file(packets)]) {
                $0.calls.allDialogs = true
                $0.limits.maxCalls = 4
                $0.limits.lookBackBytes = 4000
                $0.selection.sipUsers = ["alice"]
            }
            #expect(outcome.summary.ledger.check() == nil)
        }
    }
}
