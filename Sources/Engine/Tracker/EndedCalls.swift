/// Hashes of Call-IDs that ended less than 32 s ago, in the order in which they ended: a flood of calls fills it.
struct EndedCalls {
    /// Until when each is remembered.
    private var ring = RecentRing<Int64>(filler: 0)
    /// Most Call-IDs remembered; the oldest goes first.
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { ring.count }

    mutating func remember(_ hash: UInt64, until time: Int64) {
        if count >= limit { ring.dropFirst() }
        ring.append(time, hash)
    }

    func prefetch(_ hash: UInt64) { ring.prefetch(hash) }

    func contains(_ hash: UInt64, now: Int64) -> Bool {
        var position = ring.start(hash)
        while true {
            let place = ring.next(hash, &position)
            if place < 0 { return false }
            if ring[place] > now { return true }
        }
    }

    mutating func expire(now: Int64) {
        while let until = ring.first, until <= now { ring.dropFirst() }
    }
}
