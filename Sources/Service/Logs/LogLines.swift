import Logging

/// Makes a line of every log event: `date time level component: message key=value…`, or an object of JSON.
struct LogLines: LogHandler {
    let component: String
    let sink: LogSink
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(component: String, sink: LogSink, level: Logger.Level) {
        self.component = component
        self.sink = sink
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        all.merge(metadataProvider?.get() ?? [:]) { _, new in new }
        all.merge(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { all["error"] = "\(error)" }
        var pairs = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.description) }
        var message = event.message.description
        if let mask = sink.mask {
            message = mask.text(message)
            pairs = pairs.map { ($0.key, mask.value($0.value, of: $0.key)) }
        }
        let time = WallClock.now
        let line =
            switch sink.format {
            case .text: Self.text(time, event.level, component, message, pairs)
            case .json: Self.json(time, event.level, component, message, pairs)
            }
        sink.write(line, priority: event.level.syslogPriority)
    }

    static func text(
        _ time: Int64, _ level: Logger.Level, _ component: String, _ message: String,
        _ pairs: [(key: String, value: String)]
    ) -> String {
        // UTC, milliseconds: "2026-01-02 03:04:05.678".
        let stamp = InstantText.format(time)
        let date = stamp.prefix(10)
        let clock = stamp.dropFirst(11).prefix(12)
        // The component stays one word, so that it is awk's fourth.
        let name = sanitised(component).split(separator: " ").joined(separator: "_")
        var line = "\(date) \(clock) \(level.rawValue) \(name): \(sanitised(message))"
        for pair in pairs { line += " \(sanitised(pair.key))=\(word(pair.value))" }
        return line
    }

    static func json(
        _ time: Int64, _ level: Logger.Level, _ component: String, _ message: String,
        _ pairs: [(key: String, value: String)]
    ) -> String {
        var members: [(key: String, value: JSONValue)] = [
            ("time", .string(InstantText.format(time))), ("level", .string(level.rawValue)),
            ("component", .string(component)), ("message", .string(message)),
        ]
        let taken: Set<String> = ["time", "level", "component", "message"]
        for pair in pairs {
            members.append((taken.contains(pair.key) ? pair.key + "_" : pair.key, .string(pair.value)))
        }
        return JSONValue.object(members).text()
    }

    /// A value as one word, or in quotes.
    private static func word(_ value: String) -> String {
        let plain = !value.isEmpty && !value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        if plain { return sanitised(value) }
        let quoted = value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"" + sanitised(quoted) + "\""
    }
}

extension Logger.Level {
    /// syslog(3)'s number: 3 error, 4 warning, 5 notice, 6 info, 7 debug.
    var syslogPriority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
