import PacketDecoding

/// Everything the engine can be told, resolved: no defaults are looked up later and no file or environment is read here.
///
/// Times are nanoseconds of packet time unless a name says otherwise; sizes are bytes.
public struct EngineOptions: Sendable, Equatable {
    public var limits = EngineLimits()
    public var calls = CallOptions()
    public var selection = SelectionOptions()
    public var archive: ArchiveOptions?
    /// Threads of the worker pool, beside those that read and track; 0 runs tracker and one worker in turn on one, which reads
    /// files too.
    public var workers = 0
    /// The packets are not captured ones: they come from `HEPSource`, which makes them of what agents tell.
    public var isSynthesized = false

    public init() {}

    /// These options with those of `new` that a running tracker can go over to. The others have shaped tables, threads or
    /// files already.
    public func changing(to new: EngineOptions) -> EngineOptions {
        var options = self
        options.calls.gracePeriod = new.calls.gracePeriod
        options.calls.ringTimeout = new.calls.ringTimeout
        options.calls.idleTimeout = new.calls.idleTimeout
        options.calls.allDialogs = new.calls.allDialogs
        options.selection.sipUsers = new.selection.sipUsers
        options.selection.callIDs = new.selection.callIDs
        options.limits.maxCalls = new.limits.maxCalls
        options.limits.maxStreamParsers = new.limits.maxStreamParsers
        options.limits.maxTCPBuffers = new.limits.maxTCPBuffers
        options.limits.tcpMemoryLimit = new.limits.tcpMemoryLimit
        options.limits.tcpStreamTimeout = new.limits.tcpStreamTimeout
        options.limits.tcpBufferMaxAge = new.limits.tcpBufferMaxAge
        options.limits.tcpCleanupInterval = new.limits.tcpCleanupInterval
        options.limits.tcpSIPIdleTimeout = new.limits.tcpSIPIdleTimeout
        options.limits.tcpAssemblerMaxPages = new.limits.tcpAssemblerMaxPages
        options.limits.tcpStreamMaxQueueTime = new.limits.tcpStreamMaxQueueTime
        return options
    }
}

/// The bounds that the performance modes set. The values here are those of `balanced`.
public struct EngineLimits: Sendable, Equatable {
    /// SIP-over-TCP stream parsers alive at once (`max_goroutines`).
    public var maxStreamParsers = 1000
    /// Out-of-order segments held, in all.
    public var maxTCPBuffers = 5000
    /// Bytes held for TCP reassembly, in all.
    public var tcpMemoryLimit = 100 << 20
    /// A connection without any segment for this long is forgotten.
    public var tcpStreamTimeout: Int64 = 300_000_000_000
    /// An out-of-order segment older than this is given up.
    public var tcpBufferMaxAge: Int64 = 300_000_000_000
    /// How often expired TCP and fragment state is looked for.
    public var tcpCleanupInterval: Int64 = 60_000_000_000
    /// A SIP connection idle for this long gives its parser back.
    public var tcpSIPIdleTimeout: Int64 = 120_000_000_000
    /// 4 KiB pages that one connection may hold for out-of-order data.
    public var tcpAssemblerMaxPages = 256
    /// How long a hole in the sequence is waited for before the data behind it is used.
    public var tcpStreamMaxQueueTime: Int64 = 30_000_000_000
    /// Packets handed to the workers at once.
    public var batchSize = 1024
    public var bufferStrategy = BufferStrategy.adaptive
    /// Live: let the kernel's ring absorb a burst before packets are dropped (and counted) in front of the tracker.
    public var enableBackpressure = true
    /// Return idle buffers to the system as soon as they are empty.
    public var memoryOptimization = false
    /// Write buffers of all open files together.
    public var writeBufferBytes = 64 << 20
    /// Live, wall time: nothing older is lost to a kill.
    public var flushInterval: Int64 = 1_000_000_000
    /// Media kept for a call whose SDP has not come yet.
    public var lookBackBytes = 16 << 20
    public var maxCalls = 100_000
    /// UDP flows and TCP connections' directions known at once.
    public var maxFlows = 1 << 19
    /// Call-IDs of ended calls, and file names, remembered. Four times as many Call-IDs are told apart for the summary.
    public var maxRemembered = 1 << 19
    public init() {}
}

/// How a per-connection reassembly buffer grows.
public enum BufferStrategy: String, Sendable, CaseIterable {
    /// Starts small, doubles with need, shrinks when empty.
    case adaptive
    /// One size from the start, given back when the connection ends.
    case fixed
    /// One size from the start, kept in a pool for the next connection.
    case ring
}

public struct CallOptions: Sendable, Equatable {
    public var gracePeriod: Int64 = 5_000_000_000
    public var ringTimeout: Int64 = 200_000_000_000
    public var idleTimeout: Int64 = 3_600_000_000_000
    /// REGISTER, OPTIONS, MESSAGE, SUBSCRIBE and PUBLISH are recorded too.
    public var allDialogs = false
    /// `rtp_stream` records for media of no call.
    public var orphanRTP = false
    /// Copies of a packet (bridge, `any`) are left out of the files.
    public var deduplicate = false
    /// MOS: the receivers of G.711 conceal lost packets.
    public var concealsLoss = true
    /// A further header that legs of one call have in common, or in which one names the other's Call-ID.
    public var correlationHeader: String?
    public init() {}
}

/// What of the traffic is looked at. Empty means everything.
public struct SelectionOptions: Sendable, Equatable {
    /// Patterns of `--sip-user` as typed.
    public var sipUsers: [String] = []
    public var callIDs: [String] = []
    /// Nanoseconds since the epoch, inclusive.
    public var fromTime: Int64?
    /// Nanoseconds since the epoch, exclusive.
    public var toTime: Int64?
    /// Packets to read, counted before any other selection.
    public var count: Int?
    /// Nanoseconds of packet time from the first packet.
    public var duration: Int64?
    /// SIP only to or from these ports.
    public var sipPorts: [UInt16] = []
    /// Media only to or from a port in one of these ranges.
    public var rtpPortRanges: [ClosedRange<UInt16>] = []
    public var udpOnly = false
    /// All ESP is NULL encrypted.
    public var espNull = false
    /// ESP is looked into where it checks out as NULL encrypted.
    public var espHeuristic = false
    public var esp: ESPDecoding { espNull ? .null : espHeuristic ? .heuristic : .closed }
    public init() {}
}

public struct ArchiveOptions: Sendable, Equatable {
    public var directory: String
    public var pattern = "{timestamp}_{callid}.pcap"
    public var overwrite = false
    /// 0 = no limit.
    public var maxFileSize = 0
    /// Live: nanosecond files. Replay decides from its input.
    public var nanoseconds = false
    /// Live: append to `calls.jsonl` and accept a directory that has captures. Replay: new file, empty directory.
    public var live = false
    /// `--write-file PREFIX`: the last part of the prefix. Only captures whose names begin with it count as already
    /// there, because the directory is often the one that the input lies in.
    public var namePrefix: String?
    /// What finished files will have behind `.pcap`, told in records.
    public var finishedSuffix = ""
    /// Finished files wait under a pending name for somebody to give them their final one.
    public var leavesPending = false
    public init(directory: String) { self.directory = directory }
}
