/// The name that a misspelt one was probably meant to be: the one with the fewest edits (insert, delete, replace,
/// swap of neighbours); the first of equals. Nil when every name differs from it in more than half of its letters.
func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    // A longer text is no misspelt key, and the comparison costs its length times the candidate's.
    guard name.utf8.count <= 128 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let distance = editDistance(Array(name.lowercased().utf8), Array(candidate.utf8))
        if distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(2, min(name.utf8.count, best.name.utf8.count) / 2) else { return nil }
    return best.name
}

/// Optimal string alignment distance over bytes.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in 0..<b.count {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
