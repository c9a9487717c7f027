/// The figures of the stream record.
extension StreamStatistics {
    /// Different sequence numbers received.
    public var distinctPackets: UInt64 { packets &- UInt64(duplicates) &- UInt64(strays) }

    /// Packets that should have come, by their sequence numbers.
    public var expectedPackets: Int64 { packets == 0 ? 0 : closedRuns &+ highest &- lowest &+ 1 }

    /// Sequence numbers that never came; not negative.
    public var lostPackets: Int64 { max(0, expectedPackets &- Int64(truncatingIfNeeded: distinctPackets)) }

    /// Loss as RFC 3550 section 6.4.1 reports it: negative when there are more duplicates than losses.
    public var rfc3550LostPackets: Int64 { expectedPackets &- Int64(truncatingIfNeeded: packets) }

    /// `lostPackets` of `expectedPackets`, 0...100.
    public var lossPercent: Double {
        let expected = expectedPackets
        return expected > 0 ? 100 * Double(lostPackets) / Double(expected) : 0
    }

    /// nil while no packet gave a value: unknown clock rate, or one packet only.
    public var jitterMeanNanoseconds: Double? { jitterSamples > 0 ? jitterSum / Double(jitterSamples) : nil }

    /// nil as for the mean.
    public var jitterMaximumNanoseconds: Double? { jitterSamples > 0 ? jitterMaximum : nil }

    /// The longest time between two consecutive packets; nil before the second packet. Time that runs backwards is no gap.
    public var largestGapNanoseconds: Int64? { packets > 1 ? largestGap : nil }

    /// In the order of their appearance; after the eighth no more are noted.
    public var payloadTypes: [UInt8] {
        (0..<Int(payloadTypeCount)).map { UInt8(truncatingIfNeeded: packedPayloadTypes >> (8 * UInt64($0))) }
    }
}
