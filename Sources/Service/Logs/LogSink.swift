import Glibc
import Synchronization

/// Where log lines go: stderr or a file, one line at a time from any thread.
///
/// A line that cannot be written (full disk) is counted, never an error: logging must not end a capture.
final class LogSink: Sendable {
    private struct State {
        var descriptor: Int32
        /// Of the file, as far as we know.
        var bytes = 0
        var lost = 0
        /// Rotating failed; not tried again before the file is opened anew.
        var isStuck = false
    }

    let format: LogFormat
    /// stderr is the journal: lines carry its priority prefix, and a log file does not replace it.
    let isJournal: Bool
    /// Nil writes text as it is.
    let mask: LogMask?
    private let path: String?
    private let rotation: LogRotation?
    private let state: Mutex<State>

    init(_ options: LogOptions, isJournal: Bool = Journal.isStandardError) throws(CommandError) {
        format = options.format
        path = options.file
        rotation = options.file.flatMap { options.rotate ? LogRotation(path: $0, options) : nil }
        mask = options.sanitize ? LogMask.standard : nil
        self.isJournal = isJournal
        let descriptor = try options.file.map(Self.open) ?? StandardStream.error.rawValue
        state = Mutex(State(descriptor: descriptor, bytes: Self.size(descriptor)))
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
                rotate(&state, before: plain.utf8.count)
                if writeAll(plain, to: state.descriptor) { state.bytes += plain.utf8.count } else { state.lost += 1 }
                guard isJournal else { return }
            }
            if !writeAll(isJournal ? prefixed : plain, to: StandardStream.error.rawValue) { state.lost += 1 }
        }
    }

    /// Closes the file and opens its name again. When that fails the old file stays in use.
    func reopen() throws(CommandError) {
        guard let path else { return }
        let descriptor = try Self.open(path)
        state.withLock { Self.replace(&$0, descriptor) }
    }

    /// The file belongs to this user from now on.
    func give(to user: uid_t, _ group: gid_t) {
        guard path != nil else { return }
        state.withLock { _ = fchown($0.descriptor, user, group) }
    }

    private func rotate(_ state: inout State, before bytes: Int) {
        guard let rotation, !state.isStuck, state.bytes > 0, state.bytes + bytes > rotation.maxBytes else { return }
        do throws(CommandError) {
            try rotation.rotate()
            Self.replace(&state, try Self.open(rotation.path))
        } catch {
            // The line still goes to the file that there is.
            state.isStuck = true
        }
    }

    private static func replace(_ state: inout State, _ descriptor: Int32) {
        close(state.descriptor)
        state.descriptor = descriptor
        state.bytes = size(descriptor)
        state.isStuck = false
    }

    private static func size(_ descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
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
