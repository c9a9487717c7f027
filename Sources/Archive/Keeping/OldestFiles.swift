import Glibc

/// The oldest of any number of files, so many at most: a heap with the youngest of them on top.
struct OldestFiles {
    struct File: Equatable {
        /// Of the last change, nanoseconds since the epoch.
        var time: Int64
        var size: UInt64
        /// Bytes that it takes on the disk.
        var blocks: UInt64
        var inode: ino_t
        var path: [UInt8]

        /// By time, then by name, so that the same directory gives the same order.
        func isOlder(than other: File) -> Bool {
            time != other.time ? time < other.time : path.lexicographicallyPrecedes(other.path)
        }
    }

    let limit: Int
    private var heap: [File] = []
    /// Files that were too young to be kept.
    private(set) var refused: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    mutating func insert(_ file: File) {
        if heap.count < limit {
            heap.append(file)
            siftUp(heap.count - 1)
            return
        }
        refused += 1
        guard let youngest = heap.first, file.isOlder(than: youngest) else { return }
        heap[0] = file
        siftDown(0)
    }

    /// Oldest first.
    func sorted() -> [File] { heap.sorted { $0.isOlder(than: $1) } }

    mutating func removeAll() {
        heap.removeAll(keepingCapacity: true)
        refused = 0
    }

    /// Forgets what lies in one folder.
    mutating func removeAll(below path: [UInt8]) {
        let kept = heap.filter { !$0.path.starts(with: path) }
        heap.removeAll(keepingCapacity: true)
        for file in kept { insert(file) }
    }

    private mutating func siftUp(_ start: Int) {
        var at = start
        while at > 0 {
            let parent = (at - 1) / 2
            guard heap[parent].isOlder(than: heap[at]) else { return }
            heap.swapAt(at, parent)
            at = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var at = start
        while true {
            var youngest = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[youngest].isOlder(than: heap[child])
            {
                youngest = child
            }
            if youngest == at { return }
            heap.swapAt(at, youngest)
            at = youngest
        }
    }
}
