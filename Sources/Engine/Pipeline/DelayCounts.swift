/// How late packets were tracked: of each batch's last packet, how long after its capture.
public struct DelayCounts: Sendable {
    /// Upper bounds, nanoseconds; what took longer is in the last place of `counts`.
    public static let bounds: [Int64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
        250_000_000, 500_000_000, 1_000_000_000, 5_000_000_000,
    ]

    /// One more than bounds; not cumulative.
    public private(set) var counts = [UInt64](repeating: 0, count: DelayCounts.bounds.count + 1)
    /// Nanoseconds.
    public private(set) var sum: Int64 = 0

    public init() {}

    mutating func count(_ delay: Int64) {
        // A clock that was set back makes no packet early.
        let delay = max(delay, 0)
        let place = Self.bounds.firstIndex { delay <= $0 } ?? Self.bounds.count
        counts[place] &+= 1
        sum &+= min(delay, 3_600_000_000_000)
    }
}

/// How full a queue between threads is, in batches.
public struct QueueRecord: Sendable {
    public var name: String
    public var depth: Int
    public var capacity: Int

    public init(name: String, depth: Int, capacity: Int) {
        (self.name, self.depth, self.capacity) = (name, depth, capacity)
    }
}
