import Capture
import Testing

@testable import Archive
@testable import Engine

/// `tcp_batch_size`, `workers` and `write_buffer_size`.
@Suite struct BatchTests {
    /// Remembers how many packets were asked for.
    private final class AskedSource: PacketSource {
        let base: FileSource
        var asked: Set<Int> = []
        init(_ base: FileSource) { self.base = base }

        func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
            asked.insert(maxPackets)
            return try base.read(into: &batch, limit: maxPackets)
        }
        var interfaces: [CaptureInterface] { base.interfaces }
        var linkTypes: [UInt32] { base.linkTypes }
        var isNanosecond: Bool { base.isNanosecond }
        var statistics: CaptureStatistics { base.statistics }
        var damages: [CaptureDamage] { base.damages }
    }

    private var calls: Scenario {
        var scenario = Scenario()
        for index in 0..<12 {
            Call(
                id: "c\(index)", callerMedia: Peer("198.18.1.\(index)", 10_000),
                calleeMedia: Peer("198.18.2.\(index)", 20_000)
            ).setUp(&scenario, at: Double(index))
        }
        return scenario
    }

    @Test(arguments: [1, 3]) func theWorkersGetBatchesOfTheGivenSize(_ workers: Int) throws {
        let folder = TemporaryFolder()
        for size in [1, 7, 500] {
            let source = AskedSource(try FileSource(path: try folder.write("in.pcap", calls.capture)))
            var options = EngineOptions()
            options.workers = workers
            options.limits.batchSize = size
            let sniffer = Sniffer(
                options, formats: RecordFormats(json: false, line: .none), directory: nil, isLive: false,
                control: SnifferControl(), deliver: { _ in })
            #expect(try sniffer.run(source).summary.ledger.captured == 48)
            #expect(source.asked == [size])
        }
    }

    @Test(arguments: [1, 2, 5]) func callsAreDealtOutToAllWorkers(_ workers: Int) throws {
        var used: Set<UInt8> = []
        try calls.track {
            $0.workers = workers
        } _: { _, batch in
            used.formUnion(batch.actions.map(\.worker))
        }
        #expect(used == Set((0..<workers).map(UInt8.init)))
    }

    /// Peak of buffer memory for 40 calls of 20 packets that are open at once.
    private func peakBufferBytes(_ limit: Int, workers: Int = 1) throws -> Int {
        var scenario = Scenario()
        let all = (0..<40).map {
            Call(
                id: "c\($0)", callerMedia: Peer("198.18.1.\($0)", 10_000), calleeMedia: Peer("198.18.2.\($0)", 20_000))
        }
        for (index, call) in all.enumerated() { call.setUp(&scenario, at: Double(index)) }
        for (index, call) in all.enumerated() { call.talk(&scenario, from: 100 + Double(index), packets: 10) }
        let folder = TemporaryFolder()
        var options = EngineOptions()
        options.workers = workers
        options.limits.writeBufferBytes = limit
        options.archive = ArchiveOptions(directory: folder.path + "/out")
        let directory = try ArchiveDirectory(path: folder.path + "/out", use: .live)
        var peak = 0
        for index in 0..<workers {
            var worker = Sniffer.makeWorker(index, options, directory, false)
            worker.setInterfaces([
                CaptureInterface(linkType: 1, name: nil, snapLength: 0, isFinerThanMicrosecond: false)
            ])
            try scenario.track(batch: 100) {
                $0 = options
            } _: { _, batch in
                _ = worker.process(batch)
            }
            peak += worker.writer?.peakBufferBytes ?? 0
        }
        return peak
    }

    @Test func theWriteBuffersOfAllWorkersStayWithinTheirSize() throws {
        for limit in [16 << 10, 64 << 10] {
            for workers in [1, 3] {
                let peak = try peakBufferBytes(limit, workers: workers)
                #expect(peak <= limit)
                #expect(peak > limit / 2, "\(peak) of \(limit)")
            }
        }
    }
}
