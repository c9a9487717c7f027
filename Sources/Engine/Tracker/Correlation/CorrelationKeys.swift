/// What legs of one call have in common in their headers, as hashes, each with the group of the calls that showed it.
struct CorrelationKeys {
    private struct Entry {
        var group: Int32
        /// Living calls that showed the key.
        var holders: UInt32
    }

    private var entries: [UInt64: Entry] = [:]
    private(set) var refused: UInt64 = 0

    /// Keys remembered in all.
    static let limit = 1 << 18
    /// Keys of one call.
    static let maxPerCall = 8

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// The group of calls that showed the key.
    func group(_ key: UInt64) -> Int32? { entries[key]?.group }

    /// One more call shows the key. True if it was the first: then the key holds a reference to the group.
    mutating func hold(_ key: UInt64, group: Int32) -> Bool {
        if entries[key] != nil {
            entries[key]?.holders += 1
            return false
        }
        entries[key] = Entry(group: group, holders: 1)
        return true
    }

    /// Whether there is room for a key that nobody has shown; if not, that is counted.
    mutating func hasRoom(_ key: UInt64, held: Int) -> Bool {
        if held < CorrelationKeys.maxPerCall, entries[key] != nil || entries.count < CorrelationKeys.limit {
            return true
        }
        refused += 1
        return false
    }

    /// A call that showed the key is gone. The group to be released if it was the last.
    mutating func release(_ key: UInt64) -> Int32? {
        guard let entry = entries[key] else { return nil }
        if entry.holders > 1 {
            entries[key]?.holders -= 1
            return nil
        }
        entries[key] = nil
        return entry.group
    }
}
