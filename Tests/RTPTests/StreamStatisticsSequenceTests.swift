import TestSupport
import Testing

@testable import RTP

@Suite("Stream figures: sequence numbers")
struct StreamStatisticsSequenceTests {
    @Test func nothingReceived() {
        let figures = StreamStatistics()
        #expect(figures.expectedPackets == 0 && figures.lostPackets == 0 && figures.lossPercent == 0)
        #expect(figures.largestGapNanoseconds == nil && figures.jitterMeanNanoseconds == nil)
        #expect(figures.payloadTypes.isEmpty)
    }

    /// Every value of the first number, so that none looks as if it followed something.
    @Test func onePacket() {
        let odd = (0...65535).filter { sequence in
            let figures = StreamStatistics(sequences: [sequence])
            return figures.packets != 1 || figures.expectedPackets != 1 || figures.lostPackets != 0
                || figures.outOfOrder != 0 || figures.duplicates != 0 || figures.strays != 0
        }
        #expect(odd.isEmpty)
    }

    /// 10 11 12 15 16: 7 expected, 13 and 14 lost, 2/7 = 28.571428…%.
    @Test func loss() {
        let figures = StreamStatistics(sequences: [10, 11, 12, 15, 16])
        #expect(figures.packets == 5)
        #expect(figures.expectedPackets == 7)
        #expect(figures.lostPackets == 2)
        #expect(figures.rfc3550LostPackets == 2)
        #expect(abs(figures.lossPercent - 28.571_428_571) < 1e-6)
        #expect(figures.bytes == 860)
    }

    /// 1 2 2 3 3 3 6: 6 expected, 4 and 5 lost, 7 received, so RFC 3550 says -1.
    @Test func duplicates() {
        let figures = StreamStatistics(sequences: [1, 2, 2, 3, 3, 3, 6])
        #expect(figures.expectedPackets == 6)
        #expect(figures.duplicates == 3)
        #expect(figures.lostPackets == 2)
        #expect(figures.rfc3550LostPackets == -1)
        #expect(figures.outOfOrder == 0)
    }

    /// 1 3 2 4 2: the first 2 is late, the second a duplicate.
    @Test func outOfOrder() {
        let figures = StreamStatistics(sequences: [1, 3, 2, 4, 2])
        #expect(figures.expectedPackets == 4 && figures.lostPackets == 0)
        #expect(figures.outOfOrder == 1 && figures.duplicates == 1)
    }

    /// The lowest number counts as the first although it came third.
    @Test func reorderedAtTheStart() {
        let figures = StreamStatistics(sequences: [102, 101, 100, 103])
        #expect(figures.expectedPackets == 4 && figures.lostPackets == 0 && figures.outOfOrder == 2)
    }

    @Test func wrap() {
        let forward = StreamStatistics(sequences: [65534, 65535, 0, 1, 3])
        #expect(forward.expectedPackets == 6 && forward.lostPackets == 1 && forward.outOfOrder == 0)
        let backward = StreamStatistics(sequences: [1, 0, 65535, 2])
        #expect(backward.expectedPackets == 4 && backward.lostPackets == 0 && backward.outOfOrder == 2)
        // 200,000 packets: three wraps, and the 1000th of each thousand lost (200, the last one not missed).
        let long = StreamStatistics(sequences: (0..<200_000).filter { $0 % 1000 != 999 })
        #expect(long.packets == 199_800)
        #expect(long.expectedPackets == 199_999)
        #expect(long.lostPackets == 199)
    }

    /// 511 back is within the window, 512 is not any more.
    @Test func windowBound() {
        let sequences = Array(1000...1511) + [1511 - 511]
        #expect(StreamStatistics(sequences: sequences).duplicates == 1)
        let older = StreamStatistics(sequences: sequences + [1512, 1000])
        #expect(older.duplicates == 1 && older.strays == 1 && older.lostPackets == 0)
        let late = StreamStatistics(sequences: [1000, 1511, 1001, 1001])
        #expect(late.outOfOrder == 1 && late.duplicates == 1 && late.lostPackets == 509)
    }

    /// A skipped number is new although the one 512 before it was received.
    @Test func windowForgetsWhatItSlidesOver() {
        let figures = StreamStatistics(sequences: Array(0...600) + [610, 605, 605, 1000, 700, 700])
        #expect(figures.outOfOrder == 2 && figures.duplicates == 2)
        #expect(figures.expectedPackets == 1001 && figures.lostPackets == 1001 - 605)
        let far = StreamStatistics(sequences: Array(0...600) + [3000, 2999, 2490])
        #expect(far.outOfOrder == 2 && far.duplicates == 0 && far.isConsistent)
    }

