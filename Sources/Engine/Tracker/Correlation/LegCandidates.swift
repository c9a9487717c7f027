import PacketDecoding

/// Calls that are being set up, by what a B2BUA would keep of them in the leg it makes of them: numbers or tag, and its own
/// address.
struct LegCandidates {
    struct Candidate: BitwiseCopyable {
        var call: CallReference
        /// Of its first INVITE.
        var source: Endpoint
        var destination: Endpoint
        var time: Int64
    }

    private var ring = RecentRing<Candidate>(filler: LegCandidates.nobody)
    private(set) var evicted: UInt64 = 0

    /// Candidates remembered at once.
    private let limit: Int
    /// Where `max_calls` is no less.
    static let most = 1 << 16
    /// Calls under one key; two that fit are as good as more.
    static let maxPerKey = 3
    /// How long after the first leg's INVITE the second's may come, nanoseconds.
    static let window: Int64 = 30_000_000_000

    private static let nobody = Candidate(
        call: CallReference(slot: 0, generation: 0), source: Endpoint(IPAddress(high: 0, low: 0), 0),
        destination: Endpoint(IPAddress(high: 0, low: 0), 0), time: 0)

    init(maxCalls: Int) { limit = min(LegCandidates.most, max(1024, maxCalls)) }

    /// The index looks at the upper half only.
    private static func spread(_ key: UInt64) -> UInt64 { key &* 0x9e37_79b9_7f4a_7c15 }

    /// In the order in which they came; that of the index is another in each run.
    private func places(_ key: UInt64) -> [Int] {
        var found: [Int] = []
        let hash = LegCandidates.spread(key)
        var position = ring.start(hash)
        while true {
            let place = ring.next(hash, &position)
            if place < 0 { break }
            found.append(place)
        }
        return found.count < 2 ? found : found.sorted { ring.order($0) < ring.order($1) }
    }

    /// The calls that came under the key less than `window` ago, `maxPerKey` at most, the latest last.
    func find(_ key: UInt64, now: Int64) -> [Candidate] {
        places(key).map { ring[$0] }.filter { now &- $0.time < LegCandidates.window }
    }

    /// - Parameter others: what `find` gives for the key, as far as it still counts.
    mutating func add(_ key: UInt64, _ candidate: Candidate, besides others: [Candidate]) {
        while let first = ring.first, candidate.time &- first.time >= LegCandidates.window { ring.dropFirst() }
        let kept = others.suffix(LegCandidates.maxPerKey - 1)
        for place in places(key) where !kept.contains(where: { $0.call == ring[place].call }) { ring.withdraw(place) }
        if ring.listed >= limit { evicted += 1 }
        // The second for one key again and again.
        while ring.listed >= limit || ring.count >= 2 * limit { ring.dropFirst() }
        ring.append(candidate, LegCandidates.spread(key))
    }

    var count: Int { ring.listed }
}
