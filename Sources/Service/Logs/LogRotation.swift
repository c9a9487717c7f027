import Glibc

/// Our own rotation of a log file: `lc.log` becomes `lc.log.1`, that one `lc.log.2`, and so on; the last is lost.
struct LogRotation {
    let path: String
    /// A line that would make the file longer begins a new one.
    let maxBytes: Int
    let keep: Int

    init(path: String, _ options: LogOptions) {
        self.path = path
        maxBytes = options.rotateSize
        keep = options.rotateKeep
    }

    /// Moves every file on by one. Its name is free afterwards.
    func rotate() throws(CommandError) {
        for number in stride(from: keep - 1, through: 1, by: -1) {
            rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        guard rename(path, "\(path).1") == 0 || errno == ENOENT else {
            throw CommandError(
                "cannot rotate the log: \(describe(errno: errno))", at: path, exitStatus: .cannotCreateOutput)
        }
    }
}
