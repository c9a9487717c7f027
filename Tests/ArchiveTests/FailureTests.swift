import Glibc
import Testing

@testable import Archive

/// Disks that are full, limited or not writable.
@Suite struct FailureTests {
    let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    @Test(arguments: [0, 32 << 10, 1 << 20]) func aFileAtItsSizeLimitStaysReadable(budget: Int) async throws {
        await #expect(processExitsWith: .success) { [path = place.path as String, budget = budget as Int] in
            signal(SIGXFSZ, SIG_IGN)
            let archive = try ArchiveDirectory(path: path, use: .live)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: budget)
            let (long, short) = (
                writer.open(stem: stem("long"), held: false), writer.open(stem: stem("short"), held: false)
            )
            for position in 0..<1_000 as Range<UInt64> {
                writer.append(long, TestPacket(position: position, length: 307))
                if position % 100 == 0 { writer.append(short, TestPacket(position: position)) }
            }
            let finished = writer.finish(long)
            #expect(finished.names == ["long.pcap"])
            #expect(finished.error == ArchiveError(.write, path: "long.pcap.partial", systemError: EFBIG))
            #expect(finished.packets == (100_000 - 24) / 323)
            #expect(finished.packets + finished.packetsLost == 1_000)
            #expect(writer.counters.recordsLost == finished.packetsLost)
            #expect(writer.counters.setsFailed == 1)
            // Other calls are not touched by it.
            #expect(writer.finish(short).packets == 10)
        }
        let capture = try #require(Capture(place.read("long.pcap")))
        #expect(capture.positions == Array(0..<UInt64(capture.records.count)))
        #expect(capture.records.count == (100_000 - 24) / 323)
    }

    @Test(.enabled(if: TemporaryDirectory.run("mountpoint -q /dev/shm && test $(id -u) = 0") == 0))
    func aFullDiskLosesRecordsButNoFile() throws {
        let disk = "\(place.path)/disk"
        mkdir(disk, 0o700)
        guard TemporaryDirectory.run("mount -t tmpfs -o size=256k none '\(disk)' 2>/dev/null") == 0 else { return }
        defer { TemporaryDirectory.run("umount '\(disk)'") }
        let archive = try ArchiveDirectory(path: disk, use: .live)
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 64 << 10)
        let sets = (0..<5).map { writer.open(stem: stem("call\($0)"), held: false) }
        for position in 0..<5_000 as Range<UInt64> {
            writer.append(sets[Int(position % 5)], TestPacket(position: position, length: 200))
        }
        var total: UInt64 = 0
        for (_, finished) in writer.finishAll() {
            #expect(finished.error?.systemError == ENOSPC)
            total += finished.packets + finished.packetsLost
            for name in finished.names {
                #expect(try #require(Capture(place.read("disk/\(name)"))).records.count == Int(finished.packets))
            }
        }
        #expect(total == 5_000)
        #expect(place.files().allSatisfy { $0.hasSuffix(".pcap") })
        // A file that could not be put in order for want of space is left as it is, readable and reported.
        #expect(writer.counters.setsFailed == 5)
    }

    @Test func aDirectoryThatCannotBeWrittenIsAnError() async throws {
        await #expect(processExitsWith: .success) { [path = place.path as String] in
            let archive = try ArchiveDirectory(path: path + "/a", use: .live)
            chmod(path + "/a", 0o500)
            // Root may write everywhere; nobody may not.
            if getuid() == 0 {
                chmod(path, 0o755)
                #expect(chown(path + "/a", 65_534, 65_534) == 0)
                #expect(setuid(65_534) == 0)
            }
            var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
            let set = writer.open(stem: stem("call"), held: false)
            for position in 0..<3_000 as Range<UInt64> { writer.append(set, TestPacket(position: position)) }
            let finished = writer.finish(set)
            #expect(finished.names.isEmpty)
            #expect(finished.packets == 0)
            #expect(finished.packetsLost == 3_000)
            #expect(finished.error == ArchiveError(.create, path: "call.pcap.partial", systemError: EACCES))
            #expect(finished.error?.exitStatus == 77)
            var log: ArchiveError?
            do throws(ArchiveError) { _ = try RecordLog(directory: archive) } catch { log = error }
            #expect(log?.exitStatus == 77)
        }
    }
}
