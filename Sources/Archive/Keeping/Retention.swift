import Glibc

/// What may stay in an archive, and for how long. Zero: no such rule.
public struct RetentionRules: Sendable, Equatable {
    /// Nanoseconds since a finished capture was last changed.
    public var age: Int64 = 0
    /// Bytes of all files of the archive together.
    public var bytes: UInt64 = 0
    /// Bytes of the file system that shall be free.
    public var freeBytes: UInt64 = 0
    /// Nanoseconds since the last line of a `calls-….jsonl`.
    public var recordsAge: Int64 = 0

    public init() {}

    public var isEmpty: Bool { self == RetentionRules() }
}

/// Deletes what the rules do not let stay: finished captures, oldest change first.
///
/// Never an open or pending file, and nothing in a directory that is not ours (`ArchiveDirectory.mark`), in folders below
/// with a lock of their own, or behind symbolic links. For a thread of low priority: it reads whole directories.
public struct Retention {
    public enum Reason: String, Sendable {
        case age, size
        case freeSpace = "free_space"
        case recordsAge = "records_age"
    }

    public struct Deletion: Sendable {
        /// Relative to the archive's directory.
        public var path: String
        public var bytes: UInt64
        public var reason: Reason
    }

    /// What one pass found and did.
    public struct Report: Sendable, Equatable {
        public var deleted: UInt64 = 0
        public var bytesDeleted: UInt64 = 0
        /// Files that could not be deleted.
        public var failed: UInt64 = 0
        /// Bytes of the archive's files that are left.
        public var bytes: UInt64 = 0
        /// Nothing is left to delete although a rule asks for it.
        public var isExhausted = false
        /// The directory could not be read, or is not ours any more.
        public var error: Int32 = 0
    }

    /// Files remembered at once; when these do not do, the directory is read again.
    static let candidateLimit = 16_384
    /// An empty folder is removed when nothing has happened in it for this long: no writer is about to use it.
    private static let folderAge: Int64 = 3_600_000_000_000
    private static let depthLimit = ArchiveDirectory.depthLimit

    let directory: ArchiveDirectory
    let rules: RetentionRules
    var candidates = OldestFiles(limit: Retention.candidateLimit)
    private var total: UInt64 = 0

    public init(_ directory: ArchiveDirectory, _ rules: RetentionRules) {
        self.directory = directory
        self.rules = rules
    }

    /// One pass.
    ///
    /// - Parameters:
    ///   - now: wall time in nanoseconds; nil: it is not to be trusted, so nothing is deleted by age.
    ///   - isStopping: asked between files.
    ///   - onDeletion: told every file.
    public mutating func run(
        now: Int64?, isStopping: () -> Bool, onDeletion: (Deletion) -> Void
    ) -> Report {
        var report = Report()
        guard directory.isOurs else {
            report.error = EPERM
            return report
        }
        repeat {
            candidates.removeAll()
            total = 0
            do throws(SystemCall.Failure) {
                try walk(directory.descriptor, path: [], depth: 0, now: now, &report, onDeletion)
            } catch {
                report.error = error.code
                return report
            }
            // With more than fits remembered, those that were not are newer than those that were.
            guard !deleteOldest(now: now, isStopping, &report, onDeletion), candidates.refused > 0 else { break }
        } while !isStopping()
        report.bytes = total
        return report
    }

    // MARK: What is there

    private mutating func walk(
        _ folder: Int32, path: [UInt8], depth: Int, now: Int64?, _ report: inout Report,
        _ onDeletion: (Deletion) -> Void
    ) throws(SystemCall.Failure) {
        var folders: [[UInt8]] = []
        var records: [(name: [UInt8], size: UInt64)] = []
        var isForeign = false
        var inFolder: UInt64 = 0
        try DirectoryWalk.visit(folder) { name, status in
            if SystemCall.isDirectory(status) { folders.append(name) }
            guard SystemCall.isRegularFile(status) else { return true }
            // A folder with a lock is an archive of its own, whoever writes there.
            if depth > 0, name.elementsEqual(ArchiveDirectory.lockName.utf8) {
                isForeign = true
                return false
            }
            let size = UInt64(max(status.st_size, 0))
            let time = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            if Self.isRotatedLog(name), depth == 0 {
                if rules.recordsAge > 0, let now, now - time > rules.recordsAge { records.append((name, size)) }
            } else if Self.isFinished(name) {
                inFolder += size
                candidates.insert(
                    OldestFiles.File(
                        time: time, size: size, blocks: UInt64(max(status.st_blocks, 0)) * 512, inode: status.st_ino,
                        path: path + name))
            } else if Self.isOpen(name) {
                inFolder += size
            }
            return true
        }
        // What was found before the lock was is not ours either.
        guard !isForeign else {
            candidates.removeAll(below: path)
            return
        }
        total += inFolder
        for record in records {
            delete(record.name, size: record.size, .recordsAge, &report, onDeletion)
        }
        guard depth < Self.depthLimit else { return }
        for name in folders {
            let terminated = SystemCall.terminated(name)
            guard let child = try? SystemCall.openDirectory(at: folder, terminated) else { continue }
            defer { SystemCall.close(child) }
            try? walk(child, path: path + name + [UInt8(ascii: "/")], depth: depth + 1, now: now, &report, onDeletion)
            removeIfEmpty(child, name: terminated, in: folder, now: now)
        }
    }

