/// Round trips from the point of capture to a participant and back, without anybody's clock but the capture's.
///
/// A sender report passes us at `t1`. The receiver names it in a report block (LSR) and says how long it has kept it
/// (DLSR); that passes us at `t2`. Then `t2 - t1 - DLSR` went by on the way from here to the receiver and back. The
/// same holds for receiver reference times and DLRR (RFC 3611). What lies on the other side of us is measured by the
/// reports of the other direction; both together are what an endpoint at one end would measure.
public struct RoundTrip: Equatable, Sendable {
    /// Reports waiting to be named; of more the oldest is forgotten.
    public static let memory = 8
    /// Nanoseconds. Beyond it nobody talks, and the report was named by mistake.
    public static let longest: Int64 = 60_000_000_000
    /// Nanoseconds by which packet times may be in disorder; a round trip of less than that below zero is none at all.
    public static let disorder: Int64 = 5_000_000

    private var names = InlineArray<8, UInt32>(repeating: 0)
    private var times = InlineArray<8, Int64>(repeating: 0)
    private var noted: UInt64 = 0

    public private(set) var samples: UInt64 = 0
    public private(set) var sum: Int64 = 0
    /// Nanoseconds, as the next two; 0 before the first sample.
    public private(set) var shortest: Int64 = 0
    public private(set) var longestSeen: Int64 = 0
    public private(set) var latest: Int64 = 0
    /// Results that could not be.
    public private(set) var implausible: UInt64 = 0

    public init() {}

    /// Nanoseconds; nil before the first sample.
    public var mean: Double? { samples > 0 ? Double(sum) / Double(samples) : nil }

    /// A report with this timestamp (the middle 32 bits) has passed.
    public mutating func note(_ name: UInt32, at time: Int64) {
        guard name != 0 else { return }
        let place = Int(noted % UInt64(RoundTrip.memory))
        names[place] = name
        times[place] = time
        noted &+= 1
    }

    /// An answer to the report of this name has passed, which was kept for `delay` 65536ths of a second.
    public mutating func answer(_ name: UInt32, delay: UInt32, at time: Int64) {
        guard name != 0 else { return }
        let known = Int(min(noted, UInt64(RoundTrip.memory)))
        var asked: Int64?
        for place in 0..<known where names[place] == name { asked = max(asked ?? .min, times[place]) }
        guard let asked else { return }
        let (elapsed, overflow) = time.subtractingReportingOverflow(asked)
        let trip = elapsed &- Int64(delay) * 1_000_000_000 / 65536
        guard !overflow, trip > -RoundTrip.disorder, trip <= RoundTrip.longest else {
            implausible &+= 1
            return
        }
        add(max(0, trip))
    }

    private mutating func add(_ trip: Int64) {
        shortest = samples == 0 ? trip : min(shortest, trip)
        longestSeen = max(longestSeen, trip)
        latest = trip
        samples &+= 1
        sum &+= trip
    }

    public static func == (first: RoundTrip, second: RoundTrip) -> Bool {
        first.samples == second.samples && first.sum == second.sum && first.shortest == second.shortest
            && first.longestSeen == second.longestSeen && first.latest == second.latest
    }
}
