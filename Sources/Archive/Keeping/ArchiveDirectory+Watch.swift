import Glibc

/// What becomes of the directory while a capture runs: full, read-only, removed, and back again.
extension ArchiveDirectory {
    /// Room that must be there before writing goes on, so that it does not stop again at once; or a twentieth of a smaller
    /// disk.
    static func roomToGoOn(onDiskOf total: UInt64) -> UInt64 { min(16 << 20, total / 20) }
    private static let probeName = ".lippycat.probe"
    private static let probeBytes = 64 << 10

    /// Closes the gate when a failure concerns the whole disk and not one file. A replay has no gate: it ends anyway, and
    /// tries each call.
    func note(_ failure: SystemCall.Failure) { note(failure.code) }

    func note(_ code: Int32) {
        guard use == .live else { return }
        switch code {
        case ENOSPC, EDQUOT, EROFS, EIO, ENODEV, ENXIO, ESTALE, EUCLEAN: gate.close(code)
        // Also said of one folder or name; then the others are still written.
        case ENOENT, ENOTDIR, EACCES, EPERM: if !isUsable { gate.close(code) }
        default: break
        }
    }

    /// The directory is there and may be written to.
    private var isUsable: Bool {
        guard !isGone else { return false }
        let here = SystemCall.terminated([UInt8(ascii: ".")])
        return unsafe faccessat(descriptor, here, W_OK | X_OK, AT_EACCESS) == 0
    }

    private var isGone: Bool { ((try? SystemCall.status(of: descriptor))?.st_nlink ?? 0) == 0 }

    /// To be called about once a second. Opens the gate when everything is well again; closes it when the directory has
    /// been removed, before the first packet is lost by it.
    public func look() {
        guard use == .live else { return }
        if gate.reason == nil {
            guard isGone else { return }
            gate.close(ENOENT)
        }
        do throws(SystemCall.Failure) {
            if isGone || isElsewhere { try makeAgain() }
            try probe()
            gate.open()
        } catch {
            // Still not; the next look may find it.
        }
    }

    /// The path leads to another directory than the one we have: it was replaced, or a disk was mounted there.
    private var isElsewhere: Bool {
        var now = stat()
        guard unsafe stat(SystemCall.terminated(Array(path.utf8)), &now) == 0,
            let ours = try? SystemCall.status(of: descriptor)
        else { return false }
        return now.st_dev != ours.st_dev || now.st_ino != ours.st_ino
    }

    /// Makes and locks the directory under its path, and puts it under the descriptors that everybody holds.
    private func makeAgain() throws(SystemCall.Failure) {
        let (directory, _) = try Self.openMaking(path)
        defer { SystemCall.close(directory) }
        let newLock = try Self.openLock(in: directory)
        defer { SystemCall.close(newLock) }
        if let code = Self.acquire(newLock) { throw SystemCall.Failure(code: code) }
        // Ours before, ours again if nothing is in it; retention looks each time.
        Self.claim(directory, lock: newLock, isShared: !namePrefix.isEmpty)
        // The lock belongs to the open file, which the copy shares.
        try SystemCall.replace(lock, by: newLock)
        try SystemCall.replace(descriptor, by: directory)
        replacements.add(1, ordering: .relaxed)
    }

    /// Writes something, as a test, and looks for room.
    private func probe() throws(SystemCall.Failure) {
        let name = SystemCall.terminated(Array(Self.probeName.utf8))
        try? SystemCall.remove(at: descriptor, name)
        let file = try SystemCall.open(at: descriptor, name, O_WRONLY | O_CREAT | O_EXCL)
        defer {
            SystemCall.close(file)
            try? SystemCall.remove(at: descriptor, name)
        }
        let space = try SystemCall.space(of: descriptor)
        guard space.available >= Self.roomToGoOn(onDiskOf: space.total) else { throw SystemCall.Failure(code: ENOSPC) }
        let bytes = Int(min(UInt64(Self.probeBytes), max(space.total / 20, 1)))
        try SystemCall.write(file, [UInt8](repeating: 0, count: bytes))
    }

    /// Forces everything written so far onto the disk; what went wrong.
    public func synchroniseAll() -> ArchiveError? {
        do throws(SystemCall.Failure) {
            try SystemCall.synchroniseAll(descriptor)
            return nil
        } catch {
            return ArchiveError(.write, path: path, systemError: error.code)
        }
    }
}