    /// 50 packets, then a new numbering 40,000 further on: 100 expected, nothing lost.
    @Test func restart() {
        let figures = StreamStatistics(sequences: Array(0..<50) + Array(40_000..<40_050))
        #expect(figures.restarts == 1 && figures.expectedPackets == 100)
        #expect(figures.lostPackets == 0 && figures.strays == 0)
        let back = StreamStatistics(sequences: Array(40_000..<40_050) + Array(100..<150) + [149, 152])
        #expect(back.restarts == 1 && back.expectedPackets == 103)
        #expect(back.lostPackets == 2 && back.duplicates == 1)
        let many = StreamStatistics(sequences: (0..<100).flatMap { [$0 * 7000, $0 * 7000 + 1] })
        #expect(many.isConsistent && many.expectedPackets <= 200)
    }

    /// A packet that fits nowhere is received, but neither expected nor lost; two that do not follow each other as well.
    @Test func strays() {
        let figures = StreamStatistics(sequences: [1, 2, 30_000, 3, 4, 50_000, 20_000, 5])
        #expect(figures.strays == 3 && figures.restarts == 0)
        #expect(figures.expectedPackets == 5 && figures.lostPackets == 0 && figures.rfc3550LostPackets == -3)
        let interleaved = StreamStatistics(sequences: [1, 30_001, 2, 30_002, 3, 30_003])
        #expect(interleaved.restarts == 0 && interleaved.strays == 3 && interleaved.expectedPackets == 3)
        let doubled = StreamStatistics(sequences: [1, 2, 30_000, 30_000, 30_001, 30_001])
        #expect(doubled.restarts == 1 && doubled.duplicates == 2 && doubled.expectedPackets == 4)
        #expect(doubled.lostPackets == 0 && doubled.strays == 0)
    }

    /// 5000 numbers missing after the 100 s they would have taken is loss, not a restart: 10 + 5000 + 2 expected.
    @Test func gapInTheCapture() {
        var figures = StreamStatistics(sequences: Array(0..<10))
        let resumed: Int64 = (9 + 5001) * 20 * millisecond
        figures.feed(5010, at: resumed, timestamp: 5010 * 160)
        figures.feed(5011, at: resumed + 20 * millisecond, timestamp: 5011 * 160)
        #expect(figures.restarts == 0 && figures.strays == 0)
        #expect(figures.expectedPackets == 5012 && figures.lostPackets == 5000)
        #expect(figures.largestGapNanoseconds == 5001 * 20 * millisecond)
    }

    @Test func copiesCountForNothingElse() {
        var figures = StreamStatistics(sequences: [1, 2])
        figures.countCopy()
        #expect(figures.copies == 1 && figures.packets == 2 && figures.duplicates == 0)
    }

    /// Compared with sets, which forget nothing: shuffled within 100, with losses and duplicates, over two wraps.
    @Test func agreesWithSets() {
        for seed: UInt64 in 0..<4 {
            var numbers = SeededRandom(seed: seed)
            var sent: [(order: Int, sequence: Int)] = []
            let first = Int.random(in: 0...65535, using: &numbers)
            for sequence in first..<first + 140_000 {
                for _ in 0..<[0, 1, 1, 1, 1, 1, 1, 1, 1, 2][Int.random(in: 0..<10, using: &numbers)] {
                    sent.append((sequence + Int.random(in: 0..<100, using: &numbers), sequence))
                }
            }
            sent.sort { $0 < $1 }
            let figures = StreamStatistics(sequences: sent.map(\.sequence))
            let distinct = Set(sent.map(\.sequence))
            var seen = Set<Int>()
            var highest = Int.min
            var late = 0
            for packet in sent {
                if seen.insert(packet.sequence).inserted, packet.sequence < highest { late += 1 }
                highest = max(highest, packet.sequence)
            }
            let expected = distinct.max()! - distinct.min()! + 1
            #expect(figures.expectedPackets == expected)
            #expect(figures.lostPackets == expected - distinct.count)
            #expect(Int(figures.duplicates) == sent.count - distinct.count)
            #expect(Int(figures.outOfOrder) == late)
        }
    }

    @Test func arbitraryNumbersAndTimesNeverTrap() {
        var numbers = SeededRandom(seed: 7)
        var figures = StreamStatistics()
        for _ in 0..<200_000 {
            figures.receive(
                sequence: .random(in: 0...65535, using: &numbers),
                timestamp: .random(in: 0...UInt32.max, using: &numbers),
                marker: .random(using: &numbers), payloadType: .random(in: 0...127, using: &numbers),
                clockRate: .random(in: 0...UInt32.max, using: &numbers), isTelephoneEvent: .random(using: &numbers),
                arrival: .random(in: Int64.min...Int64.max, using: &numbers), payloadBytes: Int(numbers.next() % 70_000)
            )
        }
        #expect(figures.isConsistent && figures.packets == 200_000 && figures.payloadTypes.count == 8)
    }

    @Test func sizeOfTheState() {
        #expect(MemoryLayout<StreamStatistics>.stride <= 256)
    }
}
