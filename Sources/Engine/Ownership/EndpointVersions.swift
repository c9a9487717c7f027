import Tables

/// Counts the changes of endpoints by the hashes of their pairs of ports: a flow that remembers the sum of its two counts
/// knows when to ask again who owns it.
///
/// Pairs that share a count make each other's flows ask needlessly; so there are several counts to a pair, but no
/// more than that, because two are read for every packet and should lie in the nearest cache.
struct EndpointVersions {
    private(set) var counts: [UInt32]
    /// One less than the counts there are, a power of two.
    private(set) var mask: UInt32

    static let least = 4096
    static let most = 1 << 20

    init() {
        counts = Array(repeating: 0, count: EndpointVersions.least)
        mask = UInt32(EndpointVersions.least - 1)
    }

    /// What flows remember about a pair may be wrong from now on.
    mutating func touch(_ hash: UInt64) {
        counts[Int(UInt32(truncatingIfNeeded: hash) & mask)] &+= 1
    }

    func prefetch(_ hash: UInt64) { Prefetch.element(Int(UInt32(truncatingIfNeeded: hash) & mask), of: counts) }

    func sum(_ flow: Flow) -> UInt32 {
        counts[Int(flow.sourceHash & mask)] &+ counts[Int(flow.destinationHash & mask)]
    }

    /// Makes room for so many pairs. Every flow asks again.
    mutating func reserve(pairs: Int) {
        guard pairs * 4 > counts.count, counts.count < EndpointVersions.most else { return }
        // Above every sum that a flow may remember.
        let next = (counts.max() ?? 0) &* 2 &+ 1
        counts = Array(repeating: next, count: counts.count * 2)
        mask = UInt32(counts.count - 1)
    }
}
