/// The packet sources by the time of their next packet: a binary heap over small entries.
///
/// Equal times go by the order in which the sources were added, so the output does not depend on the heap's shape.
struct SourceHeap {
    struct Entry {
        var time: UInt64
        var serial: UInt64
        var slot: Int

        @inline(__always)
        static func < (left: Entry, right: Entry) -> Bool {
            left.time != right.time ? left.time < right.time : left.serial < right.serial
        }
    }

    private var entries: [Entry] = []

    var first: Entry? { entries.first }
    var count: Int { entries.count }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry < entries[parent] else { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        sink(last)
    }

    /// Gives the first entry a new time.
    mutating func advanceFirst(to time: UInt64) {
        var entry = entries[0]
        entry.time = time
        sink(entry)
    }

    private mutating func sink(_ entry: Entry) {
        entries.withUnsafeMutableBufferPointer { entries in
            var hole = 0
            while true {
                var child = 2 * hole + 1
                guard child < entries.count else { break }
                if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
                guard entries[child] < entry else { break }
                entries[hole] = entries[child]
                hole = child
            }
            entries[hole] = entry
        }
    }
}
