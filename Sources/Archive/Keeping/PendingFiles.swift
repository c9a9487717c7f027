import Glibc

/// Changes the bytes of a file on their way: compression, encryption.
public protocol FileTransform: AnyObject {
    /// Takes the next bytes and hands on what they become; with `isLast` everything that is still inside too.
    func update(_ bytes: ArraySlice<UInt8>, isLast: Bool, emit: (ArraySlice<UInt8>) throws -> Void) throws
}

/// Finished files that wait under their pending name for compression, encryption or fsync(2), and what makes them final.
///
/// For a thread of its own. Whatever moment a kill comes at, the pending file or the final one is whole; the next start goes
/// on with `list`.
public struct PendingFiles: Sendable {
    /// What became of a file.
    public struct Sealed: Sendable, Equatable {
        /// Relative to the archive's directory.
        public var path: String
        public var bytesBefore: UInt64 = 0
        public var bytesAfter: UInt64 = 0
    }

    let directory: ArchiveDirectory
    let suffix: String
    /// Files are on the disk before they get their names.
    let synchronises: Bool
    let makeTransform: (@Sendable () throws -> any FileTransform)?

    private static let chunk = 256 << 10

    /// - Parameter suffix: what the transform's files have behind `.pcap`.
    public init(
        _ directory: ArchiveDirectory, suffix: String, synchronises: Bool,
        transform: (@Sendable () throws -> any FileTransform)?
    ) {
        self.directory = directory
        self.suffix = suffix
        self.synchronises = synchronises
        makeTransform = transform
    }

    /// Makes the final file of a pending one.
    ///
    /// - Parameter path: the final path, relative to the directory, as a record tells it. Nil: there is no such pending file.
    /// - Parameter isStopping: asked between chunks; true leaves the file pending.
    public func seal(_ path: String, isStopping: () -> Bool = { false }) throws -> Sealed? {
        let bytes = Array(path.utf8)
        let ending = FileName.ending + suffix
        guard bytes.hasSuffix(ending) else { return nil }
        let base = Array(bytes.dropLast(ending.utf8.count))
        let name = ArchivePath(base).name
        do throws(SystemCall.Failure) {
            return try directory.with(existing: base) { (folder, _) throws(SystemCall.Failure) in
                try seal(Array(name.dropLast().map(UInt8.init(bitPattern:))), in: folder, path: path, isStopping)
            }
        } catch {
            if error.code == ENOENT { return nil }
            if error.code == ECANCELED { return nil }
            throw ArchiveError(.write, path: path, systemError: error.code)
        }
    }

    private func seal(
        _ stem: [UInt8], in folder: Int32, path: String, _ isStopping: () -> Bool
    ) throws(SystemCall.Failure) -> Sealed {
        let pending = SystemCall.terminated(stem + FileName.pendingEnding.utf8)
        let source = try SystemCall.open(at: folder, pending, O_RDONLY | O_NONBLOCK)
        defer { SystemCall.close(source) }
        let status = try SystemCall.status(of: source)
        guard SystemCall.isRegularFile(status) else { throw SystemCall.Failure(code: EINVAL) }
        var sealed = Sealed(path: path, bytesBefore: UInt64(max(status.st_size, 0)))
        let final = SystemCall.terminated(stem + (FileName.ending + suffix).utf8)
        // A kill came between the last two steps: the copy was complete, only its original was still to go.
        if makeTransform != nil, let there = try? SystemCall.status(at: folder, final),
            there.st_mtim.tv_sec == status.st_mtim.tv_sec, there.st_mtim.tv_nsec == status.st_mtim.tv_nsec
        {
            try SystemCall.remove(at: folder, pending)
            sealed.bytesAfter = UInt64(max(there.st_size, 0))
            return sealed
        }
        guard let makeTransform else {
            if synchronises { try SystemCall.synchronise(source) }
            try rename(pending, to: final, in: folder)
            if synchronises { try SystemCall.synchronise(folder) }
            sealed.bytesAfter = sealed.bytesBefore
            return sealed
        }
        let copy = SystemCall.terminated(stem + FileName.sealEnding.utf8)
        try? SystemCall.remove(at: folder, copy)
        do {
            sealed.bytesAfter = try write(
                from: source, to: copy, in: folder, time: status.st_mtim, through: try makeTransform(), isStopping)
            try rename(copy, to: final, in: folder)
        } catch {
            try? SystemCall.remove(at: folder, copy)
            throw error as? SystemCall.Failure ?? SystemCall.Failure(code: EIO)
        }
        if synchronises { try SystemCall.synchronise(folder) }
        try SystemCall.remove(at: folder, pending)
        return sealed
    }

