/// What a whole run saw: the last line of the output.
///
/// Everything in it follows from the packets, nothing from the machine or the clock, so that two runs over one file give
/// the same record.
public struct SummaryRecord: Equatable, Sendable {
    public var ledger = PacketLedger()
    /// Call records written.
    public var calls: UInt64 = 0
    /// By `CallRecord.State`, in the order of its cases.
    public private(set) var callsByState: [UInt64] = Array(repeating: 0, count: CallRecord.State.allCases.count)
    /// Different Call-IDs seen.
    public var callIDs: UInt64 = 0
    public var sipMessages = MessageCounts()
    public var sipRetransmissions: UInt64 = 0
    /// Packets seen again through another interface.
    public var copies: UInt64 = 0
    public var rtpStreams: UInt64 = 0
    /// Captured lengths, in bytes.
    public var bytes: UInt64 = 0
    /// Nanoseconds since 1970 UTC, as the next.
    public var firstPacketTime: Int64?
    public var lastPacketTime: Int64?
    /// Everything else that was counted (`sip_late`, `media_ambiguous`, `cut` …), under "counters" in this order.
    public var counters: [NamedCount] = []
    /// Live: what each interface gave and lost, in the order in which they were named.
    public var interfaces: [InterfaceRecord] = []

    public init() {}

    /// Counts a call's record.
    public mutating func countCall(_ state: CallRecord.State, streams: Int) {
        calls &+= 1
        if let index = CallRecord.State.allCases.firstIndex(of: state) { callsByState[index] &+= 1 }
        rtpStreams &+= UInt64(streams)
    }

    public subscript(state: CallRecord.State) -> UInt64 {
        CallRecord.State.allCases.firstIndex(of: state).map { callsByState[$0] } ?? 0
    }
}
