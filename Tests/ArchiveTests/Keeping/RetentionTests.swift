import Glibc
import TestSupport
import Testing

@testable import Archive

@Suite struct RetentionTests {
    let place: TemporaryDirectory
    static let second: Int64 = 1_000_000_000
    /// The time that all tests take for now.
    static let now: Int64 = 1_700_000_000 * second

    init() throws { place = try TemporaryDirectory() }

    /// A file of so many bytes, last changed so many seconds ago.
    private func file(_ name: String, bytes: Int = 100, age: Int64) {
        if let slash = name.lastIndex(of: "/") { TemporaryDirectory.run("mkdir -p '\(place.path)/\(name[..<slash])'") }
        place.write(name, [UInt8](repeating: 1, count: bytes))
        setAge(name, age)
    }

    private func setAge(_ name: String, _ age: Int64) {
        let time = timespec(tv_sec: Int((Self.now / Self.second) - age), tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, "\(place.path)/\(name)", [time, time], 0) == 0)
    }

    private func run(
        _ directory: ArchiveDirectory, now: Int64? = RetentionTests.now, limit: Int = Retention.candidateLimit,
        _ change: (inout RetentionRules) -> Void
    ) -> (deleted: [String], report: Retention.Report) {
        var rules = RetentionRules()
        change(&rules)
        var retention = Retention(directory, rules)
        retention.candidates = OldestFiles(limit: limit)
        var deleted: [String] = []
        let report = retention.run(
            now: now, isStopping: { false }, onDeletion: { deleted.append("\($0.path) \($0.reason)") })
        return (deleted, report)
    }

    @Test func oldCapturesGoAndNothingElse() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        for name in ["a.pcap", "b.pcap.gz", "c.pcap.enc", "2026/d.pcap.gz.enc"] { file(name, age: 1000) }
        // Open, pending, of somebody else, records: none of them is a finished capture.
        let others = [
            "open.pcap.partial", "order.pcap.order.partial", "waiting.pcap.pending", "copy.pcap.seal.partial",
            "notes.txt",
            "calls.jsonl", "calls-20260101_000000.jsonl", ".hidden.pcap", "x.pcap.zst",
        ]
        for name in others { file(name, age: 1_000_000) }
        file("young.pcap", age: 99)
        symlink("/etc/passwd", "\(place.path)/link.pcap")
        let (deleted, report) = run(archive) { $0.age = 100 * Self.second }
        #expect(deleted.sorted() == ["2026/d.pcap.gz.enc age", "a.pcap age", "b.pcap.gz age", "c.pcap.enc age"])
        #expect(report.deleted == 4 && report.bytesDeleted == 400 && report.failed == 0 && report.error == 0)
        for name in others + ["young.pcap", "link.pcap"] { #expect(place.exists(name), "\(name)") }
    }

    @Test func theOldestGoUntilTheRestFits() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        for index in 0..<20 { file("call\(index).pcap", bytes: 1000, age: Int64((index * 7) % 20) + 1) }
        // Open files count and stay.
        file("open.pcap.partial", bytes: 5000, age: 500)
        let (deleted, report) = run(archive) { $0.bytes = 15_500 }
        // 25,000 bytes are there; ten files have to go, the oldest first: age (7 i mod 20) + 1 = 20, 19 … 11.
        let byAge = (0..<20).sorted { ($0 * 7) % 20 > ($1 * 7) % 20 }
        #expect(deleted == byAge.prefix(10).map { "call\($0).pcap size" })
        #expect(report.bytes == 15_000)
        #expect(!report.isExhausted)
        #expect(place.exists("open.pcap.partial"))
    }

    /// More files than are remembered at once: the directory is read again, and the order is the same.
    @Test func fewCandidatesAtATime() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        for index in 0..<50 { file("call\(index).pcap", bytes: 10, age: Int64(1 + index)) }
        let (deleted, report) = run(archive, limit: 4) { $0.bytes = 125 }
        #expect(deleted == (12..<50).reversed().map { "call\($0).pcap size" })
        #expect(report.bytes == 120)
    }

    @Test func whenNothingIsLeftItSaysSo() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        file("open.pcap.partial", bytes: 5000, age: 500)
        file("a.pcap", bytes: 10, age: 500)
        let (deleted, report) = run(archive) { $0.bytes = 1000 }
        #expect(deleted == ["a.pcap size"])
        #expect(report.isExhausted && report.bytes == 5000)
    }

    @Test func aFloorOfFreeSpace() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        file("old.pcap", age: 10)
        let free = try SystemCall.space(of: archive.descriptor).available
        #expect(run(archive) { $0.freeBytes = free / 2 }.deleted.isEmpty)
        // More than there will ever be.
        let (deleted, report) = run(archive) { $0.freeBytes = free * 4 }
        #expect(deleted == ["old.pcap freeSpace"])
        #expect(report.isExhausted)
    }

    @Test(.enabled(if: TemporaryDirectory.run("test $(id -u) = 0 && mountpoint -q /dev/shm") == 0))
    func theFloorOnADiskOfItsOwn() throws {
        let disk = "\(place.path)/disk"
        mkdir(disk, 0o700)
        guard TemporaryDirectory.run("mount -t tmpfs -o size=4m none '\(disk)' 2>/dev/null") == 0 else { return }
        defer { TemporaryDirectory.run("umount '\(disk)'") }
        let archive = try ArchiveDirectory(path: disk, use: .live)
        for index in 0..<7 { file("disk/call\(index).pcap", bytes: 512 << 10, age: 100 - Int64(index)) }
        // 512 KiB and the lock are left of 4 MiB; three files make it 2 MiB.
        let (deleted, _) = run(archive) { $0.freeBytes = 2 << 20 }
        #expect(
            deleted == (0...3).map { "disk/call\($0).pcap freeSpace" }.map { String($0.dropFirst(5)) }
                || deleted == (0..<3).map { "call\($0).pcap freeSpace" })
        #expect(try SystemCall.space(of: archive.descriptor).available >= 2 << 20)
    }

    @Test func aDirectoryThatIsNotOursIsLeftAlone() throws {
        file("somebodys.pcap", age: 1_000_000)
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        #expect(!archive.isOurs)
        let (deleted, report) = run(archive) { $0.age = 1 }
        #expect(deleted.isEmpty && report.error == EPERM)
        #expect(place.exists("somebodys.pcap"))
        // The operator says that it may be.
        place.write(ArchiveDirectory.lockName, Array("lippycat archive".utf8))
        #expect(archive.isOurs)
        #expect(run(archive) { $0.age = 1 }.deleted == ["somebodys.pcap age"])
    }

    @Test func whoseADirectoryIs() throws {
        // Made by us, and found again.
        var archive: ArchiveDirectory? = try ArchiveDirectory(path: place.path + "/new/deep", use: .live)
        #expect(archive?.isOurs == true)
        archive = nil
        #expect(try ArchiveDirectory(path: place.path + "/new/deep", use: .live).isOurs)
        // A new file system has lost+found.
        TemporaryDirectory.run("mkdir -p '\(place.path)/disk/lost+found'")
        #expect(try ArchiveDirectory(path: place.path + "/disk", use: .live).isOurs)
        // With a prefix it is shared, even when it was ours.
        #expect(try !ArchiveDirectory(path: place.path + "/new/deep", use: .live, namePrefix: "x").isOurs)
        #expect(try !ArchiveDirectory(path: place.path + "/prefix", use: .live, namePrefix: "x").isOurs)
        #expect(try !ArchiveDirectory(path: place.path, use: .live).isOurs)
    }

    @Test func archivesBelowBelongToOthers() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        file("mine.pcap", age: 1000)
        file("folder/mine.pcap", age: 1000)
        for name in ["a.pcap", "z.pcap", "deeper/a.pcap"] { file("other/\(name)", age: 1000) }
        let other = try ArchiveDirectory(path: place.path + "/other", use: .live)
        let (deleted, report) = run(archive) { $0.age = 1 }
        #expect(deleted.sorted() == ["folder/mine.pcap age", "mine.pcap age"])
        #expect(report.bytes == 0)
        #expect(place.exists("other/a.pcap") && place.exists("other/z.pcap") && place.exists("other/deeper/a.pcap"))
        _ = other
    }

    @Test func linkedFoldersAreNotFollowed() throws {
        TemporaryDirectory.run("mkdir -p '\(place.path)/archive' '\(place.path)/elsewhere'")
        let archive = try ArchiveDirectory(path: place.path + "/archive", use: .live)
        file("elsewhere/a.pcap", age: 1000)
        symlink("\(place.path)/elsewhere", "\(place.path)/archive/link")
        #expect(run(archive) { $0.age = 1 }.deleted.isEmpty)
        #expect(place.exists("elsewhere/a.pcap"))
    }

    @Test func oldFilesOfRecordsHaveAnAgeOfTheirOwn() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        file("calls.jsonl", age: 5000)
        file("calls-20250101_000000.jsonl", age: 5000)
        file("calls-20260101_000000.jsonl", age: 500)
        file("folder/calls-20250101_000000.jsonl", age: 5000)
        #expect(run(archive) { $0.age = 1 }.deleted.isEmpty)
        let (deleted, _) = run(archive) { $0.recordsAge = 1000 * Self.second }
        #expect(deleted == ["calls-20250101_000000.jsonl recordsAge"])
    }

    @Test func emptyFoldersGoLater() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        file("2025/12/a.pcap", age: 100_000)
        #expect(run(archive) { $0.age = 1 }.deleted == ["2025/12/a.pcap age"])
        // Something has just happened in it.
        #expect(place.exists("2025/12"))
        setAge("2025/12", 7200)
        setAge("2025", 7200)
        _ = run(archive) { $0.age = 1 }
        #expect(!place.exists("2025/12"))
    }

    @Test func withoutATrustedClockNothingGoesByAge() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        file("a.pcap", bytes: 1000, age: 1000)
        #expect(run(archive, now: nil) { $0.age = 1 }.deleted.isEmpty)
        #expect(run(archive, now: nil) { ($0.age, $0.bytes) = (1, 10) }.deleted == ["a.pcap size"])
    }

    /// The heap against sorting everything.
    @Test func theOldestOfMany() {
        var generator = SeededRandom(seed: 3)
        for limit in [1, 2, 7, 64, 1000] {
            var oldest = OldestFiles(limit: limit)
            let files = (0..<500).map { index in
                OldestFiles.File(
                    time: Int64.random(in: 0..<300, using: &generator), size: 1, blocks: 1, inode: 0,
                    path: Array("\(index)".utf8))
            }
            for file in files { oldest.insert(file) }
            let expected = files.sorted { $0.isOlder(than: $1) }.prefix(limit)
            #expect(oldest.sorted() == Array(expected))
            #expect(oldest.refused == UInt64(max(0, 500 - limit)))
        }
    }
}
