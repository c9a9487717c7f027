import Glibc

/// The mark of a directory that lc made, or found empty: what is in it is ours to delete.
extension ArchiveDirectory {
    /// What `.lippycat.lock` says in a directory that is ours.
    public static let mark = "lippycat archive\n"

    /// Whether what is in the directory is ours to delete. Asked anew each time: it may have been replaced.
    public var isOurs: Bool {
        guard namePrefix.isEmpty else { return false }
        return Self.hasMark(lock)
    }

    private static func hasMark(_ lock: Int32) -> Bool {
        let mark = Array(Self.mark.utf8)
        var found = [UInt8](repeating: 0, count: mark.count)
        guard let count = try? SystemCall.read(lock, into: &found, from: 0, at: 0) else { return false }
        // The line feed may be missing: an operator may have written it.
        return count >= mark.count - 1 && found[..<count].starts(with: mark.dropLast())
    }

    /// Makes a directory ours that holds nothing yet. With a name prefix it is shared with others, and
    /// never ours.
    static func claim(_ directory: Int32, lock: Int32, isShared: Bool) {
        guard !isShared, !hasMark(lock) else { return }
        var isEmpty = true
        let walk: Void? = try? DirectoryWalk.visit(directory) { name, _ in
            // mkfs makes the latter.
            if !name.elementsEqual(lockName.utf8), !name.elementsEqual("lost+found".utf8) { isEmpty = false }
            return isEmpty
        }
        guard walk != nil, isEmpty else { return }
        // On a full disk it is not marked, and nothing is deleted.
        let name = SystemCall.terminated(Array(lockName.utf8))
        guard let file = try? SystemCall.open(at: directory, name, O_WRONLY) else { return }
        defer { SystemCall.close(file) }
        try? SystemCall.write(file, Array(mark.utf8))
    }
}
