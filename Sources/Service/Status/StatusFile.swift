import CLinux
import Glibc

/// A capture that is being fetched: open, and no matter what becomes of its name.
public final class StatusFile: Sendable {
    private let descriptor: Int32
    /// Its last component.
    public let name: String
    public let size: Int

    /// What a reader should take it for.
    var type: String {
        if name.hasSuffix(".pcap") { return "application/vnd.tcpdump.pcap" }
        return name.hasSuffix(".gz") ? "application/gzip" : "application/octet-stream"
    }

    /// Opens a file below the directory. The name is one that we gave; all the same it may lead nowhere else, be no link and
    /// nothing but a regular file. `errno` when it cannot be opened.
    init(_ name: String, in directory: String) throws(SystemFailure) {
        let base = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard base >= 0 else { throw SystemFailure(code: errno) }
        defer { close(base) }
        let file = open_beneath(base, name)
        guard file >= 0 else { throw SystemFailure(code: errno) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw SystemFailure(code: EINVAL)
        }
        descriptor = file
        size = Int(status.st_size)
        self.name = name.split(separator: "/").last.map(String.init) ?? name
    }

    deinit { close(descriptor) }

    /// Bytes of the file from `offset` on; fewer at its end, none when it cannot be read.
    public func read(at offset: Int, most: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(most, 0)) { buffer, count in
            let read = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            count = max(0, read)
        }
    }
}

/// An `errno`.
struct SystemFailure: Error { var code: Int32 }
