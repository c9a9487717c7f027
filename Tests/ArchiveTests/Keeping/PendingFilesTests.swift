import Glibc
import Testing

@testable import Archive

@Suite struct PendingFilesTests {
    let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    /// Turns every byte around and puts a sign at the end.
    final class Inversion: FileTransform {
        func update(_ bytes: ArraySlice<UInt8>, isLast: Bool, emit: (ArraySlice<UInt8>) throws -> Void) throws {
            try emit(bytes.map { ~$0 }[...])
            if isLast { try emit([42]) }
        }
    }

    private func pending(_ archive: ArchiveDirectory, suffix: String = ".gz") -> PendingFiles {
        let transform: (@Sendable () throws -> any FileTransform)? = suffix.isEmpty ? nil : { @Sendable in Inversion() }
        return PendingFiles(archive, suffix: suffix, synchronises: true, transform: transform)
    }

    private func writer(_ archive: ArchiveDirectory, suffix: String = ".gz", overwrite: Bool = false) -> CallFileWriter
    {
        var options = CallFileOptions()
        options.finishedSuffix = suffix
        options.leavesPending = true
        options.overwrite = overwrite
        return CallFileWriter(directory: archive, options: options, bufferBudget: 1 << 20)
    }

    private func call(_ name: String, _ writer: inout CallFileWriter) -> FinishedFiles {
        let set = writer.open(stem: stem(name), held: false)
        for position in 0..<10 as Range<UInt64> { writer.append(set, TestPacket(position: position)) }
        return writer.finish(set)
    }

