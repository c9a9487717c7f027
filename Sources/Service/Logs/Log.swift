import Glibc
import Logging
import Synchronization

/// The program's logs: set up once, before anything logs, and changed by a reload.
public enum Log {
    /// Opens the log, makes it the destination of every `Logger`, and writes what the start has to tell.
    public static func start(_ options: LogOptions, warnings: [String] = []) throws(CommandError) {
        let sink = try LogSink(options)
        let audit = try AuditLog(options)
        state.withLock { $0 = State(options: options, sink: sink, audit: audit) }
        LoggingSystem.bootstrap { component in
            // Asked for each time: a reload may have changed it.
            let now = state.withLock { ($0?.sink, $0?.options.level) }
            let level = now.1.flatMap { Logger.Level(rawValue: $0) } ?? .info
            return LogLines(component: component, sink: now.0 ?? sink, level: level)
        }
        for warning in warnings { Logger(label: "config").warning("\(warning)") }
    }

    /// Opens the log files anew under their names, after logrotate has moved the old ones away (SIGHUP).
    public static func reopen() throws(CommandError) {
        let now = state.withLock { ($0?.sink, $0?.audit) }
        try now.0?.reopen()
        try now.1?.reopen()
    }

    /// Goes over to other options. When their files cannot be opened, everything stays as it is.
    static func change(to options: LogOptions) throws(CommandError) {
        guard state.withLock({ $0?.options != options }) else { return }
        let sink = try LogSink(options)
        let audit = try AuditLog(options)
        state.withLock { $0 = State(options: options, sink: sink, audit: audit) }
    }

    /// The log files belong to this user from now on.
    static func give(to user: uid_t, _ group: gid_t) {
        let now = state.withLock { ($0?.sink, $0?.audit) }
        now.0?.give(to: user, group)
        now.1?.give(to: user, group)
    }

    /// Writes who did what into the audit log, if there is one.
    static func audit(
        _ action: String, by actor: SignalSender? = nil, _ details: [(key: String, value: JSONValue)] = []
    ) {
        state.withLock { $0?.audit }?.write(action, by: actor, details)
    }
}

private struct State: Sendable {
    var options: LogOptions
    var sink: LogSink
    var audit: AuditLog?
}

private let state = Mutex<State?>(nil)
