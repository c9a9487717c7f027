import Glibc
import Synchronization

/// The directory that calls are written to, locked for this process while the value lives.
///
/// Shared by the workers' writers: they only use its descriptor, and that only for calls relative to it.
public final class ArchiveDirectory: Sendable {
    public enum Use: Sendable, Equatable {
        /// A new set of captures. A directory that has some already is refused unless `overwrite`.
        case replay(overwrite: Bool)
        /// Goes on beside what is there.
        case live
    }

    public static let lockName = ".lippycat.lock"
    public static let recordLogName = "calls.jsonl"

    public let path: String
    public let use: Use
    /// What the names of this run's captures begin with, if they do: others in the directory are nobody's concern.
    let namePrefix: [UInt8]
    /// Keeps its number for life; the directory behind it may be replaced (`look`).
    let descriptor: Int32
    let lock: Int32
    /// Whether anything is written at present.
    public let gate = WriteGate()
    /// How often the directory has been replaced.
    let replacements = Atomic<UInt64>(0)

    /// Makes the directory (0750) where it is missing, and locks it.
    ///
    /// The lock is flock(2) on `.lippycat.lock`, which the kernel drops with the process, so a kill leaves none behind. The
    /// file itself stays: removing it would let two writers hold locks on two files of one name.
    ///
    /// - Parameter namePrefix: for names that all begin alike (`-w PREFIX`), in a directory that others use too: only
    ///   captures whose names begin so count as those of an earlier run.
    public init(path: String, use: Use, namePrefix: String = "") throws(ArchiveError) {
        self.path = path
        self.use = use
        self.namePrefix = Array(namePrefix.utf8)
        do throws(SystemCall.Failure) {
            descriptor = try Self.openMaking(path).descriptor
        } catch {
            throw ArchiveError(.directory, path: path, systemError: error.code)
        }
        do throws(SystemCall.Failure) {
            lock = try Self.openLock(in: descriptor)
        } catch {
            SystemCall.close(descriptor)
            throw ArchiveError(.directory, path: path, systemError: error.code)
        }
        // From here on every stored property is set, and `deinit` closes the descriptors when we throw.
        if let code = Self.acquire(lock) {
            throw ArchiveError(code == EWOULDBLOCK ? .directoryLocked : .directory, path: path, systemError: code)
        }
        Self.claim(descriptor, lock: lock, isShared: !namePrefix.isEmpty)
        try prepare()
    }

    deinit {
        SystemCall.close(lock)
        SystemCall.close(descriptor)
    }

    /// For reading: a lock needs no more, and an open file for writing would keep the disk from being made read-only.
    static func openLock(in directory: Int32) throws(SystemCall.Failure) -> Int32 {
        try SystemCall.open(at: directory, SystemCall.terminated(Array(lockName.utf8)), O_RDONLY | O_CREAT)
    }

    /// Takes the lock; the reason when it cannot be had. A predecessor that is just going away, or a child of this process
    /// between fork and exec, is given a moment.
    static func acquire(_ lock: Int32) -> Int32? {
        var pause = timespec(tv_sec: 0, tv_nsec: 10_000_000)
        for attempt in 0...lockAttempts {
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { return nil }
            guard errno == EWOULDBLOCK || errno == EINTR, attempt < lockAttempts else { break }
            unsafe nanosleep(&pause, nil)
        }
        return errno
    }

    /// Ten milliseconds each.
    private static let lockAttempts = 20

    /// Opens the directory, making it and its missing parents. Symbolic links are followed here: this path is the
    /// operator's, not the network's.
    static func openMaking(
        _ path: String
    ) throws(SystemCall.Failure) -> (descriptor: Int32, isNew: Bool) {
        let bytes = Array((path.isEmpty ? "." : path).utf8)
        guard !bytes.contains(0) else { throw SystemCall.Failure(code: EINVAL) }
        while true {
            let descriptor = unsafe open(SystemCall.terminated(bytes), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor >= 0 { return (descriptor, false) }
            guard errno == ENOENT else {
                if errno == EINTR { continue }
                throw SystemCall.Failure(code: errno)
            }
            for end in 1...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: "/") {
                try SystemCall.makeDirectory(at: AT_FDCWD, SystemCall.terminated(Array(bytes[..<end])))
            }
            let made = unsafe open(SystemCall.terminated(bytes), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard made >= 0 else { throw SystemCall.Failure(code: errno) }
            return (made, true)
        }
    }
}
