import PacketDecoding
import Tables

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

    /// Some calls, by place: `maxPerKey`, and those whose keys have the same hash.
    typealias Places = ShortList<4, Int>

    /// Asks for where calls under the keys at each of the hosts are looked for.
    func prefetch(_ keys: LegKeys) {
        guard ring.count > TrackerLimits.callsInCaches else { return }
        prefetch(keys.numbers, keys)
        prefetch(keys.tag, keys)
    }

    private func prefetch(_ key: UInt64?, _ keys: LegKeys) {
        guard let key else { return }
        ring.prefetch(LegCandidates.spread(key ^ keys.source))
        ring.prefetch(LegCandidates.spread(key ^ keys.destination))
    }

    subscript(place: Int) -> Candidate { ring[place] }

    /// In the order in which they came; that of the index is another in each run.
    private func places(_ hash: UInt64) -> Places {
        var found = Places(filler: -1)
        var position = ring.start(hash)
        while true {
            let place = ring.next(hash, &position)
            if place < 0 { break }
            found.append(place)
            var index = found.count - 1
            while index > 0, ring.order(found[index - 1]) > ring.order(found[index]) {
                found.swapAt(index - 1, index)
                index -= 1
            }
        }
        return found
    }

    /// The calls that came under the key less than `window` ago and that fit, `maxPerKey` at most, the latest last.
    func find(_ key: UInt64, now: Int64, where fits: (Candidate) -> Bool = { _ in true }) -> Places {
        var found = Places(filler: -1)
        let all = places(LegCandidates.spread(key))
        for index in all.indices {
            let candidate = ring[all[index]]
            if now &- candidate.time < LegCandidates.window, fits(candidate) { found.append(all[index]) }
        }
        return found
    }

    /// - Parameter others: what `find` gives for the key, as far as it still counts.
    mutating func add(_ key: UInt64, _ candidate: Candidate, besides others: Places) {
        while let first = ring.first, candidate.time &- first.time >= LegCandidates.window { ring.dropFirst() }
        let hash = LegCandidates.spread(key)
        let kept = max(0, others.count - (LegCandidates.maxPerKey - 1))
        let all = places(hash)
        for index in all.indices where !(kept..<others.count).contains(where: { others[$0] == all[index] }) {
            ring.withdraw(all[index])
        }
        if ring.listed >= limit { evicted += 1 }
        // The second for one key again and again.
        while ring.listed >= limit || ring.count >= 2 * limit { ring.dropFirst() }
        ring.append(candidate, hash)
    }

    var count: Int { ring.listed }
}
