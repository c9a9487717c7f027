import Glibc
import Synchronization

/// The sink that `Log.start` opened.
let current = Mutex<LogSink?>(nil)

/// Where log lines go: stderr or a file, one line at a time from any thread.
///
/// A line that cannot be written (full disk) is counted, never an error: logging must not end a capture.
final class LogSink: Sendable {
    private struct State {
        var descriptor: Int32
        var lost = 0
    }

    let format: LogFormat
    /// stderr is the journal: lines carry its priority prefix, and a log file does not replace it.
    let isJournal: Bool
    private let path: String?
    private let state: Mutex<State>

    init(_ options: LogOptions, isJournal: Bool = Journal.isStandardError) throws(CommandError) {
        format = options.format
        path = options.file
        self.isJournal = isJournal
        state = Mutex(State(descriptor: try options.file.map(Self.open) ?? StandardStream.error.rawValue))
    }

    deinit {
        if path != nil { state.withLock { _ = close($0.descriptor) } }
    }

    /// Lines that could not be written.
    var lost: Int { state.withLock { $0.lost } }

    /// - Parameter priority: syslog's, for the journal.
    func write(_ line: String, priority: Int) {
        let prefixed = "<\(priority)>" + line + "\n"
        state.withLock { state in
            let plain = line + "\n"
            if path != nil {
                if !writeAll(plain, to: state.descriptor) { state.lost += 1 }
                guard isJournal else { return }
            }
            if !writeAll(isJournal ? prefixed : plain, to: StandardStream.error.rawValue) { state.lost += 1 }
        }
    }

    /// Closes the file and opens its name again. When that fails the old file stays in use.
    func reopen() throws(CommandError) {
        guard let path else { return }
        let descriptor = try Self.open(path)
        state.withLock { state in
            close(state.descriptor)
            state.descriptor = descriptor
        }
    }

    private static func open(_ path: String) throws(CommandError) -> Int32 {
        // Without O_NONBLOCK a FIFO as log file would hang the start until somebody reads it.
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else {
            let code = errno
            throw CommandError(
                "cannot open the log: \(describe(errno: code))", at: path, remedy: "check --log-file and its directory",
                exitStatus: code == EACCES || code == EPERM ? .permission : .cannotCreateOutput)
        }
        return descriptor
    }
}
