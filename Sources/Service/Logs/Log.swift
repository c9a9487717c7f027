import Logging

/// The program's logs: set up once, before anything logs.
public enum Log {
    /// Opens the log, makes it the destination of every `Logger`, and writes what the start has to tell.
    public static func start(_ options: LogOptions, warnings: [String] = []) throws(CommandError) {
        let sink = try LogSink(options)
        let level = Logger.Level(rawValue: options.level) ?? .info
        LoggingSystem.bootstrap { component in LogLines(component: component, sink: sink, level: level) }
        current.withLock { $0 = sink }
        for warning in warnings { Logger(label: "config").warning("\(warning)") }
    }

    /// Opens the log file anew under its name, after logrotate has moved the old one away (SIGHUP).
    public static func reopen() throws(CommandError) {
        try current.withLock { $0 }?.reopen()
    }
}
