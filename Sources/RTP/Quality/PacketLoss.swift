/// The packets a receiver had to do without, and how they lay together.
public struct PacketLoss: Equatable, Sendable {
    /// Different sequence numbers that came.
    public var received: UInt64
    public var lost: UInt64
    /// Runs of numbers that followed each other and were all lost.
    public var bursts: UInt64

    public init(received: UInt64, lost: UInt64, bursts: UInt64) {
        self.received = received
        self.lost = lost
        self.bursts = bursts
    }

    public var expected: UInt64 { received &+ lost }

    /// Ppl, 0...100.
    public var percent: Double { expected > 0 ? 100 * Double(lost) / Double(expected) : 0 }

    /// BurstR of G.107 section 7.5: the mean length of the bursts, divided by the length they would have if every packet were
    /// lost with the same chance, 1 / (1 - loss). nil without a loss, and where nothing came.
    public var burstRatio: Double? {
        guard lost > 0, received > 0 else { return nil }
        return Double(lost) / Double(max(bursts, 1)) * Double(received) / Double(expected)
    }

    /// The range that G.107 permits.
    static let burstRatios = 1.0...8.0

    /// What the model is asked with: losses thinner than chance count as chance, longer bursts as the longest permitted.
    var modelledBurstRatio: Double {
        guard lost > 0 else { return 1 }
        guard let ratio = burstRatio else { return PacketLoss.burstRatios.upperBound }
        return min(max(ratio, PacketLoss.burstRatios.lowerBound), PacketLoss.burstRatios.upperBound)
    }
}

extension StreamStatistics {
    public var loss: PacketLoss {
        PacketLoss(
            received: distinctPackets, lost: UInt64(lostPackets), bursts: min(UInt64(lossBursts), UInt64(lostPackets)))
    }

    /// `missing` numbers below the one that came have not come: one burst, until some of them do.
    mutating func noteGap(missing: Int64) {
        if missing > 0 { lossBursts &+= 1 }
    }

    /// A number that counted as lost has come: a burst ends earlier, falls into two, or was none.
    ///
    /// - Parameter backward: how far below the highest, 1...511.
    mutating func noteLate(_ sequence: UInt16, backward: UInt16) {
        let number = highest &- Int64(backward)
        guard number > lowest else {
            // Before what was taken for the stream's first packet.
            noteGap(missing: lowest &- number &- 1)
            return
        }
        let above = window.contains(sequence &+ 1)
        // What lies below the run, or is no longer known, does not lengthen a burst.
        let below =
            number &- 1 <= lowest || Int(backward) &+ 1 >= SequenceWindow.span || window.contains(sequence &- 1)
        if above, below {
            if lossBursts > 0 { lossBursts &-= 1 }
        } else if !above, !below {
            lossBursts &+= 1
        }
    }

    /// Begins a new interval: the largest jitter so far is put by.
    ///
    /// - Returns: the largest of the interval that ends, nanoseconds.
    mutating func takeIntervalJitter() -> Double {
        let largest = jitterMaximum
        earlierJitterMaximum = max(earlierJitterMaximum, largest)
        jitterMaximum = 0
        return largest
    }
}

extension SequenceWindow {
    /// Whether a number less than `span` below the highest, or the highest, was seen.
    func contains(_ sequence: UInt16) -> Bool {
        words[Int(sequence >> 6) & 7] & (1 << UInt64(sequence & 63)) != 0
    }
}
