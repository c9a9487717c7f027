import RTP

/// The intervals of a stream, all of one length.
public struct StreamIntervalRecords: Equatable, Sendable {
    /// Nanoseconds: five seconds, or more when they were put together.
    public var length: Int64
    public var figures: [IntervalFigures]
    /// One for each interval.
    public var mos: [Double?]
}

extension StreamRecord {
    /// Adds what the E-model says of the stream and of each of its intervals.
    ///
    /// - Parameter oneWayDelay: of the network, milliseconds; nil when it is not known.
    public mutating func rate(
        _ statistics: borrowing StreamStatistics, codec: RatedCodec,
        intervals: (length: Int64, figures: [IntervalFigures]), oneWayDelay: Double? = nil
    ) {
        let model = QualityModel(codec, oneWayDelay: oneWayDelay)
        let quality = model.quality(statistics.loss)
        mos = quality.meanOpinionScore
        mosScale = quality.scale
        ratingFactor = quality.rating
        mosNullReason = quality.reason
        burstRatio = quality.burstRatio
        self.oneWayDelay = oneWayDelay
        self.intervals = StreamIntervalRecords(
            length: intervals.length, figures: intervals.figures,
            mos: intervals.figures.map { model.quality($0.loss).meanOpinionScore })
    }
}
