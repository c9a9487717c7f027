import Engine

/// Where packets come from.
public struct CaptureRequest: Sendable, Equatable {
    /// Capture files to replay, `-` for stdin; empty for a live capture.
    public var files: [String] = []
    public var interfaces: [String] = ["any"]
    /// Addresses to listen on for HEP, in place of interfaces.
    public var hepListen: [String] = []
    /// A BPF expression, not yet compiled.
    public var filter: String?
    public var promiscuous = false
    /// Bytes captured of each packet, live.
    public var snaplen = 262_144
    /// The kernel's buffer for one interface, bytes.
    public var bufferSize = 16 << 20
    /// Every packet at once.
    public var immediate = false

    public var isLive: Bool { files.isEmpty }
    public init() {}
}

public enum OutputFormat: String, Sendable, CaseIterable {
    /// Text on a terminal, JSON anywhere else.
    case automatic = "auto"
    case text, json, csv
}

public struct OutputOptions: Sendable, Equatable {
    public var format = OutputFormat.automatic
    /// No call table, no progress: errors only.
    public var quiet = false
    /// Show a progress bar: only for a replay, and only when stderr is a terminal.
    public var progress = false
    public init() {}

    /// The format for a stream: `automatic` resolved.
    public func format(on stream: StandardStream) -> OutputFormat {
        format == .automatic ? (stream.isTerminal ? .text : .json) : format
    }
}

/// How the program behaves as a process.
public struct ServiceOptions: Sendable, Equatable {
    /// Whom to become once the interfaces are open.
    public var user: String?
    /// How long finishing the files may take, nanoseconds of wall time.
    public var stopTimeout: Int64 = 60_000_000_000
    /// Resident memory that is warned of, bytes; 0 is none.
    public var memoryBudget = 500 << 20
    public init() {}
}

/// What `lc sniff voip` was asked to do, everything resolved and checked.
public struct SniffRequest: Sendable, Equatable {
    public var capture = CaptureRequest()
    public var engine = EngineOptions()
    public var keeping = KeepingOptions()
    public var output = OutputOptions()
    public var log = LogOptions()
    public var service = ServiceOptions()
    public var status = StatusOptions()
    public var health = HealthThresholds()
    /// The configuration file in use.
    public var configurationFile: String?
    public init() {}
}

/// What plain `lc sniff` was asked to do.
public struct PacketRequest: Sendable, Equatable {
    public var capture = CaptureRequest()
    /// Of these only times, count and duration are set.
    public var selection = SelectionOptions()
    /// One capture file for all packets.
    public var writeFile: String?
    public var output = OutputOptions()
    public var log = LogOptions()
    public var service = ServiceOptions()
    public init() {}
}
