import Glibc

/// The end of a file that may be long.
enum FileTail {
    /// At most the last `limit` bytes, beginning with a whole line; nil when it is no regular file or cannot be read.
    static func read(_ path: String, _ limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let start = max(0, Int(status.st_size) - limit)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let wanted = min(block.count, limit - bytes.count)
            let got = block.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, start + bytes.count) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            bytes += block[..<got]
        }
        guard start > 0 else { return bytes }
        return bytes.firstIndex(of: UInt8(ascii: "\n")).map { Array(bytes[($0 + 1)...]) } ?? []
    }
}
