/// The calls by what ending them costs, and by how long nothing has come for them: who goes when the table is full.
///
/// Calls that nobody has answered are what a flood consists of: they may take half of the table, beyond that the idlest of
/// them goes, first those of a single message. A caller whose INVITE was lost sends it again after half a second. Then
/// calls that are over and only wait for late packets. Then the idlest of all.
struct IdleCalls {
    enum Rank: Int, CaseIterable {
        case over, silent, unanswered, answered
    }

    private var heaps = Array(repeating: DeadlineHeap(), count: Rank.allCases.count)

    var count: Int { heaps.reduce(0) { $0 + $1.count } }

    mutating func push(_ rank: Rank, _ entry: DeadlineHeap.Entry) { heaps[rank.rawValue].push(entry) }

    mutating func popIdlest(_ rank: Rank) -> DeadlineHeap.Entry? { heaps[rank.rawValue].popIfDue(.max) }

    mutating func removeAll() {
        for rank in heaps.indices { heaps[rank].removeAll() }
    }

    func isMostlyStale(live: Int) -> Bool { count > 2 * live + 1024 }
}
