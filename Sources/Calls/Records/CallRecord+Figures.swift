/// What the one-line forms say about all streams of a call.
extension CallRecord {
    /// The worst stream's loss in percent; nil without streams.
    public var worstLossPercent: Double? { streams.map(\.lossPercent).max() }

    /// The largest jitter of any stream, in nanoseconds; nil when no stream has one.
    public var largestJitter: Double? { streams.compactMap(\.jitterMaximum).max() }

    /// The lowest MOS of any stream; nil when no stream has one.
    public var worstMOS: Double? { streams.compactMap(\.mos).min() }

    public var rtpPackets: UInt64 { streams.reduce(0) { $0 &+ $1.packets } }

    public var lostPackets: Int64 { streams.reduce(0) { $0 &+ $1.lostPackets } }
}
