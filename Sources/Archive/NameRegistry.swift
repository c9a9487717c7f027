/// The names given out in a run, so that equal ones get `-2`, `-3` … in the order in which calls began: the same for any
/// number of workers, which finish files in an order of their own.
///
/// Remembers hashes of 50 bits, 8 bytes a name. Two different names with one hash cost the later one a needless suffix.
/// Beyond `limit` a name that cannot be remembered is made unique by a running number, counted.
public struct NameRegistry: ~Copyable {
    public static let defaultLimit = 1 << 20
    /// `-9999`, and `~` with 16 hex digits.
    static let longestSuffix = 22
    private static let suffixLimit = 9_999
    /// Slots looked at before a name counts as refused: crafted hashes must not make the table slow.
    private static let probeLimit = 64

    /// A hash, and in the bits below it how many suffixes its name has got: 1 for the name itself, 0 for a free slot.
    private struct Slot {
        private var word: UInt64 = 0
        private static let countMask: UInt64 = 1 << 14 - 1

        init() {}
        init(hash: UInt64) { word = hash | 1 }

        var isFree: Bool { word == 0 }
        var hash: UInt64 { word & ~Slot.countMask }
        var count: Int { Int(word & Slot.countMask) }
        func holds(_ hash: UInt64) -> Bool { word ^ hash <= Slot.countMask }
        mutating func addSuffix() { word += 1 }
        static func trimmed(_ hash: UInt64) -> UInt64 { hash & ~countMask }
    }

    private var slots: [Slot]
    private var used = 0
    private var named: UInt64 = 0
    private let limit: Int
    /// Names that got a running number because the table was full.
    public private(set) var refused: UInt64 = 0

    /// - Parameter limit: names remembered.
    public init(limit: Int = defaultLimit) {
        self.limit = max(limit, 0)
        slots = Array(repeating: Slot(), count: 1_024)
    }

    /// The stem itself when it is new in this run, else with a suffix.
    public mutating func unique(_ stem: FileStem) -> FileStem {
        named += 1
        let hash = Self.hash(stem)
        guard let slot = slot(for: hash) else { return numbered(stem) }
        if slots[slot].isFree {
            return enter(hash, at: slot) ? stem : numbered(stem)
        }
        while slots[slot].count < Self.suffixLimit {
            slots[slot].addSuffix()
            let candidate = FileStem(bytes: stem.bytes + Array("-\(slots[slot].count)".utf8))
            // It may be some other call's own name.
            let other = Self.hash(candidate)
            guard let free = self.slot(for: other) else { return numbered(stem) }
            guard slots[free].isFree else { continue }
            return enter(other, at: free) ? candidate : numbered(stem)
        }
        return numbered(stem)
    }

    private mutating func numbered(_ stem: FileStem) -> FileStem {
        refused += 1
        return FileStem(bytes: stem.bytes + [UInt8(ascii: "~")] + SafeName.hexadecimal(named, digits: 16))
    }

    private static func hash(_ stem: FileStem) -> UInt64 { Slot.trimmed(StableHash.hash(stem.bytes)) }

    private func slot(for hash: UInt64) -> Int? {
        var at = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
        for _ in 0..<Self.probeLimit {
            if slots[at].isFree || slots[at].holds(hash) { return at }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func enter(_ hash: UInt64, at slot: Int) -> Bool {
        guard used < limit else { return false }
        slots[slot] = Slot(hash: hash)
        used += 1
        if used * 4 > slots.count * 3, used < limit { grow() }
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        for entry in old where !entry.isFree {
            // A name that finds no slot within `probeLimit` is forgotten: its double would meet `-2` on disk instead.
            if let at = slot(for: entry.hash) { slots[at] = entry } else { used -= 1 }
        }
    }
}
