/// One file of a merge: where it stands in time, and the packets that were read ahead of their turn.
final class MergeInput {
    let path: String
    /// Place among the files as they were named; decides between equal timestamps.
    let index: Int
    /// Time of the next packet as far as it is known; `Int64.min` for a file without any, so that it ends at once.
    var head: Int64
    /// Nil until its turn comes.
    var source: FileSource?
    /// Packets read ahead; those from `next` on are not delivered yet.
    var stage: PacketBatch
    var next = 0
    /// This file's interface numbers in the merged table.
    var interfaceMap: [UInt16] = []
    /// Its turn has come.
    var hasBegun = false
    /// It began when no other file was open: its interfaces may be those of an earlier file that it continues.
    var mayContinue = false

    init(path: String, index: Int, head: Int64, source: FileSource?) {
        self.path = path
        self.index = index
        self.head = head
        self.source = source
        stage = PacketBatch.empty
    }

    var stageIsEmpty: Bool { next >= stage.count }

    /// Earlier head first; of equal ones the file named earlier.
    static func < (left: MergeInput, right: MergeInput) -> Bool {
        left.head < right.head || (left.head == right.head && left.index < right.index)
    }

    /// A packet of this file with that time comes before the head of the other file.
    func precedes(_ other: MergeInput?, at timestamp: Int64) -> Bool {
        guard let other else { return true }
        return timestamp < other.head || (timestamp == other.head && index < other.index)
    }
}

/// A binary heap of inputs, the earliest head first.
struct MergeQueue {
    private var heap: [MergeInput] = []

    var first: MergeInput? { heap.first }
    var isEmpty: Bool { heap.isEmpty }

    /// The earliest of all the others.
    var runnerUp: MergeInput? {
        switch heap.count {
        case 0, 1: nil
        case 2: heap[1]
        default: heap[1] < heap[2] ? heap[1] : heap[2]
        }
    }

    mutating func push(_ input: MergeInput) {
        heap.append(input)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        firstChanged()
    }

    /// The first input's head is later than it was.
    mutating func firstChanged() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
