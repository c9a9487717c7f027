import Glibc

/// Who changed or fetched what: a file of JSON lines beside the log.
///
/// A line that cannot be written is counted like a log line; it ends nothing.
final class AuditLog: Sendable {
    private let sink: LogSink

    /// Nil when none is asked for.
    convenience init?(_ options: LogOptions) throws(CommandError) {
        guard let file = options.auditFile else { return nil }
        try self.init(options, file)
    }

    private init(_ options: LogOptions, _ file: String) throws(CommandError) {
        var own = options
        own.file = file
        sink = try LogSink(own, isJournal: false)
    }

    func reopen() throws(CommandError) { try sink.reopen() }
    func give(to user: uid_t, _ group: gid_t) { sink.give(to: user, group) }

    /// - Parameter actor: who asked for it; nil is the program itself.
    func write(_ action: String, by actor: SignalSender?, _ details: [(key: String, value: JSONValue)]) {
        var members: [(key: String, value: JSONValue)] = [
            ("time", .string(InstantText.format(WallClock.now))), ("action", .string(action)),
            ("process_id", .integer(Int64(getpid()))), ("user_id", .integer(Int64(geteuid()))),
        ]
        if let actor {
            members.append(("by_process_id", .integer(Int64(actor.process))))
            members.append(("by_user_id", .integer(Int64(actor.user))))
        }
        for (key, value) in details { members.append((key, masked(value, of: key))) }
        sink.write(JSONValue.object(members).text(), priority: 5)
    }

    private func masked(_ value: JSONValue, of key: String) -> JSONValue {
        guard let mask = sink.mask, case .string(let text) = value else { return value }
        return .string(mask.value(text, of: key))
    }
}

/// Who sent a signal; process 0 is the kernel (a terminal's Ctrl-C).
struct SignalSender: Sendable, Equatable {
    var process: Int32
    var user: UInt32
}
