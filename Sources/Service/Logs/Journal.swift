import Glibc

/// systemd's journal, when it reads our stderr.
enum Journal {
    /// `JOURNAL_STREAM` has the device and inode of the journal's socket; stderr may have been redirected since.
    static var isStandardError: Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        var status = stat()
        guard fstat(StandardStream.error.rawValue, &status) == 0 else { return false }
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }
}
