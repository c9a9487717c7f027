import Archive
import Foundation
import Testing

@testable import Engine

/// `per_call_pcap_pattern`, `write_file`, `max_file_size`, `overwrite`, and the magic of the files.
@Suite struct FileOptionsTests {
    private let call = Call(id: "call@host")

    private var scenario: Scenario { call.alone(packets: 30) }

    @Test func theStandardNameIsTimeAndCallID() throws {
        #expect(try scenario.runAllWays().files.keys.sorted() == ["20260102_030405_call@host.pcap"])
    }

    @Test func everyPlaceholderIsFilledInAndSlashesMakeFolders() throws {
        let outcome = try scenario.runAllWays { $0.archive?.pattern = "{date}/{hour}/{from}-{to}/{callid}.pcap" }
        #expect(outcome.files.keys.sorted() == ["20260102/03/alice-bob/call@host.pcap"])
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test(arguments: ["{kind}/{callid}.pcap", "x_{kind}_{callid}.pcap"])
    func kindSplitsSIPAndRTP(_ pattern: String) throws {
        let outcome = try scenario.runAllWays { $0.archive?.pattern = pattern }
        let base = pattern.replacingOccurrences(of: "{callid}", with: "call@host")
        let names = ["sip", "rtp"].map { base.replacingOccurrences(of: "{kind}", with: $0) }
        #expect(outcome.record("call@host")?.files == names)
        #expect(CaptureText.packets(of: try #require(outcome.files[names[0]])).count == 6)
        #expect(CaptureText.packets(of: try #require(outcome.files[names[1]])).count == 60)
    }

    @Test func aLongCallGoesOnInFurtherFiles() throws {
        let outcome = try scenario.runAllWays { $0.archive?.maxFileSize = 4096 }
        let stem = "20260102_030405_call@host"
        let names = try #require(outcome.record("call@host")?.files)
        #expect(names.count == 4)
        #expect(names.prefix(3) == ["\(stem).pcap", "\(stem)_1.pcap", "\(stem)_2.pcap"])
        #expect(outcome.files.values.allSatisfy { $0.count <= 4096 })
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(try scenario.run().files.count == 1)
    }

    // MARK: Magic

    @Test func aNanosecondInputMakesNanosecondFiles() throws {
        let packets = scenario.packets.map { (time: $0.time + 123, bytes: $0.bytes) }
        let outcome = try scenario.runAllWays(inputs: [CaptureText.file(packets, nanoseconds: true)])
        let file = try #require(outcome.files.values.first)
        #expect(Array(file[..<4]) == [0x4d, 0x3c, 0xb2, 0xa1])
        #expect(Array(file[28..<32]) == CaptureText.little32(123))
        let coarse = try #require(try scenario.run().files.values.first)
        #expect(Array(coarse[..<4]) == [0xd4, 0xc3, 0xb2, 0xa1])
    }

    @Test func oneFineInputOfSeveralIsEnough() throws {
        let half = scenario.packets.count / 2
        let outcome = try scenario.runAllWays(inputs: [
            CaptureText.file(Array(scenario.packets[..<half])),
            CaptureText.file(Array(scenario.packets[half...]), nanoseconds: true),
        ])
        #expect(Array(try #require(outcome.files.values.first)[..<4]) == [0x4d, 0x3c, 0xb2, 0xa1])
        #expect(scenario.wrongFiles(outcome) == [])
    }

    // MARK: A directory that others have used

    private func run(into folder: TemporaryFolder, _ change: (inout ArchiveOptions) -> Void = { _ in }) throws
        -> Outcome
    {
        var options = EngineOptions()
        var archive = ArchiveOptions(directory: folder.path)
        change(&archive)
        options.archive = archive
        let inputs = TemporaryFolder()
        return try Outcome(folder, inputs: [try inputs.write("in.pcap", scenario.capture)], options)
    }

    @Test func capturesOfAnEarlierRunAreReplacedOnlyWhenAsked() throws {
        let folder = TemporaryFolder()
        let names = try run(into: folder).files.keys.sorted()
        #expect(throws: ArchiveError.self) { try run(into: folder) }
        let again = try run(into: folder) { $0.overwrite = true }
        #expect(again.files.keys.sorted() == names)
        #expect(scenario.wrongFiles(again) == [])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".pcap") } == names)
    }

    /// `-w PREFIX` into the directory where the input lies.
    @Test func aPrefixMindsOnlyItsOwnCaptures() throws {
        let folder = TemporaryFolder()
        _ = try folder.write("input.pcap", scenario.capture)
        try FileManager.default.createDirectory(atPath: folder.path + "/sub", withIntermediateDirectories: false)
        _ = try folder.write("sub/other.pcap", scenario.capture)
        _ = try folder.write("other.pcap.partial", [])
        func prefix(_ archive: inout ArchiveOptions) {
            archive.pattern = "out_{kind}_{callid}.pcap"
            archive.namePrefix = "out"
        }
        let outcome = try run(into: folder, prefix)
        #expect(outcome.files.keys.sorted() == ["out_rtp_call@host.pcap", "out_sip_call@host.pcap"])
        #expect(throws: ArchiveError.self) { try run(into: folder, prefix) }
        let again = try run(into: folder) {
            prefix(&$0)
            $0.overwrite = true
        }
        #expect(again.files.keys.sorted() == outcome.files.keys.sorted())
        #expect(FileManager.default.fileExists(atPath: folder.path + "/other.pcap.partial"), "somebody else's")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/input.pcap"))
    }
}
