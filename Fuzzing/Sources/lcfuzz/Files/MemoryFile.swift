import Glibc
import TestSupport

/// A file without a name that has a path all the same, for readers that take one. In memory if TMPDIR is.
struct MemoryFile: ~Copyable {
    let descriptor: Int32
    var path: String { "/proc/self/fd/\(descriptor)" }

    init(_ bytes: [UInt8]) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/lcfuzz-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        unlink(template)
        var written = 0
        bytes.withUnsafeBytes { buffer in
            while written < buffer.count {
                let got = write(descriptor, buffer.baseAddress! + written, buffer.count - written)
                guard got > 0 else { fail("cannot write a temporary file") }
                written += got
            }
        }
    }

    deinit { close(descriptor) }
}
