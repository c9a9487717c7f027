/// Which calls are legs of one call. A call alone has no group here; two that turn out to be legs get one, and two groups
/// that turn out to be one are joined. The Call-ID of the leg that began first names the group.
///
/// Records leave when their call ends, so nothing is changed afterwards: a leg that comes later takes the name of those
/// before it.
struct CallGroups {
    private struct Group {
        var name: [UInt8]
        /// Number of the call that gave the name.
        var number: UInt64
        var legs: UInt32
        /// Living calls in it, groups joined to it, and keys that lead to it.
        var references: UInt32
        /// The group it was joined to; -1 for none.
        var parent: Int32 = -1
    }

    private var groups: [Group] = []
    private var free: [Int32] = []
    private(set) var refused: UInt64 = 0

    /// Legs of one group; one more is told apart from it.
    static let maxLegs: UInt32 = 64

    /// A group of one leg, with one reference.
    mutating func make(name: [UInt8], number: UInt64) -> Int32 {
        let group = Group(name: name, number: number, legs: 1, references: 1)
        if let reused = free.popLast() {
            groups[Int(reused)] = group
            return reused
        }
        groups.append(group)
        return Int32(groups.count - 1)
    }

    /// The group that `group` was joined to in the end.
    private func root(_ group: Int32) -> Int {
        var place = Int(group)
        // Each step leads to an older one, and there are `maxLegs` at most.
        while groups[place].parent >= 0 { place = Int(groups[place].parent) }
        return place
    }

    func name(_ group: Int32) -> [UInt8] { groups[root(group)].name }

    mutating func retain(_ group: Int32) { groups[Int(group)].references += 1 }

    mutating func release(_ group: Int32) {
        var place = Int(group)
        while true {
            groups[place].references -= 1
            guard groups[place].references == 0 else { return }
            let parent = groups[place].parent
            groups[place].name = []
            groups[place].parent = -1
            free.append(Int32(place))
            guard parent >= 0 else { return }
            place = Int(parent)
        }
    }

    /// Makes one of two groups. False if that would have too many legs.
    @discardableResult
    mutating func join(_ first: Int32, _ second: Int32) -> Bool {
        let one = root(first)
        let other = root(second)
        guard one != other else { return true }
        guard groups[one].legs + groups[other].legs <= CallGroups.maxLegs else {
            refused += 1
            return false
        }
        let isOrdered = groups[one].number <= groups[other].number
        let older = isOrdered ? one : other
        let younger = isOrdered ? other : one
        groups[younger].parent = Int32(older)
        groups[older].references += 1
        groups[older].legs += groups[younger].legs
        return true
    }

    /// Groups in memory and in use.
    var count: Int { groups.count - free.count }
}
