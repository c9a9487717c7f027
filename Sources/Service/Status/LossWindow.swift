/// How much a set of counters grew during the last minutes, without a line for each second of them.
struct LossWindow: Sendable {
    private struct Sample {
        var time: Int64
        var counts: [String: UInt64]
    }

    /// Samples of a window: what leaves it does so in steps of this part of its length.
    private static let parts: Int64 = 30

    private var samples: [Sample] = []
    private(set) var newest: [String: UInt64] = [:]

    /// - Parameter window: nanoseconds.
    mutating func take(_ counts: [String: UInt64], at time: Int64, window: Int64) {
        newest = counts
        // All counters began at zero, with the program.
        if samples.isEmpty { samples.append(Sample(time: time, counts: [:])) }
        if let last = samples.last, time - last.time >= window / Self.parts {
            samples.append(Sample(time: time, counts: counts))
        }
        // One that is older than the window has to stay: the growth is counted from there.
        while samples.count > 1, time - samples[1].time >= window { samples.removeFirst() }
    }

    /// What the counter grew by within the window.
    func growth(_ name: String) -> UInt64 {
        let now = newest[name] ?? 0
        let before = samples.first?.counts[name] ?? 0
        return now > before ? now - before : 0
    }
}
