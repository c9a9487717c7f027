import Tables

/// Where in their files the records lie that a late record may still have to precede, for all files of a writer.
///
/// Per file a list of blocks, ascending in position and in offset. A block keeps its base position and base offset, an
/// entry the differences to them (4 bytes each), so that making room for a record in the middle of a file changes the
/// entries of one block and the base of those behind it. Blocks come from one bounded pool.
struct OrderIndex: ~Copyable {
    /// A file's list. Empty: `head` is `none`.
    struct List {
        /// Records at or below this position have no entry (any more): what comes late among them cannot be placed.
        var unknownBelow: UInt64 = 0
        var head: Int32 = OrderIndex.none
        var tail: Int32 = OrderIndex.none
        var isEmpty: Bool { head == OrderIndex.none }
    }

    /// An entry: position in the capture, offset in the file's record stream.
    struct Place: Equatable {
        var position: UInt64
        var offset: UInt64
    }

    static let none: Int32 = -1
    static let entriesPerBlock = 28
    private static let wordsPerBlock = entriesPerBlock + 4
    // Words of a block: base position, base offset, next and previous block, count; then the entries.
    private static let base = 0
    private static let baseOffset = 1
    private static let links = 2
    private static let count = 3
    private static let entries = 4

    private var words = OwnedTable<UInt64>()
    private var free: Int32 = Self.none
    private let blockLimit: Int
    private(set) var blocksUsed = 0

    init(entryLimit: Int) { blockLimit = min(max(entryLimit, 0) / Self.entriesPerBlock, 1 << 26) }

    /// Adds an entry at the end; false when the pool is used up. Blocks wholly below `floor` are given back when a new
    /// one is needed.
    mutating func append(_ place: Place, floor: UInt64, to list: inout List) -> Bool {
        if list.tail != Self.none {
            let at = Int(list.tail) * Self.wordsPerBlock
            let count = Int(words[at + Self.count])
            let position = place.position &- words[at + Self.base]
            let offset = place.offset &- words[at + Self.baseOffset]
            if count < Self.entriesPerBlock, position <= UInt64(UInt32.max), offset <= UInt64(UInt32.max) {
                words[at + Self.entries + count] = position << 32 | offset
                words[at + Self.count] = UInt64(count + 1)
                return true
            }
        }
        prune(&list, below: floor)
        guard let block = takeBlock() else { return false }
        let at = Int(block) * Self.wordsPerBlock
        words[at + Self.base] = place.position
        words[at + Self.baseOffset] = place.offset
        words[at + Self.count] = 1
        words[at + Self.entries] = 0
        setLinks(block, next: Self.none, previous: list.tail)
        if list.tail != Self.none { setNext(list.tail, block) } else { list.head = block }
        list.tail = block
        return true
    }

    /// Forgets whole blocks of entries below `floor`; the last block stays.
    mutating func prune(_ list: inout List, below floor: UInt64) {
        while list.head != list.tail {
            let block = list.head
            let at = Int(block) * Self.wordsPerBlock
            let last = words[at + Self.entries + Int(words[at + Self.count]) - 1] >> 32
            guard words[at + Self.base] &+ last < floor else { return }
            list.unknownBelow = max(list.unknownBelow, words[at + Self.base] &+ last)
            list.head = next(of: block)
            setPrevious(list.head, Self.none)
            release(block)
        }
    }

    mutating func clear(_ list: inout List) {
        while list.head != Self.none {
            let block = list.head
            list.head = next(of: block)
            release(block)
        }
        list.tail = Self.none
    }

    /// The first entry with a position above `position`. Looks from the end: late records are seldom very late.
    func first(after position: UInt64, in list: List) -> Place? {
        guard let block = block(for: position, in: list) else { return nil }
        let at = Int(block) * Self.wordsPerBlock
        for index in 0..<Int(words[at + Self.count]) {
            let place = self.place(at, index)
            if place.position > position { return place }
        }
        return nil
    }

