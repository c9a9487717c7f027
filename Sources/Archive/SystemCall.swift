import Glibc

/// glibc declares this under `_GNU_SOURCE` only, which Swift's Glibc module is not built with. Scalars and pointers are
/// passed alike in both calling conventions.
@_silgen_name("renameat2")
private func renameat2(
    _ oldDirectory: Int32, _ oldPath: UnsafePointer<CChar>, _ newDirectory: Int32, _ newPath: UnsafePointer<CChar>,
    _ flags: UInt32
) -> Int32

/// As above.
@_silgen_name("dup3")
private func dup3(_ old: Int32, _ new: Int32, _ flags: Int32) -> Int32

/// As above.
@_silgen_name("syncfs")
private func syncfs(_ descriptor: Int32) -> Int32

/// The system calls the archive needs, relative to a directory descriptor, restarted after signals, never following a
/// symbolic link in the last component. Paths end in a NUL byte (`terminated`).
///
/// Each returns `errno` on failure, so that no caller reads it too late.
enum SystemCall {
    struct Failure: Error, Equatable {
        var code: Int32
    }

    /// `RENAME_NOREPLACE` of <stdio.h>.
    private static let renameNoReplace: UInt32 = 1
    static let fileMode: mode_t = 0o600
    static let directoryMode: mode_t = 0o750

    static func terminated(_ path: some Collection<UInt8>) -> [CChar] {
        unsafe [CChar](unsafeUninitializedCapacity: path.count + 1) { (memory, count) in
            // There is room for one more than the path has; signed and unsigned bytes are laid out alike.
            unsafe UnsafeMutableRawBufferPointer(memory).copyBytes(from: path)
            unsafe memory[path.count] = 0
            count = path.count + 1
        }
    }

    static func text(of code: Int32) -> String {
        guard code != 0, let message = unsafe strerror(code) else { return "unknown error" }
        return unsafe String(cString: message)
    }

