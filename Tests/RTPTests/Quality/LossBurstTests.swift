import TestSupport
import Testing

@testable import RTP

/// Bursts of loss, against counting them in the numbers that came.
struct LossBurstTests {
    private func statistics(_ sequence: [Int]) -> StreamStatistics {
        var statistics = StreamStatistics()
        for (index, number) in sequence.enumerated() {
            statistics.receive(
                sequence: UInt16(truncatingIfNeeded: number), timestamp: UInt32(truncatingIfNeeded: number &* 160),
                marker: false, payloadType: 0, clockRate: 8000, isTelephoneEvent: false,
                arrival: 1_000_000_000 + Int64(index) * 20_000_000, payloadBytes: 172)
        }
        return statistics
    }

    /// Lost numbers and runs of them between the lowest and the highest that came.
    private func counted(_ sequence: [Int]) -> PacketLoss {
        let seen = Set(sequence)
        var loss = PacketLoss(received: UInt64(seen.count), lost: 0, bursts: 0)
        guard let lowest = seen.min(), let highest = seen.max() else { return loss }
        for number in lowest...highest where !seen.contains(number) {
            loss.lost += 1
            if seen.contains(number - 1) { loss.bursts += 1 }
        }
        return loss
    }

    @Test(arguments: [
        [1, 2, 3], [1, 3, 5], [1, 5, 6], [1, 5, 3], [1, 5, 2], [1, 5, 4], [1, 5, 2, 3, 4], [1, 5, 3, 2, 4], [1, 3, 2],
        [5, 1], [5, 1, 3], [5, 1, 3, 4, 2], [5, 4, 6], [1, 1, 3, 3], [1, 2, 9, 5, 5, 20], [65534, 65537, 65536],
    ])
    func byHand(sequence: [Int]) {
        #expect(statistics(sequence).loss == counted(sequence))
    }

    @Test(arguments: UInt64(1)...60)
    func shuffledAndThinned(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var sequence: [Int] = []
        var number = 60000
        for _ in 0..<2000 {
            number += 1
            if random.below(10) == 0 { number += 1 + random.below(6) }
            sequence.append(number)
            if random.below(20) == 0 { sequence.append(number) }
        }
        for place in stride(from: 4, to: sequence.count - 40, by: 3) where random.below(4) == 0 {
            sequence.swapAt(place, place + 1 + random.below(30))
        }
        #expect(statistics(sequence).loss == counted(sequence), "seed \(seed)")
    }

    /// A gap that is believed only with the second packet behind it.
    @Test func longGap() {
        let sequence = Array(1...100) + Array(8101...8200)
        var statistics = StreamStatistics()
        for number in sequence {
            statistics.receive(
                sequence: UInt16(number), timestamp: UInt32(number * 160), marker: false, payloadType: 0,
                clockRate: 8000, isTelephoneEvent: false, arrival: Int64(number) * 20_000_000, payloadBytes: 172)
        }
        #expect(statistics.loss == PacketLoss(received: 200, lost: 8000, bursts: 1))
    }

    /// G.107 section 7.5: of a Markov chain that loses with p after a packet and keeps losing with 1 - q, 1 / (p + q).
    @Test func burstRatioOfAMarkovChain() {
        var random = SeededRandom(seed: 7)
        let (p, q) = (0.02, 0.25)
        var isLost = false
        var sequence: [Int] = []
        for number in 0..<60000 {
            isLost = isLost ? random.fraction >= q : random.fraction < p
            if !isLost { sequence.append(number) }
        }
        let ratio = statistics(sequence).loss.burstRatio ?? 0
        #expect((ratio - 1 / (p + q)).magnitude < 0.2)
    }

    @Test func burstRatioByHand() {
        #expect(PacketLoss(received: 90, lost: 10, bursts: 5).burstRatio == 1.8)
        #expect(PacketLoss(received: 100, lost: 0, bursts: 0).burstRatio == nil)
        #expect(PacketLoss(received: 0, lost: 10, bursts: 0).burstRatio == nil)
        #expect(PacketLoss(received: 999, lost: 1, bursts: 1).modelledBurstRatio == 1)
        #expect(PacketLoss(received: 500, lost: 500, bursts: 1).modelledBurstRatio == 8)
    }
}

extension SeededRandom {
    var fraction: Double { mutating get { Double(next() >> 11) / Double(UInt64(1) << 53) } }
}
