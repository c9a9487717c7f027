import Glibc

/// Write buffers of one worker: blocks of 1 KiB to 64 KiB cut from one region of fixed size by the buddy method.
///
/// The region is the budget: no sequence of requests can take more. It is touched as it is used, so a budget that is not
/// needed costs address space only. Taking and giving back are O(1) (seven block sizes), and what was given back last is
/// taken first: it is in the processor's caches.
///
/// A file's buffer is a chain of blocks. The arena keeps for each which one comes next and how many bytes are stored in it.
@safe
struct BufferArena: ~Copyable {
    static let smallestBlock = 1 << 10
    static let orders = 7
    static let largestBlock = smallestBlock << (orders - 1)
    static let hugePage = 2 << 20
    private static let none: Int32 = -1
    private static let notFree: UInt8 = 0xff

    /// A block: its first unit of `smallestBlock` bytes, and its size as a power of two of units.
    struct Block: Equatable {
        static let none = Block(unit: BufferArena.none, order: 0)

        var unit: Int32
        var order: UInt8
        var byteCount: Int { BufferArena.smallestBlock << Int(order) }
        var byteOffset: Int { Int(unit) &* BufferArena.smallestBlock }
    }

    /// What is known of a block in use that is not the last of its chain.
    struct Link {
        var next: Block
        /// Bytes stored in the block.
        var stored: Int
    }

    let byteCount: Int
    private(set) var used = 0
    private(set) var peakUsed = 0
    private let region: UnsafeMutableRawPointer
    /// Order of the free block that begins at a unit, or `notFree`.
    private var freeOrder: [UInt8]
    /// Neighbours of a free block among those of its size; of a block in use, the next of its chain, and what is stored.
    private var next: [Int32]
    private var previous: [Int32]
    private var heads: [Int32]

    /// - Parameter budget: bytes; rounded down to whole units.
    init(budget: Int) {
        let units = min(max(budget, 0) / Self.smallestBlock, Int(Int32.max))
        byteCount = units * Self.smallestBlock
        // One region for as long as the arena lives: blocks are parts of it, and who has one has the arena too.
        unsafe region = .allocate(
            byteCount: max(byteCount, 16), alignment: byteCount >= Self.hugePage ? Self.hugePage : 16)
        if byteCount >= Self.hugePage {
            // Packets of hundreds of calls go to as many places: small pages cost a fault each and a TLB miss a packet.
            // Advice only; a kernel without huge pages goes on as before.
            _ = unsafe madvise(region, byteCount, MADV_HUGEPAGE)
        }
        freeOrder = Array(repeating: Self.notFree, count: units)
        next = Array(repeating: Self.none, count: units)
        previous = next
        heads = Array(repeating: Self.none, count: Self.orders)
        var unit = 0
        while unit < units {
            var order = min(Self.orders - 1, unit == 0 ? Self.orders - 1 : unit.trailingZeroBitCount)
            while unit + 1 << order > units { order -= 1 }
            link(Int32(unit), UInt8(order))
            unit += 1 << order
        }
    }

    deinit { unsafe region.deallocate() }

    /// The memory of a block (and whatever follows it): the caller stays within the block's `byteCount`.
    @inline(__always)
    func memory(of block: Block) -> UnsafeMutableRawPointer {
        // Every block handed out lies within the region, see `allocate`.
        unsafe region + block.byteOffset
    }

    /// The memory at an offset into a block, counted from the region's beginning; for the first `byteCount` bytes only, of
    /// which the caller owns those of its blocks.
    @inline(__always)
    func memory(at offset: Int) -> UnsafeMutableRawPointer { unsafe region + offset }

    /// A block of 2^order units, or nil when no free block is that large.
    mutating func allocate(order wanted: Int) -> Block? {
        guard let found = (wanted..<Self.orders).first(where: { heads[$0] != Self.none }) else { return nil }
        let unit = heads[found]
        unlink(unit, UInt8(found))
        var order = found
        while order > wanted {
            order -= 1
            link(unit + 1 << Int32(order), UInt8(order))
        }
        used += Self.smallestBlock << wanted
        peakUsed = max(peakUsed, used)
        return Block(unit: unit, order: UInt8(wanted))
    }

    /// For a block that is not the last of its chain. What is free has other values there.
    subscript(chain block: Block) -> Link {
        get {
            let packed = previous[Int(block.unit)]
            return Link(
                next: Block(unit: next[Int(block.unit)], order: UInt8(truncatingIfNeeded: packed & 7)),
                stored: Int(packed >> 3))
        }
        set {
            next[Int(block.unit)] = newValue.next.unit
            previous[Int(block.unit)] = Int32(truncatingIfNeeded: newValue.stored) << 3 | Int32(newValue.next.order)
        }
    }

    mutating func free(_ block: Block) {
        used -= block.byteCount
        var unit = block.unit
        var order = Int(block.order)
        while order < Self.orders - 1 {
            let buddy = unit ^ (1 << Int32(order))
            guard Int(buddy) < freeOrder.count, freeOrder[Int(buddy)] == UInt8(order) else { break }
            unlink(buddy, UInt8(order))
            unit = min(unit, buddy)
            order += 1
        }
        link(unit, UInt8(order))
    }

    private mutating func link(_ unit: Int32, _ order: UInt8) {
        let head = heads[Int(order)]
        freeOrder[Int(unit)] = order
        next[Int(unit)] = head
        previous[Int(unit)] = Self.none
        if head != Self.none { previous[Int(head)] = unit }
        heads[Int(order)] = unit
    }

    private mutating func unlink(_ unit: Int32, _ order: UInt8) {
        let (before, after) = (previous[Int(unit)], next[Int(unit)])
        if before == Self.none { heads[Int(order)] = after } else { next[Int(before)] = after }
        if after != Self.none { previous[Int(after)] = before }
        freeOrder[Int(unit)] = Self.notFree
    }
}
