import Tables

/// Finds the slot of a key by its 64-bit hash: open addressing with linear probing and backward-shift deletion.
///
/// It knows no keys: the caller walks the candidates and compares. Entries hold 32 hash bits beside the slot number, so a
/// false candidate is rare and rehashing needs no key. Grows by doubling at three quarters full; the bound is the owner's,
/// who decides how many slots there are.
struct SlotIndex {
    /// hash bits (high 32) and slot + 1 (low 32); 0 is empty.
    private(set) var entries: [UInt64]
    private(set) var mask: Int
    private(set) var count = 0

    init(minimumCapacity: Int = 64) {
        var size = 64
        while size * 3 < minimumCapacity * 4 { size *= 2 }
        entries = Array(repeating: 0, count: size)
        mask = size - 1
    }

    /// Where to begin probing for `hash`.
    @inline(__always)
    func start(_ hash: UInt64) -> Int { SlotIndex.start(hash, mask: mask) }

    @inline(__always)
    static func start(_ hash: UInt64, mask: Int) -> Int { Int(truncatingIfNeeded: hash >> 32) & mask }

    /// The next candidate slot for `hash` at or after `position`, which moves behind it; -1 when there is none.
    @inline(__always)
    func next(_ hash: UInt64, _ position: inout Int) -> Int {
        let bits = hash >> 32
        while true {
            let entry = entries[position]
            if entry == 0 { return -1 }
            position = (position &+ 1) & mask
            if entry >> 32 == bits { return Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1 }
        }
    }

    /// The first candidate, usually the only one; -1 when there is none.
    func first(_ hash: UInt64) -> Int {
        var position = start(hash)
        return next(hash, &position)
    }

    /// Asks for where probing begins.
    func prefetch(_ hash: UInt64) { Prefetch.element(start(hash), of: entries) }

    mutating func insert(_ hash: UInt64, slot: Int) {
        if (count + 1) * 4 > entries.count * 3 { grow() }
        place((hash & ~0xffff_ffff) | UInt64(truncatingIfNeeded: slot + 1))
        count += 1
    }

    private mutating func place(_ entry: UInt64) {
        var position = Int(truncatingIfNeeded: entry >> 32) & mask
        while entries[position] != 0 { position = (position + 1) & mask }
        entries[position] = entry
    }

    /// Where the entry is; nil if there is none.
    private func position(_ hash: UInt64, slot: Int) -> Int? {
        let wanted = (hash & ~0xffff_ffff) | UInt64(truncatingIfNeeded: slot + 1)
        var position = start(hash)
        while entries[position] != wanted {
            guard entries[position] != 0 else { return nil }
            position = (position + 1) & mask
        }
        return position
    }

    /// The key is at another slot from now on.
    mutating func replace(_ hash: UInt64, slot: Int, by new: Int) {
        guard let position = position(hash, slot: slot) else { return }
        entries[position] = (hash & ~0xffff_ffff) | UInt64(truncatingIfNeeded: new + 1)
    }

    mutating func remove(_ hash: UInt64, slot: Int) {
        guard let position = position(hash, slot: slot) else { return }
        count -= 1
        // Close the hole, or probing would stop at it.
        var hole = position
        var probe = position
        while true {
            probe = (probe + 1) & mask
            let entry = entries[probe]
            guard entry != 0 else { break }
            let home = Int(truncatingIfNeeded: entry >> 32) & mask
            if (probe - home) & mask >= (probe - hole) & mask {
                entries[hole] = entry
                hole = probe
            }
        }
        entries[hole] = 0
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: 0, count: old.count * 2)
        mask = entries.count - 1
        for entry in old where entry != 0 { place(entry) }
    }
}
