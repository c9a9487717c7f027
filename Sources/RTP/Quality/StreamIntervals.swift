/// The figures of one stretch of a stream's life.
public struct IntervalFigures: Equatable, Sendable {
    /// Packets received, duplicates included.
    public var packets: UInt64 = 0
    /// Of these, those that brought no new sequence number: duplicates and strays.
    public var surplus: UInt64 = 0
    public var lost: UInt64 = 0
    public var bursts: UInt64 = 0
    /// Nanoseconds, to the microsecond; nil when no packet gave a value.
    public var jitterMaximum: Int64?

    public init() {}

    public var loss: PacketLoss {
        PacketLoss(received: packets >= surplus ? packets - surplus : 0, lost: lost, bursts: bursts)
    }

    mutating func add(_ other: IntervalFigures) {
        packets &+= other.packets
        surplus &+= other.surplus
        lost &+= other.lost
        bursts &+= other.bursts
        if let jitter = other.jitterMaximum { jitterMaximum = max(jitter, jitterMaximum ?? 0) }
    }

    /// Takes back losses that were none. Returns what it could not take.
    mutating func forgive(_ late: UInt64) -> UInt64 {
        let forgiven = min(late, lost)
        lost -= forgiven
        bursts = min(bursts, lost)
        return late - forgiven
    }
}

/// The intervals of one stream that have ended: five seconds each, counted from the stream's first packet.
///
/// Nothing is done for the packets of an interval. When one comes after the interval's end, what the stream's statistics
/// have gained since its beginning is put by, in about five bytes. From `limit` intervals on neighbours are put together,
/// so that all have twice the length; this may happen again and again, and no stream needs more than a few kilobytes.
///
/// The sum of `lost` is the stream's: a packet that comes late is taken off the interval in which it was missed, and numbers
/// that are missing when packets come again after a pause are spread evenly over the pause.
public struct StreamIntervals: Sendable {
    /// Nanoseconds.
    public static let length: Int64 = 5_000_000_000
    /// Intervals kept of one stream.
    public static let limit: Int64 = 240

    private let start: Int64
    /// `length` times a power of two.
    private var width = StreamIntervals.length
    /// Intervals that have ended, all but the last one encoded.
    private var count: Int64 = 0
    private var encoded: [UInt8] = []
    private var last = IntervalFigures()
    /// The statistics at the beginning of the present interval.
    private var base = StreamTotals()
    private var pause: Pause?

    /// Nothing came from one packet to the next, and for whole intervals between.
    private struct Pause {
        var from: Int64
        var to: Int64
        /// Number of the interval of the packet that ended it.
        var interval: Int64
    }

    /// - Parameter start: time of the stream's first packet.
    public init(start: Int64) { self.start = start }

    /// When the first interval of a stream ends that begins at `start`.
    public static func firstEnd(_ start: Int64) -> Int64 {
        let (end, overflow) = start.addingReportingOverflow(length)
        return overflow ? .max : end
    }

    /// Takes in a packet that comes at the present interval's end or later.
    ///
    /// - Parameter receive: gives the packet to the statistics.
    /// - Returns: the end of the interval that the packet lies in: before that the next need not come here.
    public mutating func receive(
        _ statistics: inout StreamStatistics, arrival: Int64, _ receive: (inout StreamStatistics) -> Void
    ) -> Int64 {
        if let pause, !isOver(pause.interval, at: arrival) {
            // The second packet after a pause, which is the one to tell of numbers missing by the thousand.
            let before = statistics.lostPackets
            receive(&statistics)
            end(pause, lost: statistics.lostPackets &- before)
            return end(of: count)
        }
        if let pause {
            end(pause, lost: 0)
            guard arrival >= end(of: count) else {
                receive(&statistics)
                return end(of: count)
            }
        }
        close(&statistics)
        let from = statistics.lastArrival
        let before = statistics.lostPackets
        receive(&statistics)
        let lost = statistics.lostPackets &- before
        let pause = Pause(from: from, to: arrival, interval: interval(at: arrival))
        if lost <= 0, pause.interval > count {
            self.pause = pause
            return .min
        }
        end(pause, lost: lost)
        return end(of: count)
    }

    /// All intervals, the one that has not ended included, and their length in nanoseconds.
    public func all(_ statistics: StreamStatistics) -> (length: Int64, figures: [IntervalFigures]) {
        var copy = self
        var statistics = statistics
        if let pause { copy.end(pause, lost: 0) }
        copy.close(&statistics)
        // Within the limit even so: the present interval's number is below it.
        return (copy.width, copy.decoded)
    }

    /// The only interval of a stream that had no other.
    public static func only(_ statistics: StreamStatistics) -> (length: Int64, figures: [IntervalFigures]) {
        StreamIntervals(start: statistics.firstArrival).all(statistics)
    }

    // MARK: Time

    private func interval(at time: Int64) -> Int64 {
        let (elapsed, overflow) = time.subtractingReportingOverflow(start)
        return (overflow ? .max : max(elapsed, 0)) / width
    }

    private func end(of interval: Int64) -> Int64 {
        let (elapsed, tooLong) = width.multipliedReportingOverflow(by: interval &+ 1)
        let (end, tooLate) = start.addingReportingOverflow(elapsed)
        return tooLong || tooLate ? .max : end
    }