    private func write(
        from source: Int32, to copy: [CChar], in folder: Int32, time: timespec, through transform: any FileTransform,
        _ isStopping: () -> Bool
    ) throws -> UInt64 {
        let target = try SystemCall.open(at: folder, copy, O_WRONLY | O_CREAT | O_EXCL)
        defer { SystemCall.close(target) }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        var (offset, written) = (Int64(0), UInt64(0))
        while true {
            guard !isStopping() else { throw SystemCall.Failure(code: ECANCELED) }
            let count = try SystemCall.read(source, into: &buffer, from: 0, at: offset)
            offset += Int64(count)
            try transform.update(buffer[..<count], isLast: count == 0) { bytes in
                try SystemCall.write(target, Array(bytes))
                written += UInt64(bytes.count)
            }
            if count == 0 { break }
        }
        if synchronises { try SystemCall.synchronise(target) }
        // Retention goes by this time, and so does the next start.
        try SystemCall.setTime(target, time)
        return written
    }

    /// The writer made sure that the name was free; what has taken it since stays, unless it is to be replaced.
    private func rename(_ from: [CChar], to: [CChar], in folder: Int32) throws(SystemCall.Failure) {
        do throws(SystemCall.Failure) {
            try SystemCall.rename(at: folder, from, to: to, replacing: false)
        } catch {
            guard error.code == EEXIST, directory.use == .replay(overwrite: true),
                directory.isFromEarlierRun(to, in: folder)
            else { throw error }
            try SystemCall.rename(at: folder, from, to: to, replacing: true)
        }
    }

    /// The file has its final name.
    public func isFinal(_ path: String) -> Bool {
        do throws(SystemCall.Failure) {
            return try directory.with(existing: Array(path.utf8)) { (folder, name) throws(SystemCall.Failure) in
                SystemCall.isRegularFile(try SystemCall.status(at: folder, name))
            }
        } catch {
            return false
        }
    }

    // MARK: What is there already

    /// The final paths of files that wait, sorted, so many at most. Unfinished copies are removed on the way, when asked to.
    public func list(limit: Int, removingCopies: Bool) -> [String] {
        var found: [String] = []
        list(directory.descriptor, path: [], depth: 0, limit: limit, removingCopies, &found)
        return found.sorted()
    }

    private func list(
        _ folder: Int32, path: [UInt8], depth: Int, limit: Int, _ removingCopies: Bool, _ found: inout [String]
    ) {
        var folders: [[UInt8]] = []
        var copies: [[UInt8]] = []
        try? DirectoryWalk.visit(folder) { name, status in
            if SystemCall.isDirectory(status) { folders.append(name) }
            guard SystemCall.isRegularFile(status), name.starts(with: directory.namePrefix) else { return true }
            if name.hasSuffix(FileName.sealEnding) { copies.append(name) }
            if name.hasSuffix(FileName.pendingEnding), found.count < limit {
                let stem = name.dropLast(FileName.pendingEnding.utf8.count)
                found.append(String(decoding: path + stem + (FileName.ending + suffix).utf8, as: UTF8.self))
            }
            return true
        }
        if removingCopies {
            for copy in copies { try? SystemCall.remove(at: folder, SystemCall.terminated(copy)) }
        }
        guard depth < ArchiveDirectory.depthLimit, directory.namePrefix.isEmpty else { return }
        for name in folders {
            guard let child = try? SystemCall.openDirectory(at: folder, SystemCall.terminated(name)) else { continue }
            defer { SystemCall.close(child) }
            // As with recovery: a folder that another process writes to is left alone.
            guard let guarding = FolderLock(of: child) else { continue }
            list(
                child, path: path + name + [UInt8(ascii: "/")], depth: depth + 1, limit: limit, removingCopies, &found)
            guarding.release()
        }
    }

    /// Makes a finished file pending again: one that recovery has given its name. Returns its later name, or the present
    /// one where that is taken.
    public func leavePending(_ path: String) -> String {
        let bytes = Array(path.utf8)
        guard bytes.hasSuffix(FileName.ending) else { return path }
        let stem = Array(bytes.dropLast(FileName.ending.utf8.count))
        let pending = ArchivePath(stem + FileName.pendingEnding.utf8).name
        let later = ArchivePath(stem + (FileName.ending + suffix).utf8).name
        do throws(SystemCall.Failure) {
            return try directory.with(existing: bytes) { (folder, name) throws(SystemCall.Failure) in
                if !suffix.isEmpty, (try? SystemCall.status(at: folder, later)) != nil { return path }
                try SystemCall.rename(at: folder, name, to: pending, replacing: false)
                return path + suffix
            }
        } catch {
            return path
        }
    }
}
