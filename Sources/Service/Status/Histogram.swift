import Calls

/// Counts of values by upper bounds.
struct Histogram: Sendable, Equatable {
    let bounds: [Double]
    /// One more than bounds; not cumulative.
    private(set) var counts: [UInt64]
    private(set) var sum = 0.0

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    var count: UInt64 { counts.reduce(0, +) }

    mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}

/// How the calls went that have ended.
struct QualityFigures: Sendable, Equatable {
    var callsByState = [UInt64](repeating: 0, count: CallRecord.State.allCases.count)
    var mos = Histogram([1, 1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.25, 4.5])
    /// Seconds.
    var jitter = Histogram([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25])
    /// 0...1.
    var loss = Histogram([0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5])
    /// Seconds.
    var setup = Histogram([0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120])
    var postDialDelay = Histogram([0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20])
    var duration = Histogram([1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600])

    mutating func add(_ record: CallRecord) {
        if let index = CallRecord.State.allCases.firstIndex(of: record.state) { callsByState[index] += 1 }
        for stream in record.streams where stream.packets > 0 {
            if let value = stream.mos { mos.add(value) }
            if let value = stream.jitterMean { jitter.add(value / 1e9) }
            loss.add(stream.lossPercent / 100)
        }
        if let value = record.setupTime { setup.add(Double(value) / 1e9) }
        if let value = record.postDialDelay { postDialDelay.add(Double(value) / 1e9) }
        if let value = record.duration { duration.add(Double(value) / 1e9) }
    }
}
