import Glibc

/// What is in the directory when a run begins.
extension ArchiveDirectory {
    /// Folders below folders that are looked into.
    static let depthLimit = 32

    /// A replay wants a directory without captures, or permission to replace them.
    ///
    /// `overwrite` replaces file by file: a finished capture takes the place of one of the same name, `calls.jsonl` begins
    /// anew, open files that a killed run left are removed. Captures with other names stay: one of them may be the very
    /// file that is being read.
    func prepare() throws(ArchiveError) {
        guard case .replay(let overwrite) = use else { return }
        do throws(SystemCall.Failure) {
            if overwrite {
                try removeOpenFiles(in: descriptor, depth: 0)
                try waitForClock()
            } else if try hasCaptures(in: descriptor, depth: 0) {
                throw SystemCall.Failure(code: 0)
            }
        } catch {
            throw ArchiveError(
                error.code == 0 ? .directoryHasCaptures : .directory, path: path, systemError: error.code)
        }
    }

    private func hasCaptures(in directory: Int32, depth: Int) throws(SystemCall.Failure) -> Bool {
        let listing = try DirectoryListing(of: directory)
        for name in listing.files {
            if isOfThisRun(name), Self.isCapture(name) { return true }
            if depth == 0, name.elementsEqual(Self.recordLogName.utf8) { return true }
        }
        // A prefix makes no folders.
        guard depth < Self.depthLimit, namePrefix.isEmpty else { return false }
        for name in listing.directories {
            let child = try SystemCall.openDirectory(at: directory, SystemCall.terminated(name))
            defer { SystemCall.close(child) }
            if try hasCaptures(in: child, depth: depth + 1) { return true }
        }
        return false
    }

    private func isOfThisRun(_ name: [UInt8]) -> Bool { name.starts(with: namePrefix) }

    /// Open, pending or finished.
    private static func isCapture(_ name: [UInt8]) -> Bool {
        name.hasSuffix(".partial") || name.hasSuffix(FileName.pendingEnding)
            || FileName.finishedEndings.contains { name.hasSuffix($0) }
    }

    private static let openEndings = [
        FileName.openEnding, FileName.orderEnding, FileName.sealEnding, FileName.pendingEnding,
    ]

    private func removeOpenFiles(in directory: Int32, depth: Int) throws(SystemCall.Failure) {
        let listing = try DirectoryListing(of: directory)
        for name in listing.files
        where isOfThisRun(name) && Self.openEndings.contains(where: { name.hasSuffix($0) }) {
            try SystemCall.remove(at: directory, SystemCall.terminated(name))
        }
        guard depth < Self.depthLimit, namePrefix.isEmpty else { return }
        for name in listing.directories {
            let child = try SystemCall.openDirectory(at: directory, SystemCall.terminated(name))
            defer { SystemCall.close(child) }
            guard let guarding = FolderLock(of: child) else { continue }
            try removeOpenFiles(in: child, depth: depth + 1)
            guarding.release()
        }
    }

    /// Everything from here on gets a later time of change than the lock file has now, which tells this run's files from
    /// earlier ones. File times come from a clock that ticks every few milliseconds, so one tick is waited for.
    private func waitForClock() throws(SystemCall.Failure) {
        if futimens(lock, nil) != 0 { throw SystemCall.Failure(code: errno) }
        let start = try SystemCall.status(of: lock).st_ctim
        var pause = timespec(tv_sec: 0, tv_nsec: 1_000_000)
        for _ in 0..<100 {
            var now = timespec()
            unsafe clock_gettime(CLOCK_REALTIME_COARSE, &now)
            if now.tv_sec > start.tv_sec || (now.tv_sec == start.tv_sec && now.tv_nsec > start.tv_nsec) { return }
            unsafe nanosleep(&pause, nil)
        }
    }

    /// The name belongs to a regular file that was there before this run began.
    func isFromEarlierRun(_ name: [CChar], in directory: Int32) -> Bool {
        guard let file = try? SystemCall.status(at: directory, name), SystemCall.isRegularFile(file),
            let start = try? SystemCall.status(of: lock)
        else { return false }
        let (changed, began) = (file.st_ctim, start.st_ctim)
        return changed.tv_sec < began.tv_sec || (changed.tv_sec == began.tv_sec && changed.tv_nsec <= began.tv_nsec)
    }
}

/// The lock of a folder that may be an archive of its own. Nil while another process writes there.
struct FolderLock: ~Copyable {
    private let descriptor: Int32

    init?(of directory: Int32) {
        let name = SystemCall.terminated(Array(ArchiveDirectory.lockName.utf8))
        do throws(SystemCall.Failure) {
            let lock = try SystemCall.open(at: directory, name, O_RDWR | O_NONBLOCK)
            if flock(lock, LOCK_EX | LOCK_NB) != 0 {
                SystemCall.close(lock)
                return nil
            }
            descriptor = lock
        } catch {
            // No lock file: a folder of ours. One that cannot be opened is left alone.
            guard error.code == ENOENT else { return nil }
            descriptor = -1
        }
    }

    deinit { if descriptor >= 0 { SystemCall.close(descriptor) } }

    consuming func release() {}
}
