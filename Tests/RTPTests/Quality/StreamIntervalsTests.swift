import TestSupport
import Testing

@testable import RTP

/// Intervals, against sorting the packets of a stream into them one by one.
struct StreamIntervalsTests {
    struct Packet {
        var number: Int
        /// Nanoseconds since the stream's first packet.
        var time: Int64
    }

    /// A stream as a worker follows it.
    struct Followed {
        var statistics = StreamStatistics()
        var intervals: StreamIntervals?
        var end = Int64.min
        /// Packets that took the long way.
        var long = 0

        mutating func receive(_ packet: Packet, start: Int64 = 1_700_000_000_000_000_000) {
            let arrival = start &+ packet.time
            func receive(_ statistics: inout StreamStatistics) {
                statistics.receive(
                    sequence: UInt16(truncatingIfNeeded: packet.number),
                    timestamp: UInt32(truncatingIfNeeded: packet.number &* 160), marker: false, payloadType: 0,
                    clockRate: 8000, isTelephoneEvent: false, arrival: arrival, payloadBytes: 172)
            }
            if arrival < end {
                receive(&statistics)
            } else if statistics.packets == 0 {
                end = StreamIntervals.firstEnd(arrival)
                receive(&statistics)
            } else {
                long += 1
                var ended = intervals ?? StreamIntervals(start: statistics.firstArrival)
                end = ended.receive(&statistics, arrival: arrival, receive)
                intervals = ended
            }
        }

        var all: (length: Int64, figures: [IntervalFigures]) {
            intervals?.all(statistics) ?? StreamIntervals.only(statistics)
        }
    }

    private func follow(_ packets: [Packet]) -> Followed {
        var followed = Followed()
        for packet in packets { followed.receive(packet) }
        return followed
    }

    private func steady(_ numbers: some Sequence<Int>, from first: Int = 0) -> [Packet] {
        numbers.map { Packet(number: first + $0, time: Int64($0) * 20_000_000) }
    }

    private func check(_ followed: Followed, _ note: Comment? = nil) {
        let all = followed.all.figures
        #expect(all.reduce(0) { $0 + $1.packets } == followed.statistics.packets, note)
        #expect(all.reduce(0) { $0 + $1.lost } == UInt64(followed.statistics.lostPackets), note)
        let jitter = followed.statistics.jitterMaximumNanoseconds.map { IntervalFigures.microseconds($0) }
        #expect(all.compactMap(\.jitterMaximum).max() == jitter, note)
        #expect(all.count <= Int(StreamIntervals.limit), note)
    }

    @Test func aFaultlessMinute() {
        let followed = follow(steady(0..<3000))
        #expect(followed.all.length == 5_000_000_000)
        #expect(followed.all.figures.map(\.packets) == Array(repeating: 250, count: 12))
        #expect(followed.all.figures.allSatisfy { $0.lost == 0 && $0.bursts == 0 && $0.surplus == 0 })
        #expect(followed.long == 11)
        check(followed)
    }

    @Test func shortStreamsHaveOne() {
        let followed = follow(steady(0..<100))
        #expect(followed.intervals == nil)
        #expect(followed.all.figures.map(\.packets) == [100])
        check(followed)
    }

