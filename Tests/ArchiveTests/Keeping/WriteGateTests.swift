import Glibc
import Testing

@testable import Archive

/// Disks that are full, read-only or gone, and well again.
@Suite struct WriteGateTests {
    let place: TemporaryDirectory
    /// Where small disks may be mounted.
    static let canMount = TemporaryDirectory.run("test $(id -u) = 0 && mountpoint -q /dev/shm") == 0

    init() throws { place = try TemporaryDirectory() }

    /// A small disk below the test's folder. Nil: it cannot be mounted here.
    private func disk(_ size: String) -> String? {
        let disk = "\(place.path)/disk"
        mkdir(disk, 0o700)
        return TemporaryDirectory.run("mount -t tmpfs -o size=\(size) none '\(disk)' 2>/dev/null") == 0 ? disk : nil
    }

    private func unmount() { TemporaryDirectory.run("umount -l '\(place.path)/disk'") }

    private func append(
        _ range: Range<UInt64>, to set: FileSetID, _ writer: inout CallFileWriter, length: Int = 200
    ) {
        for position in range { writer.append(set, TestPacket(position: position, length: length)) }
    }

    @Test(.enabled(if: canMount)) func aFullDiskAndRoomAgain() throws {
        guard let disk = disk("1m") else { return }
        defer { unmount() }
        let archive = try ArchiveDirectory(path: disk, use: .live)
        place.write("disk/ballast", [UInt8](repeating: 0, count: 900_000))
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 4 << 10)
        let (call, other) = (
            writer.open(stem: stem("call"), held: false), writer.open(stem: stem("other"), held: false)
        )
        append(0..<1000, to: call, &writer)
        #expect(archive.gate.reason == ENOSPC)
        #expect(archive.gate.closings == 1)
        // Nothing is even tried.
        let writes = writer.counters.writes
        append(1000..<2000, to: call, &writer)
        append(2000..<2500, to: other, &writer)
        archive.look()
        #expect(archive.gate.reason == ENOSPC)
        #expect(writer.counters.writes == writes)
        // A call that is over meanwhile says what is missing.
        let early = writer.finish(other)
        #expect(early.names.isEmpty && early.packets == 0 && early.packetsLost == 500)
        TemporaryDirectory.run("rm '\(disk)/ballast'")
        archive.look()
        #expect(archive.gate.reason == nil)
        append(3000..<3500, to: call, &writer)
        let finished = writer.finish(call)
        #expect(finished.names == ["call.pcap"])
        #expect(finished.packets + finished.packetsLost == 2500)
        #expect(finished.error?.systemError == ENOSPC)
        #expect(writer.counters.recordsLost == finished.packetsLost + 500)
        #expect(writer.counters.setsResumed == 1)
        let positions = try #require(Capture(place.read("disk/call.pcap"))).positions
        #expect(positions.count == Int(finished.packets))
        #expect(positions == positions.sorted())
        // Everything from the moment on at which there was room again.
        #expect(Array(positions.suffix(500)) == Array(3000..<3500))
        #expect(positions.first == 0)
        #expect(place.files().sorted() == ["disk/call.pcap"])
    }

    @Test(.enabled(if: canMount)) func aReadOnlyDisk() throws {
        guard let disk = disk("4m") else { return }
        defer { unmount() }
        let archive = try ArchiveDirectory(path: disk, use: .live)
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 4 << 10)
        let call = writer.open(stem: stem("call"), held: false)
        append(0..<100, to: call, &writer)
        TemporaryDirectory.run("mount -o remount,ro '\(disk)'")
        append(100..<200, to: call, &writer)
        #expect(archive.gate.reason == EROFS)
        archive.look()
        #expect(archive.gate.reason == EROFS)
        TemporaryDirectory.run("mount -o remount,rw '\(disk)'")
        archive.look()
        #expect(archive.gate.reason == nil)
        append(200..<300, to: call, &writer)
        let finished = writer.finish(call)
        #expect(finished.packets + finished.packetsLost == 300)
        let positions = try #require(Capture(place.read("disk/call.pcap"))).positions
        #expect(positions == positions.sorted() && positions.count == Int(finished.packets))
        #expect(Array(positions.suffix(100)) == Array(200..<300))
    }

    @Test func aDirectoryThatIsRemovedIsMadeAgain() throws {
        let path = place.path + "/archive"
        let archive = try ArchiveDirectory(path: path, use: .live)
        var log = try RecordLog(directory: archive)
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 4 << 10)
        let call = writer.open(stem: stem("folder/call"), held: false)
        append(0..<100, to: call, &writer)
        try log.append(Array("{\"a\":1}".utf8))
        try log.flush()
        TemporaryDirectory.run("rm -r '\(path)'")
        // Noticed without a packet being lost by it.
        archive.look()
        #expect(archive.gate.reason == nil && archive.gate.closings == 1)
        #expect(archive.isOurs)
        append(100..<300, to: call, &writer)
        try log.append(Array("{\"b\":2}".utf8))
        try log.flush()
        let finished = writer.finish(call)
        #expect(finished.names == ["folder/call.pcap"])
        #expect(finished.packets + finished.packetsLost == 300)
        let positions = try #require(Capture(place.read("archive/folder/call.pcap"))).positions
        #expect(positions.count == Int(finished.packets))
        #expect(positions.last == 299)
        #expect(place.read("archive/calls.jsonl") == Array("{\"b\":2}\n".utf8))
        // And locked: nobody else gets it.
        #expect(throws: ArchiveError.self) { try ArchiveDirectory(path: path, use: .live) }
    }

    @Test func aDirectoryInWhoseWayStandsAFile() throws {
        let path = place.path + "/archive"
        let archive = try ArchiveDirectory(path: path, use: .live)
        TemporaryDirectory.run("rm -r '\(path)'; touch '\(path)'")
        archive.look()
        #expect(archive.gate.reason == ENOENT)
        TemporaryDirectory.run("rm '\(path)'")
        archive.look()
        #expect(archive.gate.reason == nil)
        #expect(place.exists("archive/.lippycat.lock"))
    }

    /// What somebody removed while it was open is lost, counted, and nothing else is.
    @Test func anOpenFileThatIsRemoved() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 0)
        let (call, quiet) = (
            writer.open(stem: stem("call"), held: false), writer.open(stem: stem("quiet"), held: false)
        )
        append(0..<10, to: call, &writer)
        append(0..<5, to: quiet, &writer)
        TemporaryDirectory.run("rm '\(place.path)'/*.partial")
        append(10..<20, to: call, &writer)
        #expect(archive.gate.closings == 0)
        let finished = writer.finish(call)
        #expect(finished.names == ["call.pcap"])
        #expect(finished.packets + finished.packetsLost == 20)
        // The write that found the file gone is lost too.
        #expect(try #require(Capture(place.read("call.pcap"))).positions == Array(11..<20))
        let other = writer.finish(quiet)
        #expect(other.names.isEmpty && other.packets == 0 && other.packetsLost == 5)
    }

    /// A folder that may not be written to is not the disk's fault.
    @Test func oneBadFolderDoesNotStopTheOthers() async throws {
        await #expect(processExitsWith: .success) { [path = place.path as String] in
            let archive = try ArchiveDirectory(path: path + "/a", use: .live)
            mkdir(path + "/a/bad", 0o500)
            if getuid() == 0 {
                chmod(path, 0o755)
                #expect(chown(path + "/a", 65_534, 65_534) == 0)
                #expect(setuid(65_534) == 0)
            }
            var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 0)
            let (bad, good) = (
                writer.open(stem: stem("bad/call"), held: false), writer.open(stem: stem("good/call"), held: false)
            )
            for position in 0..<10 as Range<UInt64> {
                writer.append(bad, TestPacket(position: position))
                writer.append(good, TestPacket(position: position))
            }
            #expect(archive.gate.closings == 0)
            #expect(writer.finish(bad).packetsLost == 10)
            #expect(writer.finish(good).packets == 10)
        }
    }

    @Test(.enabled(if: canMount)) func recordsWaitForRoom() throws {
        guard let disk = disk("1m") else { return }
        defer { unmount() }
        let archive = try ArchiveDirectory(path: disk, use: .live)
        var log = try RecordLog(directory: archive)
        let line = Array(("{\"x\":\"" + String(repeating: "y", count: 990) + "\"}").utf8)
        place.write("disk/ballast", [UInt8](repeating: 0, count: 1_000_000))
        for _ in 0..<300 { try? log.append(line) }
        try? log.flush()
        #expect(archive.gate.reason == ENOSPC)
        #expect(log.linesLost == 0)
        TemporaryDirectory.run("rm '\(disk)/ballast'")
        archive.look()
        try log.flush()
        #expect(log.linesWritten == 300)
        let written = place.read("disk/calls.jsonl")
        #expect(written == Array(repeatElement(line + [10], count: 300).joined()))
    }

    @Test func aReplayHasNoGate() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .replay(overwrite: false))
        archive.note(ENOSPC)
        #expect(archive.gate.reason == nil)
    }
}
