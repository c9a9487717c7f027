import Tables

/// A set of 64-bit hashes, which need no hashing again: open addressing with linear probing. Grows by doubling; the bound is
/// its owner's. Nothing is removed. 0 and 1 count as one hash.
struct HashSet {
    /// 0 is empty.
    private var entries = [UInt64](repeating: 0, count: HashSet.least)
    private(set) var count = 0

    private static var least: Int { 64 }

    func contains(_ hash: UInt64) -> Bool { entries[place(of: HashSet.nonzero(hash))] != 0 }

    mutating func insert(_ hash: UInt64) {
        let hash = HashSet.nonzero(hash)
        let place = place(of: hash)
        guard entries[place] == 0 else { return }
        entries[place] = hash
        count += 1
        if count * 4 > entries.count * 3 { grow() }
    }

    /// Asks for where a hash is looked for.
    func prefetch(_ hash: UInt64) { Prefetch.element(start(HashSet.nonzero(hash)), of: entries) }

    private static func nonzero(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

    private func start(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (entries.count - 1) }

    /// Where the hash is, or would be.
    private func place(of hash: UInt64) -> Int {
        var place = start(hash)
        while entries[place] != 0, entries[place] != hash { place = (place + 1) & (entries.count - 1) }
        return place
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: 0, count: old.count * 2)
        for hash in old where hash != 0 { entries[place(of: hash)] = hash }
    }
}