    @Test func aBadStretchShows() {
        // Every third packet of the seconds 20 to 25 is lost.
        let followed = follow(steady((0..<3000).filter { !(1000..<1250).contains($0) || $0 % 3 != 1 }))
        #expect(
            followed.all.figures.map(\.lost) == [0, 0, 0, 0, 84, 0, 0, 0, 0, 0, 0, 0]
                || followed.all.figures[4].lost == 83)
        #expect(followed.all.figures[4].bursts == followed.all.figures[4].lost)
        check(followed)
    }

    /// Nothing for twelve seconds, from 3 s on: 100 lost in the first interval, 250 in the second, 250 in the third.
    @Test func aPauseWithLossIsSpreadOverItsIntervals() {
        let followed = follow(steady((0..<1500).filter { !(150..<750).contains($0) }))
        #expect(followed.all.figures.map(\.packets) == [150, 0, 0, 250, 250, 250])
        let lost = followed.all.figures.map(\.lost)
        #expect(lost.reduce(0, +) == 600)
        #expect(zip(lost, [100, 250, 250, 0, 0, 0]).allSatisfy { ($0 > $1 ? $0 - $1 : $1 - $0) <= 2 })
        #expect(followed.all.figures.map(\.bursts).prefix(3) == [1, 1, 1])
        check(followed)
    }

    /// A pause of 80 s: more numbers than one packet is believed for.
    @Test func aLongPauseIsBelievedWithTheSecondPacket() {
        let followed = follow(steady((0..<5000).filter { !(100..<4100).contains($0) }))
        let lost = followed.all.figures.map(\.lost)
        #expect(lost.reduce(0, +) == 4000)
        #expect(lost[1..<16].allSatisfy { (248...252).contains($0) })
        #expect(
            followed.all.figures.map(\.packets).prefix(17) == [100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 150])
        check(followed)
    }

    @Test func silenceIsNoLoss() {
        var packets = steady(0..<100)
        packets += (100..<400).map { Packet(number: $0, time: Int64($0) * 20_000_000 + 30_000_000_000) }
        let followed = follow(packets)
        #expect(followed.all.figures.map(\.packets) == [100, 0, 0, 0, 0, 0, 150, 150])
        #expect(followed.all.figures.allSatisfy { $0.lost == 0 })
        check(followed)
    }

    @Test func whatComesLateIsTakenOffTheIntervalBefore() {
        var packets = steady(0..<500)
        // Numbers 245 to 249 come 200 ms late, after the interval's end.
        let late = packets[245..<250].map { Packet(number: $0.number, time: 5_100_000_000 + Int64($0.number)) }
        packets.removeSubrange(245..<250)
        let place = packets.firstIndex { $0.time > 5_100_000_000 } ?? 0
        packets.insert(contentsOf: late, at: place)
        let followed = follow(packets)
        #expect(followed.all.figures.map(\.packets) == [245, 255])
        #expect(followed.all.figures.map(\.lost) == [0, 0])
        check(followed)
    }

    @Test func neighboursArePutTogetherBeyondTheLimit() {
        // 25 minutes and 2 s of a packet every 100 ms.
        let followed = follow((0..<15020).map { Packet(number: $0, time: Int64($0) * 100_000_000) })
        #expect(followed.all.length == 10_000_000_000)
        #expect(followed.all.figures.map(\.packets) == Array(repeating: 100, count: 150) + [20])
        check(followed)
    }

    @Test(arguments: [240, 241, 242, 479, 480, 481, 482, 959, 961, 2000])
    func everyLengthAroundTheLimit(intervals: Int) {
        let followed = follow((0..<intervals).map { Packet(number: $0, time: Int64($0) * 5_000_000_000 + 1) })
        #expect(followed.all.figures.reduce(0) { $0 + $1.packets } == UInt64(intervals))
        let length = Int(followed.all.length / 5_000_000_000)
        #expect(followed.all.figures.count == (intervals + length - 1) / length)
        check(followed)
    }

    @Test(arguments: [Int64.max, Int64.max / 2, Int64(1) << 62, Int64(315_360_000_000_000_000)])
    func timesThatLeapAndGoBack(leap: Int64) {
        var followed = Followed()
        for (number, time) in [Int64(0), 20_000_000, leap, 40_000_000, leap, -leap, 60_000_000, .min, .max].enumerated()
        {
            followed.receive(Packet(number: number, time: time), start: 0)
        }
        #expect(followed.all.figures.reduce(0) { $0 + $1.packets } == 9)
        #expect(followed.all.figures.count <= Int(StreamIntervals.limit))
    }

    /// Loss, jitter, reordering, duplicates and pauses at random: sums agree, and packets lie where they came.
    @Test(arguments: UInt64(1)...80)
    func anyStream(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var packets: [Packet] = []
        var time: Int64 = 0
        var number = random.below(65536)
        for _ in 0..<(500 + random.below(6000)) {
            time += 20_000_000
            number += 1
            switch random.below(400) {
            case 0: time += Int64(random.below(40)) * 1_000_000_000
            case 1:
                let missing = 1 + random.below(1500)
                number += missing
                time += Int64(missing) * 20_000_000
            case 2: number += 1 + random.below(5)
            default: break
            }
            let jitter = Int64(random.below(random.below(30) == 0 ? 60_000_000 : 4_000_000))
            packets.append(Packet(number: number, time: time + jitter))
            if random.below(100) == 0 { packets.append(Packet(number: number, time: time + jitter + 5_000_000)) }
        }
        packets.sort { $0.time < $1.time }
        let offset = packets[0].time
        packets = packets.map { Packet(number: $0.number, time: $0.time - offset) }
        let followed = follow(packets)
        check(followed, "seed \(seed)")
        var counts = Array(repeating: UInt64(0), count: followed.all.figures.count)
        for packet in packets { counts[Int(packet.time / followed.all.length)] += 1 }
        #expect(followed.all.figures.map(\.packets) == counts, "seed \(seed)")
    }

    @Test func encodingKeepsEverything() {
        var bytes: [UInt8] = []
        var all: [IntervalFigures] = []
        for value: UInt64 in [0, 1, 127, 128, 16383, 16384, 1 << 40, 1 << 60] {
            var figures = IntervalFigures()
            figures.packets = value
            figures.lost = value / 2
            figures.bursts = value / 4
            figures.surplus = value / 8
            figures.jitterMaximum = value % 2 == 0 ? nil : Int64(value) * 1000
            figures.encode(to: &bytes)
            all.append(figures)
        }
        var place = 0
        for figures in all {
            var expected = figures
            if figures.lost == 0 { expected.bursts = 0 }
            #expect(IntervalFigures(decoding: bytes, at: &place) == expected)
        }
        #expect(place == bytes.count)
    }

    /// Five bytes, as the documentation says.
    @Test func intervalsAreSmall() {
        let followed = follow(
            (0..<9000).map { Packet(number: $0, time: Int64($0) * 20_000_000 + Int64($0 % 7) * 300_000) })
        var bytes: [UInt8] = []
        for figures in followed.all.figures { figures.encode(to: &bytes) }
        #expect(bytes.count <= 5 * followed.all.figures.count)
    }
}