    /// Ours are made by file name patterns; unlinkat(2) itself refuses one that is not empty.
    private func removeIfEmpty(_ child: Int32, name: [CChar], in folder: Int32, now: Int64?) {
        guard let now, let status = try? SystemCall.status(of: child) else { return }
        let time = Int64(status.st_mtim.tv_sec) * 1_000_000_000
        if now - time > Self.folderAge { try? SystemCall.removeDirectory(at: folder, name) }
    }

    static func isFinished(_ name: [UInt8]) -> Bool {
        name.first != UInt8(ascii: ".") && FileName.finishedEndings.contains { name.hasSuffix($0) }
    }

    private static func isOpen(_ name: [UInt8]) -> Bool {
        name.hasSuffix(".partial") || name.hasSuffix(FileName.pendingEnding)
    }

    private static func isRotatedLog(_ name: [UInt8]) -> Bool {
        name.starts(with: RecordLog.rotatedPrefix.utf8) && name.hasSuffix(RecordLog.ending)
    }

    // MARK: What goes

    /// Returns true when every rule is satisfied, or the time has come to stop.
    private mutating func deleteOldest(
        now: Int64?, _ isStopping: () -> Bool, _ report: inout Report, _ onDeletion: (Deletion) -> Void
    ) -> Bool {
        // Some file systems give room back only later; what has been deleted counts as free at once.
        let freeBefore = (try? SystemCall.space(of: directory.descriptor))?.available ?? .max
        var given: UInt64 = 0
        for file in candidates.sorted() {
            if isStopping() { return true }
            let free = max(freeBefore &+ given, (try? SystemCall.space(of: directory.descriptor))?.available ?? .max)
            guard let reason = reason(file, now: now, free: free) else { return true }
            if delete(file.path, size: file.size, inode: file.inode, reason, &report, onDeletion) {
                total -= min(total, file.size)
                given += file.blocks
            }
        }
        let free = (try? SystemCall.space(of: directory.descriptor))?.available ?? .max
        report.isExhausted =
            (rules.bytes > 0 && total > rules.bytes) || (rules.freeBytes > 0 && max(free, freeBefore) < floor)
        return false
    }

    /// On a full disk there must be more than writing needs to go on, or it would stay stopped above a low floor.
    private var floor: UInt64 {
        guard directory.gate.reason == ENOSPC || directory.gate.reason == EDQUOT,
            let space = try? SystemCall.space(of: directory.descriptor)
        else { return rules.freeBytes }
        return max(rules.freeBytes, 2 * ArchiveDirectory.roomToGoOn(onDiskOf: space.total))
    }

    private func reason(_ file: OldestFiles.File, now: Int64?, free: UInt64) -> Reason? {
        if rules.age > 0, let now, now - file.time > rules.age { return .age }
        if rules.bytes > 0, total > rules.bytes { return .size }
        if rules.freeBytes > 0, free < floor { return .freeSpace }
        return nil
    }

    @discardableResult
    private func delete(
        _ path: [UInt8], size: UInt64, inode: ino_t? = nil, _ reason: Reason, _ report: inout Report,
        _ onDeletion: (Deletion) -> Void
    ) -> Bool {
        do throws(SystemCall.Failure) {
            try directory.with(existing: path) { (folder, name) throws(SystemCall.Failure) in
                let status = try SystemCall.status(at: folder, name)
                // Another file of that name has come since: it is younger.
                guard SystemCall.isRegularFile(status), inode == nil || status.st_ino == inode else {
                    throw SystemCall.Failure(code: ENOENT)
                }
                try SystemCall.remove(at: folder, name)
            }
        } catch {
            // Somebody was quicker.
            if error.code != ENOENT { report.failed += 1 }
            return error.code == ENOENT
        }
        report.deleted += 1
        report.bytesDeleted += size
        onDeletion(Deletion(path: String(decoding: path, as: UTF8.self), bytes: size, reason: reason))
        return true
    }
}

extension ArchiveDirectory {
    /// Opens the folder of a relative path, which must be there, for an action on the path's last component.
    func with<Result>(
        existing path: [UInt8], _ action: (_ folder: Int32, _ name: [CChar]) throws(SystemCall.Failure) -> Result
    ) throws(SystemCall.Failure) -> Result {
        var folder = descriptor
        defer { if folder != descriptor { SystemCall.close(folder) } }
        let components = path.split(separator: UInt8(ascii: "/"))
        guard let last = components.last else { throw SystemCall.Failure(code: ENOENT) }
        for component in components.dropLast() {
            let next = try SystemCall.openDirectory(at: folder, SystemCall.terminated(Array(component)))
            if folder != descriptor { SystemCall.close(folder) }
            folder = next
        }
        return try action(folder, SystemCall.terminated(Array(last)))
    }
}
