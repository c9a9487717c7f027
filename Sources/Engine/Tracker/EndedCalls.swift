/// Hashes of Call-IDs that ended less than 32 s ago, in the order in which they ended.
///
/// A ring whose places are those of `index`, twice 16 bytes a Call-ID at most: a flood of calls fills it.
struct EndedCalls {
    private struct Entry {
        var hash: UInt64 = 0
        var until: Int64 = 0
    }

    private var ring: [Entry] = Array(repeating: Entry(), count: EndedCalls.leastPlaces)
    private var index = SlotIndex()
    /// Numbers of the oldest entry and of the next one; the place of a number are its lower bits.
    private var oldest = 0
    private var next = 0
    /// Most Call-IDs remembered; the oldest goes first.
    private let limit: Int

    private static let leastPlaces = 1024

    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { next - oldest }

    private func place(_ number: Int) -> Int { number & (ring.count - 1) }

    mutating func remember(_ hash: UInt64, until time: Int64) {
        if count >= limit { dropOldest() }
        if count == ring.count { grow() }
        ring[place(next)] = Entry(hash: hash, until: time)
        index.insert(hash, slot: place(next))
        next += 1
    }

    func contains(_ hash: UInt64, now: Int64) -> Bool {
        var position = index.start(hash)
        while true {
            let place = index.next(hash, &position)
            if place < 0 { return false }
            if ring[place].hash == hash, ring[place].until > now { return true }
        }
    }

    mutating func expire(now: Int64) {
        while count > 0, ring[place(oldest)].until <= now { dropOldest() }
    }

    private mutating func dropOldest() {
        index.remove(ring[place(oldest)].hash, slot: place(oldest))
        oldest += 1
    }

    private mutating func grow() {
        let old = ring
        ring = Array(repeating: Entry(), count: 2 * old.count)
        index = SlotIndex(minimumCapacity: ring.count)
        for number in oldest..<next {
            ring[place(number)] = old[number & (old.count - 1)]
            index.insert(ring[place(number)].hash, slot: place(number))
        }
    }
}
