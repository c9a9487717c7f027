/// Values under 64-bit hashes, remembered in the order in which they came, the oldest forgotten first.
///
/// A ring whose places are those of `index`: it grows by doubling, and its owner bounds it.
struct RecentRing<Value: BitwiseCopyable> {
    private struct Entry {
        /// 0 for one that has been withdrawn.
        var hash: UInt64
        var value: Value
    }

    private var ring: [Entry]
    private var index = SlotIndex()
    /// Numbers of the oldest entry and of the next one; the place of a number are its lower bits.
    private var oldest = 0
    private var next = 0
    /// Entries that are found: those that have not been withdrawn.
    private(set) var listed = 0

    private static var leastPlaces: Int { 64 }

    /// - Parameter filler: for places that have had no value yet.
    init(filler: Value) {
        ring = Array(repeating: Entry(hash: 0, value: filler), count: RecentRing.leastPlaces)
    }

    /// Entries in memory, withdrawn ones too.
    var count: Int { next - oldest }
    var first: Value? { count > 0 ? ring[place(oldest)].value : nil }

    private func place(_ number: Int) -> Int { number & (ring.count - 1) }
    /// As an entry has it.
    private static func nonzero(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

    mutating func append(_ value: Value, _ hash: UInt64) {
        if count == ring.count { grow() }
        let place = place(next)
        ring[place] = Entry(hash: RecentRing.nonzero(hash), value: value)
        index.insert(ring[place].hash, slot: place)
        next += 1
        listed += 1
    }

    /// Asks for where values under `hash` are looked for.
    func prefetch(_ hash: UInt64) { index.prefetch(RecentRing.nonzero(hash)) }

    func start(_ hash: UInt64) -> Int { index.start(RecentRing.nonzero(hash)) }

    /// The place of the next value under `hash`; -1 when there is none. See `SlotIndex.next`.
    func next(_ hash: UInt64, _ position: inout Int) -> Int {
        while true {
            let place = index.next(RecentRing.nonzero(hash), &position)
            if place < 0 || ring[place].hash == RecentRing.nonzero(hash) { return place }
        }
    }

    subscript(place: Int) -> Value { ring[place].value }

    /// How many came before the value at a place, of those in memory.
    func order(_ place: Int) -> Int { (place - self.place(oldest)) & (ring.count - 1) }

    /// The value is not found any more; its place is used again when its turn has come.
    mutating func withdraw(_ place: Int) {
        guard ring[place].hash != 0 else { return }
        index.remove(ring[place].hash, slot: place)
        ring[place].hash = 0
        listed -= 1
    }

    mutating func dropFirst() {
        // Those that go next: where the index has them is another place for each.
        index.prefetch(ring[place(oldest + 4)].hash)
        withdraw(place(oldest))
        oldest += 1
    }

    private mutating func grow() {
        let old = ring
        ring += old
        index = SlotIndex(minimumCapacity: ring.count)
        for number in oldest..<next {
            let entry = old[number & (old.count - 1)]
            ring[place(number)] = entry
            if entry.hash != 0 { index.insert(entry.hash, slot: place(number)) }
        }
    }
}
