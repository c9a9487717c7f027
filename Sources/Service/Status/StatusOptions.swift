import Capture

/// Where the status service listens, and who may ask it.
public struct StatusOptions: Sendable, Equatable {
    /// `address:port`; nil is nowhere.
    public var listen: String?
    /// Path of a Unix socket; nil is none.
    public var socket: String?
    /// A file with what a client must show as its bearer token.
    public var tokenFile: String?
    /// PEM files.
    public var certificate: String?
    public var key: String?
    /// Ended calls that are kept for `/calls`.
    public var recentCalls = 1000

    public init() {}

    public var isWanted: Bool { listen != nil || socket != nil }
    public var address: StatusAddress? { listen.flatMap { StatusAddress($0) } }
}

/// A numeric address and a port.
public struct StatusAddress: Sendable, Equatable, CustomStringConvertible {
    public let host: String
    public let port: Int
    public let isIPv6: Bool

    /// Nil for anything else: names are not looked up, what to listen on is an address.
    public init?(_ text: String) {
        // The same rules as for agents' addresses, which have a transport in front.
        guard let address = HEPAddress("tcp:" + text) else { return nil }
        host = address.host
        port = Int(address.port)
        isIPv6 = address.isIPv6
    }

    /// Reached from this machine only.
    public var isLoopback: Bool {
        isIPv6 ? host == "::1" || host == "0:0:0:0:0:0:0:1" : host.hasPrefix("127.")
    }

    public var description: String { (isIPv6 ? "[\(host)]" : host) + ":\(port)" }
}

/// From where on a component is not healthy any more. All of it can change while the program runs.
public struct HealthThresholds: Sendable, Equatable {
    /// Percent of `memory_budget`, and of `tcp_memory_limit`.
    public var memoryWarning = 75
    public var memoryCritical = 90
    /// Percent of the disk that the output directory is on.
    public var diskWarning = 80
    public var diskCritical = 90
    /// Percent of the processors that the process may use.
    public var cpuWarning = 90
    /// How long a drop, or something else that was lost, makes the service degraded; nanoseconds.
    public var window: Int64 = 300_000_000_000
    /// Without a round of the tracker for so long, the capture is stuck; nanoseconds.
    public var stallTimeout: Int64 = 10_000_000_000

    public init() {}
}
