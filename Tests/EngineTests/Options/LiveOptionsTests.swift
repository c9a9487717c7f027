import Archive
import Calls
import Capture
import Foundation
import Testing

@testable import Engine

/// `flush_interval` and `nano` where packets come from interfaces.
@Suite struct LiveOptionsTests {
    /// A capture that is followed by silence, until `isOver` says so.
    private final class SilentSource: PacketSource {
        let base: FileSource
        let isOver: () -> Bool

        init(_ base: FileSource, until isOver: @escaping () -> Bool) {
            (self.base, self.isOver) = (base, isOver)
        }

        func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
            if try base.read(into: &batch, limit: maxPackets) == .packets { return .packets }
            if isOver() { return .endOfInput }
            usleep(5000)
            return .idle
        }
        var interfaces: [CaptureInterface] { base.interfaces }
        var linkTypes: [UInt32] { base.linkTypes }
        var isNanosecond: Bool { base.isNanosecond }
        var statistics: CaptureStatistics { base.statistics }
        var damages: [CaptureDamage] { base.damages }
    }

    /// Runs a call that is set up now, and then silence.
    private func run(
        _ folder: TemporaryFolder, workers: Int, _ change: (inout EngineOptions) -> Void,
        until isOver: @escaping () -> Bool
    ) throws {
        var scenario = Scenario()
        Call(id: "c").setUp(&scenario, at: 0)
        let shift = WallClock.now() - Scenario.start
        let packets = scenario.packets.map { (time: $0.time + shift, bytes: $0.bytes) }
        let inputs = TemporaryFolder()
        let input = try inputs.write("in.pcap", CaptureText.file(packets, nanoseconds: true))
        var options = EngineOptions()
        options.workers = workers
        options.archive = ArchiveOptions(directory: folder.path)
        options.archive?.live = true
        options.archive?.pattern = "{callid}.pcap"
        change(&options)
        let sniffer = Sniffer(
            options, formats: RecordFormats(json: false, line: .none),
            directory: try ArchiveDirectory(path: folder.path, use: .live), isLive: true, control: SnifferControl(),
            deliver: { _ in })
        _ = try sniffer.run(SilentSource(try FileSource(path: input), until: isOver))
    }

    @Test(arguments: [1, 3]) func nothingOlderThanTheFlushIntervalIsInMemoryOnly(_ workers: Int) throws {
        for (interval, isFlushed) in [(20_000_000, true), (3_600_000_000_000, false)] as [(Int64, Bool)] {
            let folder = TemporaryFolder()
            var seen: [UInt8] = []
            var looks = 0
            try run(folder, workers: workers) {
                $0.limits.flushInterval = interval
            } until: {
                looks += 1
                seen = [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: folder.path + "/c.pcap.partial"))) ?? Data())
                return CaptureText.packets(of: seen).count == 4 || looks == (isFlushed ? 2000 : 40)
            }
            #expect((CaptureText.packets(of: seen).count == 4) == isFlushed)
            let finished = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/c.pcap"))
            #expect(CaptureText.packets(of: [UInt8](finished)).count == 4)
        }
    }

    @Test(arguments: [false, true]) func nanosecondFilesAreMadeWhenAsked(_ nano: Bool) throws {
        let folder = TemporaryFolder()
        try run(folder, workers: 1) {
            $0.archive?.nanoseconds = nano
        } until: {
            true
        }
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/c.pcap")))
        #expect(Array(file[..<4]) == CaptureText.little32(nano ? 0xa1b2_3c4d : 0xa1b2_c3d4))
    }
}