    @Test func theRecordNamesTheFinalFile() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = writer(archive)
        #expect(call("folder/a", &writer).names == ["folder/a.pcap.gz"])
        #expect(place.files() == ["folder/a.pcap.pending"])
        let plain = place.read("folder/a.pcap.pending")
        #expect(Capture(plain)?.records.count == 10)
        let sealed = try pending(archive).seal("folder/a.pcap.gz")
        #expect(sealed?.bytesBefore == UInt64(plain.count) && sealed?.bytesAfter == UInt64(plain.count) + 1)
        #expect(place.files() == ["folder/a.pcap.gz"])
        #expect(place.read("folder/a.pcap.gz") == plain.map { ~$0 } + [42])
        #expect(try pending(archive).seal("folder/a.pcap.gz") == nil)
    }

    @Test func withoutATransformItIsRenamed() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = writer(archive, suffix: "")
        #expect(call("a", &writer).names == ["a.pcap"])
        #expect(place.files() == ["a.pcap.pending"])
        #expect(try pending(archive, suffix: "").seal("a.pcap") != nil)
        #expect(Capture(place.read("a.pcap"))?.records.count == 10)
    }

    /// Retention goes by it.
    @Test func theTimeOfChangeIsKept() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = writer(archive)
        _ = call("a", &writer)
        let time = timespec(tv_sec: 1_000_000, tv_nsec: 123_456_789)
        #expect(utimensat(AT_FDCWD, "\(place.path)/a.pcap.pending", [time, time], 0) == 0)
        _ = try pending(archive).seal("a.pcap.gz")
        var status = stat()
        #expect(stat("\(place.path)/a.pcap.gz", &status) == 0)
        #expect(status.st_mtim.tv_sec == 1_000_000 && status.st_mtim.tv_nsec == 123_456_789)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func aNameThatIsTakenLater() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        place.write("a.pcap.gz", [1, 2, 3])
        var writer = writer(archive)
        #expect(call("a", &writer).names == ["a-2.pcap.gz"])
        #expect(call("a", &writer).names == ["a-3.pcap.gz"])
        for path in pending(archive).list(limit: 10, removingCopies: false) { _ = try pending(archive).seal(path) }
        #expect(place.files() == ["a-2.pcap.gz", "a-3.pcap.gz", "a.pcap.gz"])
        #expect(place.read("a.pcap.gz") == [1, 2, 3])
    }

    @Test func overwritingReplacesTheEarlierRuns() throws {
        place.write("a.pcap.gz", [1, 2, 3])
        let archive = try ArchiveDirectory(path: place.path, use: .replay(overwrite: true))
        var writer = writer(archive, overwrite: true)
        #expect(call("a", &writer).names == ["a.pcap.gz"])
        _ = try pending(archive).seal("a.pcap.gz")
        #expect(place.files() == ["a.pcap.gz"])
        #expect(place.read("a.pcap.gz").count > 3)
    }

    @Test func aReplayFindsSealedCapturesInItsWay() throws {
        for name in ["a.pcap.gz", "a.pcap.enc", "a.pcap.gz.enc", "a.pcap.pending"] {
            place.write(name, [1])
            #expect(throws: ArchiveError(.directoryHasCaptures, path: place.path, systemError: 0), "\(name)") {
                try ArchiveDirectory(path: place.path, use: .replay(overwrite: false))
            }
            unlink("\(place.path)/\(name)")
        }
    }

    /// Wherever a kill comes, the next start has one whole file, and the same one.
    @Test func killsInBetween() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = writer(archive)
        for name in ["early", "copying", "linked", "done"] { _ = call(name, &writer) }
        let plain = place.read("early.pcap.pending")
        // In the middle of the copy.
        place.write("copying.pcap.seal.partial", [1, 2, 3])
        // Between the rename of the copy and the removal of its original.
        TemporaryDirectory.run("cp -p '\(place.path)/linked.pcap.pending' '\(place.path)/keep'")
        _ = try pending(archive).seal("linked.pcap.gz")
        TemporaryDirectory.run("mv '\(place.path)/keep' '\(place.path)/linked.pcap.pending'")
        _ = try pending(archive).seal("done.pcap.gz")
        let again = pending(archive)
        let left = again.list(limit: 10, removingCopies: true)
        #expect(left == ["copying.pcap.gz", "early.pcap.gz", "linked.pcap.gz"])
        #expect(!place.exists("copying.pcap.seal.partial"))
        for path in left { #expect(try again.seal(path) != nil) }
        #expect(place.files() == ["copying.pcap.gz", "done.pcap.gz", "early.pcap.gz", "linked.pcap.gz"])
        for name in place.files() { #expect(place.read(name) == plain.map { ~$0 } + [42], "\(name)") }
    }

    @Test func stoppingLeavesItPending() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = writer(archive)
        _ = call("a", &writer)
        #expect(try pending(archive).seal("a.pcap.gz", isStopping: { true }) == nil)
        #expect(place.files() == ["a.pcap.pending"])
    }

    @Test func recoveredFilesBecomePending() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = writer(archive, suffix: "")
        _ = call("a", &writer)
        TemporaryDirectory.run("mv '\(place.path)/a.pcap.pending' '\(place.path)/a.pcap.partial'")
        #expect(archive.recover().files.map(\.path) == ["a.pcap"])
        #expect(pending(archive).leavePending("a.pcap") == "a.pcap.gz")
        #expect(place.files() == ["a.pcap.pending"])
        // Not where the later name is taken.
        place.write("b.pcap", [1])
        place.write("b.pcap.gz", [2])
        #expect(pending(archive).leavePending("b.pcap") == "b.pcap")
    }

    @Test func namesOfTheLongestCallIDs() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        let pattern = try FileNamePattern("{callid}.pcap")
        let callID = [UInt8](repeating: UInt8(ascii: "x"), count: 400)
        let stem = pattern.stem(for: FileNameValues(timestamp: 0, callID: callID))
        for suffix in ["", ".gz", ".enc", ".gz.enc"] {
            var writer = writer(archive, suffix: suffix)
            let set = writer.open(stem: stem, held: false)
            writer.append(set, TestPacket(position: 0))
            let names = writer.finish(set).names
            #expect(names.count == 1 && names[0].utf8.count <= 255)
            #expect(try pending(archive, suffix: suffix).seal(names[0]) != nil)
        }
    }
}
