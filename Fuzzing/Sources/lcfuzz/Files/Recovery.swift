import Archive
import Glibc
import TestSupport

extension FuzzTarget {
    /// What a kill may have left: an open capture and a record log. After recovery both are whole, a second recovery finds
    /// nothing to do, and nothing else has appeared in the directory.
    static func recovery(_ input: [UInt8]) {
        let directory = folder
        let isLog = (input.first ?? 0) & 1 == 1
        let bytes = Array(input.dropFirst())
        let name = isLog ? ArchiveDirectory.recordLogName : "call.pcap.partial"
        write(bytes, to: directory + "/" + name)
        do {
            let archive = try ArchiveDirectory(path: directory, use: .live)
            if isLog {
                var log = try RecordLog(directory: archive)
                try log.append(Array(#"{"type":"call"}"#.utf8))
                try log.flush()
            } else {
                let report = archive.recover()
                require(report.files.count + report.removed + report.skipped == 1, "\(report)")
                for file in report.files {
                    let found = contents(directory + "/" + file.path)
                    require(found.count + Int(file.bytesCut) == bytes.count, "\(file) of \(bytes.count) bytes")
                    require(bytes.starts(with: found), "recovery changed bytes")
                }
                if report.skipped == 0 { require(archive.recover() == RecoveryReport(), "a second recovery") }
            }
        } catch {
            fail("recovery failed: \(error)")
        }
        if isLog {
            let found = contents(directory + "/" + name)
            require(found.last == UInt8(ascii: "\n"), "a torn record log")
        }
        for name in [name, "call.pcap", "call.pcap.partial"] { unlink(directory + "/" + name) }
    }

    private static let folder: String = {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = "\(base)/lcfuzz-\(getpid())"
        mkdir(path, 0o700)
        return path
    }()

    private static func write(_ bytes: [UInt8], to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { fail("cannot write") }
        close(descriptor)
    }

    private static func contents(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { fail("\(path) is not there") }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
    }
}
