import Testing

@testable import Engine

/// The same packets in one file or cut into several give the same, for any number of workers.
@Suite struct MergeTests {
    private var scenario: Scenario {
        var scenario = Scenario()
        let calls = (0..<9).map {
            Call(
                id: "c\($0)", callerMedia: Peer("198.18.1.\($0)", 10_000), calleeMedia: Peer("198.18.2.\($0)", 20_000))
        }
        for (index, call) in calls.enumerated() { call.setUp(&scenario, at: Double(index) / 2) }
        var side = TCPSide()
        let bytes = TCPSide.invite("tcp")
        scenario.add(5, side.opening)
        scenario.add(5.1, side.segment(bytes[..<150]), in: ["tcp"])
        for (index, call) in calls.enumerated() { call.talk(&scenario, from: 6 + Double(index) / 2, packets: 20) }
        scenario.add(11, side.segment(bytes[150...]), in: ["tcp"])
        for (index, call) in calls.enumerated() where index != 4 { call.hangUp(&scenario, at: 12 + Double(index)) }
        return scenario
    }

    private func expectSame(_ one: Outcome, _ other: Outcome) {
        #expect(one.files == other.files)
        #expect(one.jsonLines == other.jsonLines)
        #expect(one.summary.ledger == other.summary.ledger)
    }

    @Test func oneFileOrThreeConsecutiveOnes() throws {
        let scenario = scenario
        let whole = try scenario.runAllWays()
        #expect(scenario.wrongFiles(whole) == [])
        let packets = scenario.packets.sorted { $0.time < $1.time }
        let ordered = try scenario.runAllWays(inputs: [CaptureText.file(packets)])
        // The cuts lie within a TCP message and within talks.
        let cuts = [packets.count * 2 / 5, packets.count * 3 / 4]
        let parts = [packets[..<cuts[0]], packets[cuts[0]..<cuts[1]], packets[cuts[1]...]].map {
            CaptureText.file(Array($0))
        }
        expectSame(try scenario.runAllWays(inputs: parts), ordered)
        expectSame(try scenario.runAllWays(inputs: [parts[2], parts[0], parts[1]]), ordered)
    }

    /// Two taps: every other packet in its own file.
    @Test func oneFileOrTwoInterleavedOnes() throws {
        let packets = scenario.packets.sorted { $0.time < $1.time }
        let whole = try scenario.runAllWays(inputs: [CaptureText.file(packets)])
        let taps = [0, 1].map { tap in
            CaptureText.file(packets.enumerated().filter { $0.offset % 2 == tap }.map(\.element))
        }
        let merged = try scenario.runAllWays(inputs: taps)
        #expect(merged.files == whole.files)
        #expect(merged.records.map(\.callID) == whole.records.map(\.callID))
    }

    @Test(arguments: [1, 5, 64]) func theSizeOfBatchesChangesNothing(_ size: Int) throws {
        let scenario = scenario
        expectSame(try scenario.runAllWays { $0.limits.batchSize = size }, try scenario.run())
    }
}
