/// What happens to a stream on its way.
public struct Impairment: Sendable {
    /// Share of packets lost, singly and in bursts of up to `burst`.
    public var loss = 0.0
    public var burst = 1
    /// Uniform delay variation in nanoseconds; below the packet time it cannot reorder.
    public var jitter: UInt64 = 400_000
    /// Share of packets delayed by more than a packet time.
    public var reordering = 0.0
    public var duplication = 0.0

    public init() {}

    public static func random(_ random: inout SplitMix64) -> Impairment {
        var result = Impairment()
        result.loss = 0.005 + random.fraction() * 0.05
        result.burst = 1 + random.below(4)
        result.jitter = random.within(1_000_000...15_000_000)
        result.reordering = random.fraction() * 0.02
        result.duplication = random.fraction() * 0.01
        return result
    }
}

/// One RTP stream to be sent.
public struct RTPStreamPlan: Sendable {
    public enum Pattern: Sendable {
        case continuous
        /// Talk spurts with a comfort noise packet (RFC 3389) and a silence after each.
        case comfortNoise
        /// Three digits as telephone events (RFC 4733) in the midst of talk.
        case telephoneEvents
    }

    public var source: Endpoint
    public var destination: Endpoint
    public var codec: Codec
    public var start: UInt64
    /// No packet is sent at or after this time.
    public var end: UInt64
    /// Milliseconds.
    public var packetTime: UInt64 = 20
    public var ssrc: UInt32
    public var firstSequence: UInt16
    public var firstTimestamp: UInt32
    public var impairment = Impairment()
    public var pattern = Pattern.continuous
    public var vlans: [UInt16] = []
    public var copied = false
    /// The second packet overtakes the first.
    public var beginsOutOfOrder = false

    public init(
        from source: Endpoint, to destination: Endpoint, codec: Codec, start: UInt64, end: UInt64,
        random: inout SplitMix64
    ) {
        (self.source, self.destination, self.codec, self.start, self.end) = (source, destination, codec, start, end)
        ssrc = UInt32(truncatingIfNeeded: random.next()) | 1
        firstSequence = UInt16(truncatingIfNeeded: random.next())
        firstTimestamp = UInt32(truncatingIfNeeded: random.next())
    }
}
