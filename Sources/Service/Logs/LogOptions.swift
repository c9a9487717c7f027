public enum LogFormat: String, Sendable, CaseIterable { case text, json }

public struct LogOptions: Sendable, Equatable {
    /// The names of swift-log's levels, least severe first.
    public static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    public var level = "info"
    public var format = LogFormat.text
    /// Nil is stderr.
    public var file: String?
    /// Rotate the file ourselves; off because logrotate exists.
    public var rotate = false
    /// Bytes of one file.
    public var rotateSize = 10 << 20
    /// Older files.
    public var rotateKeep = 5
    /// Leave out who called whom.
    public var sanitize = false
    /// Where it is written who changed what; nil is nowhere.
    public var auditFile: String?
    public init() {}
}
