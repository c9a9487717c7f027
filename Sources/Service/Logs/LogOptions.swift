public enum LogFormat: String, Sendable, CaseIterable { case text, json }

public struct LogOptions: Sendable, Equatable {
    /// The names of swift-log's levels, least severe first.
    public static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    public var level = "info"
    public var format = LogFormat.text
    /// Nil is stderr.
    public var file: String?
    public init() {}
}