    /// https://man7.org/linux/man-pages/man2/openat.2.html
    static func open(at directory: Int32, _ path: [CChar], _ flags: Int32) throws(Failure) -> Int32 {
        while true {
            let descriptor = unsafe openat(directory, path, flags | O_CLOEXEC | O_NOFOLLOW, fileMode)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw Failure(code: errno) }
        }
    }

    static func openDirectory(at directory: Int32, _ path: [CChar]) throws(Failure) -> Int32 {
        try open(at: directory, path, O_RDONLY | O_DIRECTORY)
    }

    /// Makes a directory; one that is there already is fine.
    static func makeDirectory(at directory: Int32, _ path: [CChar]) throws(Failure) {
        if unsafe mkdirat(directory, path, directoryMode) != 0, errno != EEXIST { throw Failure(code: errno) }
    }

    /// The most pieces of one call: `UIO_MAXIOV` of the kernel.
    private static let mostPieces = 1_024

    /// Writes all pieces, none of them empty, one behind the other, or fails; `written` says how far it came either way.
    static func write(
        _ descriptor: Int32, _ pieces: UnsafeBufferPointer<iovec>, written: inout Int
    ) throws(Failure) {
        var (index, within) = (0, 0)
        while index < pieces.count {
            let piece = unsafe pieces[index]
            let rest = unsafe UnsafeBufferPointer(rebasing: pieces[index...].prefix(mostPieces))
            // `within` is below the piece's length.
            let count =
                unsafe within > 0
                ? Glibc.write(descriptor, piece.iov_base + within, piece.iov_len - within)
                : writev(descriptor, rest.baseAddress, Int32(rest.count))
            if count > 0 {
                written += count
                within += count
                while index < pieces.count, unsafe within >= pieces[index].iov_len {
                    unsafe within -= pieces[index].iov_len
                    index += 1
                }
            } else if count == 0 {
                throw Failure(code: EIO)
            } else if errno != EINTR {
                throw Failure(code: errno)
            }
        }
    }

    static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Failure) {
        var written = 0
        try write(descriptor, bytes, written: &written)
    }

    static func write(_ descriptor: Int32, _ bytes: [UInt8], written: inout Int) throws(Failure) {
        try unsafe bytes.span.withUnsafeBytes { (bytes) throws(Failure) in
            guard bytes.count > 0 else { return }
            // Only read, as writev(2) says, though its type does not.
            let piece = unsafe iovec(
                iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            try unsafe withUnsafePointer(to: piece) { (piece) throws(Failure) in
                try unsafe write(descriptor, UnsafeBufferPointer(start: piece, count: 1), written: &written)
            }
        }
    }

    /// Reads into the array's end from index `start`, at `offset` of the file; 0 at the end of the file.
    static func read(
        _ descriptor: Int32, into buffer: inout [UInt8], from start: Int, at offset: Int64
    ) throws(Failure) -> Int {
        var span = buffer.mutableSpan
        return try unsafe span.withUnsafeMutableBytes { (bytes) throws(Failure) in
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            while true {
                let count = unsafe pread(descriptor, rest.baseAddress, rest.count, Int(offset))
                if count >= 0 { return count }
                if errno != EINTR { throw Failure(code: errno) }
            }
        }
    }

    static func truncate(_ descriptor: Int32, to length: Int64) throws(Failure) {
        while ftruncate(descriptor, Int(length)) != 0 {
            if errno != EINTR { throw Failure(code: errno) }
        }
    }

    static func remove(at directory: Int32, _ path: [CChar]) throws(Failure) {
        if unsafe unlinkat(directory, path, 0) != 0 { throw Failure(code: errno) }
    }

    /// Renames within a directory. Without `replacing`, a name that is taken is EEXIST.
    ///
    /// https://man7.org/linux/man-pages/man2/renameat2.2.html; file systems without RENAME_NOREPLACE answer EINVAL, and
    /// then link(2), which never replaces, does the same in two steps.
    static func rename(
        at directory: Int32, _ from: [CChar], to: [CChar], replacing: Bool
    ) throws(Failure) {
        if replacing {
            if unsafe renameat(directory, from, directory, to) != 0 { throw Failure(code: errno) }
            return
        }
        if unsafe renameat2(directory, from, directory, to, renameNoReplace) == 0 { return }
        guard errno == EINVAL || errno == ENOSYS else { throw Failure(code: errno) }
        if unsafe linkat(directory, from, directory, to, 0) != 0 { throw Failure(code: errno) }
        try remove(at: directory, from)
    }

    /// Type, size and times of a name, itself and not what a symbolic link points to.
    static func status(at directory: Int32, _ path: [CChar]) throws(Failure) -> stat {
        var result = stat()
        if unsafe fstatat(directory, path, &result, AT_SYMLINK_NOFOLLOW) != 0 { throw Failure(code: errno) }
        return result
    }

    static func status(of descriptor: Int32) throws(Failure) -> stat {
        var result = stat()
        if unsafe fstat(descriptor, &result) != 0 { throw Failure(code: errno) }
        return result
    }

    static func isRegularFile(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
    static func isDirectory(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

    /// Makes one descriptor another name of what a second one is open on, in one step for everybody who uses it.
    ///
    /// https://man7.org/linux/man-pages/man2/dup.2.html
    static func replace(_ descriptor: Int32, by other: Int32) throws(Failure) {
        while dup3(other, descriptor, O_CLOEXEC) < 0 {
            guard errno == EINTR || errno == EBUSY else { throw Failure(code: errno) }
        }
    }

    /// Bytes of the file system, and those that are there for us.
    static func space(of descriptor: Int32) throws(Failure) -> (total: UInt64, available: UInt64) {
        var status = statvfs()
        if unsafe fstatvfs(descriptor, &status) != 0 { throw Failure(code: errno) }
        let block = UInt64(status.f_frsize)
        return (UInt64(status.f_blocks) &* block, UInt64(status.f_bavail) &* block)
    }

    /// Bytes and times of a file, or the names of a directory, are on the disk when this returns.
    static func synchronise(_ descriptor: Int32) throws(Failure) {
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw Failure(code: errno) }
        }
    }

    /// Everything of the file system that the descriptor is on.
    static func synchroniseAll(_ descriptor: Int32) throws(Failure) {
        if syncfs(descriptor) != 0 { throw Failure(code: errno) }
    }

    /// Gives an open file the time of change of another.
    static func setTime(_ descriptor: Int32, _ time: timespec) throws(Failure) {
        let times = [time, time]
        let result = unsafe times.withUnsafeBufferPointer { unsafe futimens(descriptor, $0.baseAddress) }
        if result != 0 { throw Failure(code: errno) }
    }

    static func removeDirectory(at directory: Int32, _ path: [CChar]) throws(Failure) {
        if unsafe unlinkat(directory, path, AT_REMOVEDIR) != 0 { throw Failure(code: errno) }
    }

    /// Closing twice may close what another thread has opened since under the same number.
    static func close(_ descriptor: Int32) {
        let status = Glibc.close(descriptor)
        assert(status == 0 || errno != EBADF, "descriptor \(descriptor) was closed before")
    }
}
