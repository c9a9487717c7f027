/// A binary heap of (deadline, slot, generation), earliest first. Entries are never removed early: the owner checks the
/// generation when one comes up, and pushes again if its deadline has moved.
struct DeadlineHeap {
    struct Entry {
        var deadline: Int64
        var slot: UInt32
        var generation: UInt32
    }

    private var entries: [Entry] = []

    var earliest: Int64 { entries.isEmpty ? .max : entries[0].deadline }
    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].deadline < entries[parent].deadline else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popIfDue(_ now: Int64) -> Entry? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return first
    }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Most entries are out of date: time to build the heap anew from its owner's `live` ones.
    func isMostlyStale(live: Int) -> Bool { count > 2 * live + 1024 }

    private mutating func sink() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].deadline < entries[child].deadline { child += 1 }
            guard entries[child].deadline < entries[parent].deadline else { break }
            entries.swapAt(child, parent)
            parent = child
        }
    }
}
