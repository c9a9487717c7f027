import PacketDecoding

/// Calls that are being set up, by what a B2BUA would keep of them in the leg it makes of them: numbers or tag, and its own
/// address.
struct LegCandidates {
    struct Candidate {
        var call: CallReference
        /// Of its first INVITE.
        var source: Endpoint
        var destination: Endpoint
        var time: Int64
    }

    private struct Entry {
        var latest: Candidate
        /// Others that are being set up at the same time: usually none.
        var others: [Candidate] = []
        /// How often its key is in the queue.
        var queued = 1
    }

    private var entries: [UInt64: Entry] = [:]
    private var queue: [(key: UInt64, time: Int64)] = []
    private var head = 0
    private(set) var evicted: UInt64 = 0

    /// Keys remembered at once.
    private let limit: Int
    /// Where `max_calls` is no less.
    static let mostKeys = 1 << 16
    /// Calls under one key; two that fit are as good as more.
    static let maxPerKey = 3
    /// How long after the first leg's INVITE the second's may come, nanoseconds.
    static let window: Int64 = 30_000_000_000

    init(maxCalls: Int) { limit = min(LegCandidates.mostKeys, max(1024, maxCalls)) }

    /// The calls that came under the key less than `window` ago.
    func find(_ key: UInt64, now: Int64) -> [Candidate] {
        guard let entry = entries[key] else { return [] }
        return (entry.others + [entry.latest]).filter { now &- $0.time < LegCandidates.window }
    }

    /// - Parameter others: what `find` gives for the key, as far as it still counts.
    mutating func add(_ key: UInt64, _ candidate: Candidate, besides others: [Candidate]) {
        expire(now: candidate.time)
        if let known = entries[key] {
            entries[key] = Entry(
                latest: candidate, others: others.suffix(LegCandidates.maxPerKey - 1), queued: known.queued + 1)
        } else {
            if entries.count >= limit { evicted += 1 }
            while entries.count >= limit, head < queue.count { dropFirst() }
            entries[key] = Entry(latest: candidate)
        }
        queue.append((key, candidate.time))
        // One key again and again.
        while queue.count - head > 2 * limit { dropFirst() }
    }

    private mutating func expire(now: Int64) {
        while head < queue.count, now &- queue[head].time >= LegCandidates.window { dropFirst() }
    }

    private mutating func dropFirst() {
        let key = queue[head].key
        head += 1
        if let entry = entries[key] {
            if entry.queued > 1 { entries[key]?.queued -= 1 } else { entries[key] = nil }
        }
        if head > 4096, head > queue.count / 2 {
            queue.removeFirst(head)
            head = 0
        }
    }

    var count: Int { entries.count }
}
