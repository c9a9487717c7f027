import Glibc
import Testing

@testable import Archive

@Suite struct ArchiveDirectoryTests {
    let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func failure(_ path: String, _ use: ArchiveDirectory.Use) -> ArchiveError? {
        do throws(ArchiveError) { _ = try ArchiveDirectory(path: path, use: use) } catch { return error }
        return nil
    }

    @Test func aMissingDirectoryIsMade() throws {
        let path = place.path + "/a/b/c/"
        _ = try ArchiveDirectory(path: path, use: .replay(overwrite: false))
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 & ~0o750 == 0)
        place.write("file", [])
        #expect(failure(place.path + "/file", .live)?.exitStatus == 73)
        #expect(failure(place.path + "/file/x", .live)?.reason == .directory)
    }

    @Test func aSecondWriterIsRefused() throws {
        let first = try ArchiveDirectory(path: place.path, use: .live)
        #expect(failure(place.path, .live)?.reason == .directoryLocked)
        #expect(failure(place.path, .replay(overwrite: true))?.exitStatus == 73)
        #expect(
            TemporaryDirectory.run("! flock -n '\(place.path)/\(ArchiveDirectory.lockName)' true") == 0)
        _ = first.path
    }

    @Test func theLockGoesWithItsOwner() throws {
        do { _ = try ArchiveDirectory(path: place.path, use: .live) }
        #expect(failure(place.path, .live) == nil)
    }

    @Test(arguments: ["x.pcap", "x.pcap.partial", "calls.jsonl", "d/e/x.pcap"])
    func aReplayRefusesADirectoryWithCaptures(name: String) throws {
        mkdir(place.path + "/d", 0o700)
        mkdir(place.path + "/d/e", 0o700)
        place.write("notes.txt", [1])
        #expect(failure(place.path, .replay(overwrite: false)) == nil)
        place.write(name, [1])
        let error = try #require(failure(place.path, .replay(overwrite: false)))
        #expect(error.reason == .directoryHasCaptures)
        #expect(error.exitStatus == 73)
        #expect(failure(place.path, .live) == nil)
        #expect(failure(place.path, .replay(overwrite: true)) == nil)
        #expect(place.exists(name) == !name.hasSuffix(".partial"))
    }

    @Test func overwriteReplacesEarlierRunsButNotThisOne() throws {
        place.write("call.pcap", [1])
        place.write("other.pcap", [2])
        place.write("calls.jsonl", [3])
        var options = CallFileOptions()
        options.overwrite = true
        let archive = try ArchiveDirectory(path: place.path, use: .replay(overwrite: true))
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: 1 << 20)
        var names: [String] = []
        for position in 1...3 as ClosedRange<UInt64> {
            let set = writer.open(stem: stem("call"), held: false)
            writer.append(set, TestPacket(position: position))
            names += writer.finish(set).names
        }
        #expect(names == ["call.pcap", "call-2.pcap", "call-3.pcap"])
        #expect(try #require(Capture(place.read("call.pcap"))).positions == [1])
        #expect(place.read("other.pcap") == [2])
        var log = try RecordLog(directory: archive)
        try log.append(Array("{}".utf8))
        try log.flush()
        #expect(place.read("calls.jsonl") == Array("{}\n".utf8))
    }
}

@Suite struct RecordLogTests {
    let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private var text: String { String(decoding: place.read("calls.jsonl"), as: UTF8.self) }

    @Test func linesAreWrittenTogether() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .replay(overwrite: false))
        var log = try RecordLog(directory: archive)
        try log.append(Array("{\"a\":1}".utf8))
        try log.append(Array("{\"b\":2}\n".utf8))
        #expect(text.isEmpty)
        try log.flush()
        #expect(text == "{\"a\":1}\n{\"b\":2}\n")
        #expect(log.linesWritten == 2)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
        for _ in 0..<100 { try log.append(line) }
        #expect(place.read("calls.jsonl").count > RecordLog.bufferLimit)
        #expect(place.read("calls.jsonl").last == UInt8(ascii: "\n"))
    }

    @Test func aMovedLogIsBegunAnew() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var log = try RecordLog(directory: archive)
        try log.append(Array("{\"a\":1}".utf8))
        #expect(rename(place.path + "/calls.jsonl", place.path + "/calls.jsonl.1") == 0)
        try log.reopen()
        try log.append(Array("{\"b\":2}".utf8))
        try log.flush()
        #expect(text == "{\"b\":2}\n")
        #expect(String(decoding: place.read("calls.jsonl.1"), as: UTF8.self) == "{\"a\":1}\n")
    }

    @Test func aTornLastLineIsRepaired() throws {
        let line = "{\"a\":\"}\\\"{\",\"b\":{\"c\":[1]}}"
        for length in 0...line.utf8.count {
            place.write("calls.jsonl", Array("{}\n".utf8) + Array(line.utf8.prefix(length)))
            let archive = try ArchiveDirectory(path: place.path, use: .live)
            var log = try RecordLog(directory: archive)
            try log.append(Array("{\"new\":1}".utf8))
            try log.flush()
            #expect(text == "{}\n" + (length == line.utf8.count ? line + "\n" : "") + "{\"new\":1}\n")
        }
        // Longer than what is read at once, without any line feed before it.
        for count in [70_000, 140_000, 5 << 20] {
            let long = "{\"a\":\"" + String(repeating: "x", count: count) + "\"}"
            for (content, kept) in [(long, count < 4 << 20), (String(long.dropLast()), false)] {
                place.write("calls.jsonl", Array(content.utf8))
                let archive = try ArchiveDirectory(path: place.path, use: .live)
                _ = try RecordLog(directory: archive)
                #expect(text == (kept ? content + "\n" : ""))
            }
        }
    }

    @Test func aFullDiskKeepsWholeLines() async throws {
        await #expect(processExitsWith: .success) { [path = place.path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let archive = try ArchiveDirectory(path: path, use: .live)
            var log = try RecordLog(directory: archive)
            var limit = rlimit(rlim_cur: 1_000, rlim_max: 1_000)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            for _ in 0..<30 { try log.append([UInt8](repeating: UInt8(ascii: "y"), count: 98)) }
            var failure: ArchiveError?
            do throws(ArchiveError) { try log.flush() } catch { failure = error }
            #expect(failure == ArchiveError(.write, path: "calls.jsonl", systemError: EFBIG))
            #expect(log.linesWritten == 10)
            #expect(log.linesLost == 20)
        }
        #expect(place.read("calls.jsonl").count == 990)
        #expect(place.read("calls.jsonl").last == UInt8(ascii: "\n"))
    }

    @Test func aLinkIsNotFollowed() throws {
        let outside = try TemporaryDirectory()
        outside.write("target", [1])
        symlink(outside.path + "/target", place.path + "/calls.jsonl")
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        #expect(throws: ArchiveError.self) { _ = try RecordLog(directory: archive) }
        #expect(outside.read("target") == [1])
    }
}
