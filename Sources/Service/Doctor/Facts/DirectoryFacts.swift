import Archive
import Glibc

/// A directory that lc is to write into.
struct DirectoryFacts: Sendable {
    var path: String
    var exists = true
    /// The directory itself, or the nearest one above it that exists.
    var existing = "/"
    /// `errno` of writing there; nil when it is possible.
    var writeError: Int32?
    /// Bytes of its file system, and what is free to us.
    var size = 0
    var free = 0
    var files = 0
    var freeFiles = 0
    /// lc has made it or found it empty, or would.
    var isOurs = true
    /// What the calls in its `calls.jsonl` took on the disk.
    var volume: CallVolume?

    var percentUsed: Int { size > 0 ? Int((Double(size - free) / Double(size) * 100).rounded(.down)) : 0 }
    var percentFilesUsed: Int { files > 0 ? Int((Double(files - freeFiles) / Double(files) * 100).rounded(.down)) : 0 }

    static func gather(_ path: String) -> DirectoryFacts {
        var facts = DirectoryFacts(path: path)
        facts.existing = path
        while access(facts.existing, F_OK) != 0, facts.existing != "/", facts.existing != "." {
            facts.exists = false
            facts.existing = parent(of: facts.existing)
        }
        facts.writeError = facts.exists ? tryWriting(path) : tryPermission(facts.existing)
        var status = statvfs()
        if statvfs(facts.existing, &status) == 0 {
            let unit = Int(status.f_frsize)
            (facts.size, facts.free) = (Int(status.f_blocks) * unit, Int(status.f_bavail) * unit)
            (facts.files, facts.freeFiles) = (Int(status.f_files), Int(status.f_favail))
        }
        if facts.exists {
            facts.isOurs = isOurs(path)
            facts.volume = CallVolume.measured(in: path + "/" + "calls.jsonl")
        }
        return facts
    }

    /// The directory that a file is in.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Permissions, mounts, quotas: nothing tells as well as doing it.
    private static func tryWriting(_ path: String) -> Int32? {
        let name = "\(path)/.lippycat.doctor.\(getpid())"
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return errno }
        defer {
            close(descriptor)
            unlink(name)
        }
        return writeAll([UInt8](repeating: 0, count: 4096), to: descriptor) ? nil : errno
    }

    /// Where the directory is still to be made.
    private static func tryPermission(_ path: String) -> Int32? { access(path, W_OK | X_OK) == 0 ? nil : errno }

    private static func isOurs(_ path: String) -> Bool {
        if let mark = SystemFile.text("\(path)/\(ArchiveDirectory.lockName)") {
            return mark.hasPrefix(String(ArchiveDirectory.mark.dropLast()))
        }
        guard let listing = opendir(path) else { return false }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if ![".", "..", "lost+found", ArchiveDirectory.lockName].contains(name) { return false }
        }
        return true
    }
}