    private func isOver(_ interval: Int64, at time: Int64) -> Bool {
        time >= end(of: interval) && end(of: interval) != .max
    }

    // MARK: Closing

    /// Puts the present interval by, as it is before the packet that ended it.
    private mutating func close(_ statistics: inout StreamStatistics) {
        let now = StreamTotals(statistics)
        let jitter = statistics.takeIntervalJitter()
        append(now.figures(since: base, jitter: jitter))
        let late = now.lost &- base.lost
        if late < 0, count > 1 { forgiveEarlier(UInt64(-late)) }
        base = now
    }

    /// The packets of the interval that has just been closed made up for losses of the one before.
    private mutating func forgiveEarlier(_ late: UInt64) {
        let closed = last
        takeLast()
        _ = last.forgive(late)
        append(closed)
    }

    /// Puts the empty intervals of a pause by, and of the numbers that were lost in it to each the share of its time.
    private mutating func end(_ pause: Pause, lost: Int64) {
        self.pause = nil
        var interval = pause.interval
        while interval >= StreamIntervals.limit {
            merge()
            interval /= 2
        }
        guard interval >= count else {
            // The packet's interval has become a part of the last one: that is open again.
            base.reopen(last)
            takeLast()
            return
        }
        let lost = UInt64(max(lost, 0))
        var assigned = assign(lost, pause, 0)
        while count < interval {
            append(IntervalFigures())
            assigned = assign(lost, pause, assigned)
        }
        base.lost &+= Int64(truncatingIfNeeded: assigned)
        if lost > 0, assigned == lost { base.bursts &+= 1 }
    }

    /// Gives the last interval the share of what was lost in the pause until its end.
    ///
    /// - Parameter assigned: how many those before got.
    /// - Returns: how many it and those before got.
    private mutating func assign(_ lost: UInt64, _ pause: Pause, _ assigned: UInt64) -> UInt64 {
        let whole = Double(pause.to) - Double(pause.from)
        guard lost > 0, whole > 0 else { return assigned }
        let share = min(max((Double(end(of: count &- 1)) - Double(pause.from)) / whole, 0), 1)
        let until = max(assigned, min(lost, UInt64(Double(lost) * share)))
        if until > assigned {
            last.lost &+= until - assigned
            last.bursts &+= 1
        }
        return until
    }

    // MARK: What was put by

    private mutating func append(_ figures: IntervalFigures) {
        if count > 0 { last.encode(to: &encoded) }
        last = figures
        count += 1
    }

    /// Takes the last one away; the one before becomes the last.
    private mutating func takeLast() {
        var earlier = decoded
        earlier.removeLast()
        put(earlier)
    }

    private var decoded: [IntervalFigures] {
        guard count > 0 else { return [] }
        var figures: [IntervalFigures] = []
        figures.reserveCapacity(Int(count))
        var place = 0
        while place < encoded.count { figures.append(IntervalFigures(decoding: encoded, at: &place)) }
        figures.append(last)
        return figures
    }

    private mutating func put(_ figures: [IntervalFigures]) {
        count = 0
        encoded.removeAll(keepingCapacity: true)
        last = IntervalFigures()
        for figures in figures { append(figures) }
    }

    private mutating func merge() {
        let narrow = decoded
        width &*= 2
        put(
            stride(from: 0, to: narrow.count, by: 2).map {
                var merged = narrow[$0]
                if $0 + 1 < narrow.count { merged.add(narrow[$0 + 1]) }
                return merged
            })
    }
}

/// What of a stream's statistics intervals are made of.
private struct StreamTotals: Sendable {
    var packets: UInt64 = 0
    var surplus: UInt64 = 0
    var lost: Int64 = 0
    var bursts: Int64 = 0
    var samples: UInt32 = 0
    /// Nanoseconds: of an interval that was open before and is so again.
    var jitter: Int64?

    init() {}

    init(_ statistics: StreamStatistics) {
        packets = statistics.packets
        surplus = UInt64(statistics.duplicates) &+ UInt64(statistics.strays)
        lost = statistics.lostPackets
        bursts = Int64(statistics.lossBursts)
        samples = statistics.jitterSamples
    }

    func figures(since base: StreamTotals, jitter: Double) -> IntervalFigures {
        var figures = IntervalFigures()
        figures.packets = packets &- base.packets
        // A stray may turn out to be none.
        figures.surplus = surplus > base.surplus ? surplus - base.surplus : 0
        figures.lost = UInt64(max(lost &- base.lost, 0))
        let bursts = UInt64(max(bursts &- base.bursts, 0))
        figures.bursts = figures.lost > 0 ? min(max(bursts, 1), figures.lost) : 0
        figures.jitterMaximum = base.jitter
        if samples != base.samples {
            figures.jitterMaximum = max(IntervalFigures.microseconds(jitter), base.jitter ?? 0)
        }
        return figures
    }

    /// Goes back to before `closed`, so that it is a part of what comes.
    mutating func reopen(_ closed: IntervalFigures) {
        packets &-= closed.packets
        surplus = surplus > closed.surplus ? surplus - closed.surplus : 0
        lost &-= Int64(truncatingIfNeeded: closed.lost)
        bursts &-= Int64(truncatingIfNeeded: closed.bursts)
        if let jitter = closed.jitterMaximum { self.jitter = max(jitter, self.jitter ?? 0) }
    }
}