    /// Moves every entry at or behind `offset` back by `length`, and enters the record that takes its place there.
    /// False: the pool is used up, and the record has no entry.
    mutating func insert(_ place: Place, length: UInt64, in list: inout List) -> Bool {
        guard let target = block(for: place.position, in: list) else {
            // It comes before the file's last record, which has no entry yet.
            return append(place, floor: 0, to: &list)
        }
        var later = next(of: target)
        while later != Self.none {
            words[Int(later) * Self.wordsPerBlock + Self.baseOffset] += length
            later = next(of: later)
        }
        let at = Int(target) * Self.wordsPerBlock
        let count = Int(words[at + Self.count])
        var places = (0..<count).map { self.place(at, $0) }
        let index = places.firstIndex { $0.position > place.position } ?? count
        for moved in index..<count { places[moved].offset += length }
        places.insert(place, at: index)
        // One more than a block holds goes to two; a difference that outgrew 4 bytes cannot stay in this block either.
        let fits = places.count <= Self.entriesPerBlock && store(places[...], in: target)
        if fits { return true }
        guard let second = takeBlock() else {
            places.remove(at: index)
            return store(places[...], in: target) && false
        }
        let half = places.count / 2
        guard store(places[..<half], in: target), store(places[half...], in: second) else {
            // Cannot happen below 4 GiB of pending records in one block; then the list has no use any more.
            setLinks(second, next: Self.none, previous: Self.none)
            release(second)
            clear(&list)
            return false
        }
        let after = next(of: target)
        setLinks(second, next: after, previous: target)
        setNext(target, second)
        if after != Self.none { setPrevious(after, second) } else { list.tail = second }
        return true
    }

    /// The first block whose last entry is above `position`.
    private func block(for position: UInt64, in list: List) -> Int32? {
        var found: Int32?
        var block = list.tail
        while block != Self.none {
            let at = Int(block) * Self.wordsPerBlock
            guard place(at, Int(words[at + Self.count]) - 1).position > position else { break }
            found = block
            block = previous(of: block)
        }
        return found
    }

    private func place(_ at: Int, _ index: Int) -> Place {
        let entry = words[at + Self.entries + index]
        return Place(
            position: words[at + Self.base] &+ entry >> 32, offset: words[at + Self.baseOffset] &+ entry & 0xffff_ffff)
    }

    private mutating func store(_ places: ArraySlice<Place>, in block: Int32) -> Bool {
        guard let first = places.first, let last = places.last else { return false }
        let (positions, offsets) = (last.position &- first.position, last.offset &- first.offset)
        guard positions <= UInt64(UInt32.max), offsets <= UInt64(UInt32.max) else { return false }
        let at = Int(block) * Self.wordsPerBlock
        words[at + Self.base] = first.position
        words[at + Self.baseOffset] = first.offset
        words[at + Self.count] = UInt64(places.count)
        for (index, place) in places.enumerated() {
            words[at + Self.entries + index] =
                (place.position &- first.position) << 32 | (place.offset &- first.offset)
        }
        return true
    }

    private mutating func takeBlock() -> Int32? {
        if free != Self.none {
            let block = free
            free = next(of: block)
            blocksUsed += 1
            return block
        }
        let count = words.count / Self.wordsPerBlock
        guard count < blockLimit else { return nil }
        for _ in 0..<Self.wordsPerBlock { words.append(0) }
        blocksUsed += 1
        return Int32(count)
    }

    private mutating func release(_ block: Int32) {
        setNext(block, free)
        free = block
        blocksUsed -= 1
    }

    private func next(of block: Int32) -> Int32 {
        Int32(truncatingIfNeeded: words[Int(block) * Self.wordsPerBlock + Self.links] >> 32)
    }
    private func previous(of block: Int32) -> Int32 {
        Int32(truncatingIfNeeded: words[Int(block) * Self.wordsPerBlock + Self.links])
    }
    private mutating func setLinks(_ block: Int32, next: Int32, previous: Int32) {
        words[Int(block) * Self.wordsPerBlock + Self.links] =
            UInt64(UInt32(bitPattern: next)) << 32 | UInt64(UInt32(bitPattern: previous))
    }
    private mutating func setNext(_ block: Int32, _ next: Int32) {
        setLinks(block, next: next, previous: previous(of: block))
    }
    private mutating func setPrevious(_ block: Int32, _ previous: Int32) {
        setLinks(block, next: next(of: block), previous: previous)
    }
}
