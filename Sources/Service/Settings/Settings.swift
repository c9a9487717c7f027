import Engine

/// Every setting with its type, as the table fills it in.
public struct Settings: Sendable, Equatable {
    public var capture = CaptureRequest()
    public var engine = EngineOptions()
    public var archive = ArchiveOptions(directory: "")
    public var keeping = KeepingOptions()
    public var output = OutputOptions()
    public var log = LogOptions()
    public var status = StatusOptions()
    public var health = HealthThresholds()
    public var outputDirectory: String?
    public var writePrefix: String?
    /// `-w` of plain `sniff`.
    public var captureFile: String?
    public var sipUserFile: String?
    public var configurationFile: String?
    public var mode: PerformanceMode = .balanced
    /// Whom to become once the interfaces are open.
    public var user: String?
    /// Nanoseconds of wall time.
    public var stopTimeout: Int64 = 60_000_000_000
    /// Bytes; 0 is none.
    public var memoryBudget = 500 << 20

    public init() {}
}
