import Testing

@testable import RTP

/// The expected values were computed apart from this code, with exact fractions (J += (|D| - J)/16).
@Suite("Stream figures: jitter (RFC 3550 appendix A.8)")
struct StreamStatisticsJitterTests {
    func isClose(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-3 } ?? false
    }

    func figures(_ packets: [(milliseconds: Int64, timestamp: UInt32)]) -> StreamStatistics {
        var figures = StreamStatistics()
        for (index, packet) in packets.enumerated() {
            figures.feed(index, at: packet.milliseconds * millisecond, timestamp: packet.timestamp)
        }
        return figures
    }

    /// |D| = 2, 3, 6, 5 ms; J = 0.125, 0.3046875, 0.66064453125, 0.931854248046875 ms.
    @Test func byHand() {
        let figures = figures([(0, 0), (22, 160), (39, 320), (65, 480), (80, 640)])
        #expect(isClose(figures.jitterMeanNanoseconds, 505_546.569_824))
        #expect(isClose(figures.jitterMaximumNanoseconds, 931_854.248_047))
        #expect(figures.largestGapNanoseconds == 26 * millisecond)
        #expect(figures.firstArrival == 0 && figures.lastArrival == 80 * millisecond)
    }

    @Test func timestampWraps() {
        let figures = figures([(0, 0xffff_ff60), (20, 0), (41, 160)])
        #expect(isClose(figures.jitterMeanNanoseconds, 31_250))
    }

    /// J = 0.0625, 0.05859375, 0.117431640625 ms: the duplicate (|D| = 0) is an arrival like others.
    @Test func duplicatesAreArrivals() {
        var figures = StreamStatistics()
        figures.feed(1, at: 0, timestamp: 0)
        figures.feed(2, at: 21 * millisecond, timestamp: 160)
        figures.feed(2, at: 21 * millisecond, timestamp: 160)
        figures.feed(3, at: 40 * millisecond, timestamp: 320)
        #expect(isClose(figures.jitterMeanNanoseconds, 79_508.463_542))
        #expect(isClose(figures.jitterMaximumNanoseconds, 117_431.640_625))
    }

    /// After a silence: the comfort noise, the packet after it and the marker packet move J (to 1.36 and 1.44 ms), but
    /// only 0.0625, 1.403… and 1.413… ms make mean and maximum.
    @Test func markerAndComfortNoiseStayOutOfMeanAndMaximum() {
        for noise: UInt8 in [13, 19] {
            var figures = StreamStatistics()
            figures.feed(0, at: 0, timestamp: 0, marker: true)
            figures.feed(1, at: 21 * millisecond, timestamp: 160)
            figures.feed(2, at: 40 * millisecond, timestamp: 320, payloadType: noise, clockRate: 0)
            figures.feed(3, at: 240 * millisecond, timestamp: 1760)
            figures.feed(4, at: 262 * millisecond, timestamp: 1920)
            figures.feed(5, at: 500 * millisecond, timestamp: 3840, marker: true)
            figures.feed(6, at: 521 * millisecond, timestamp: 4000)
            #expect(isClose(figures.jitterMeanNanoseconds, 959_622.045_358))
            #expect(isClose(figures.jitterMaximumNanoseconds, 1_413_061.082_363))
            #expect(figures.payloadTypes == [0, noise])
        }
    }

    /// The three event packets take no part; the packet after them is compared with the one before: 83 ms for 100 ms of
    /// timestamp, J = 1.0625, then 20 ms for 20 ms, J = 0.99609375 ms.
    @Test func telephoneEventsTakeNoPart() {
        var figures = StreamStatistics()
        figures.feed(0, at: 0, timestamp: 0)
        figures.feed(1, at: 20 * millisecond, timestamp: 160)
        for (index, arrival) in [43, 63, 83].enumerated() {
            figures.feed(
                2 + index, at: Int64(arrival) * millisecond, timestamp: 320, payloadType: 101, isEvent: true)
        }
        figures.feed(5, at: 103 * millisecond, timestamp: 960)
        figures.feed(6, at: 123 * millisecond, timestamp: 1120)
        #expect(isClose(figures.jitterMeanNanoseconds, (1_062_500 + 996_093.75) / 3))
        #expect(isClose(figures.jitterMaximumNanoseconds, 1_062_500))
        #expect(figures.clockRate == 8000 && figures.payloadTypes == [0, 101])
    }

    /// Speech goes on while a key is held (baresip): perfectly regular, whatever the events between carry.
    @Test func eventsBetweenSpeech() {
        var figures = StreamStatistics()
        for index in 0..<50 {
            let time = Int64(index) * 20 * millisecond
            figures.feed(2 * index, at: time, timestamp: UInt32(index) * 160)
            figures.feed(2 * index + 1, at: time + 10_000, timestamp: 0, payloadType: 101, isEvent: true)
        }
        #expect(figures.jitterMaximumNanoseconds == 0 && figures.lostPackets == 0)
    }

    /// A stream that begins with events has nothing to compare its first speech with.
    @Test func eventsFirst() {
        var figures = StreamStatistics()
        figures.feed(0, at: 0, timestamp: 0, payloadType: 101, isEvent: true)
        figures.feed(1, at: 500 * millisecond, timestamp: 160)
        figures.feed(2, at: 520 * millisecond, timestamp: 320)
        #expect(figures.jitterMaximumNanoseconds == 0)
    }

    @Test func otherClockRate() {
        var figures = StreamStatistics()
        for (index, arrival) in [0, 20, 55].enumerated() {
            figures.feed(
                index, at: Int64(arrival) * millisecond, timestamp: UInt32(index) * 3000, payloadType: 96,
                clockRate: 90000)
        }
        #expect(isClose(figures.jitterMeanNanoseconds, 859_375))
        #expect(isClose(figures.jitterMaximumNanoseconds, 885_416.666_667))
    }

    @Test func staticPayloadTypesNeedNoSDP() {
        var figures = StreamStatistics()
        figures.feed(0, at: 0, timestamp: 0, payloadType: 8, clockRate: 0)
        figures.feed(1, at: 22 * millisecond, timestamp: 160, payloadType: 8, clockRate: 0)
        #expect(isClose(figures.jitterMeanNanoseconds, 125_000))
        // SDP comes and says the same: nothing is disturbed.
        figures.feed(2, at: 39 * millisecond, timestamp: 320, payloadType: 8, clockRate: 8000)
        #expect(isClose(figures.jitterMaximumNanoseconds, 304_687.5))
    }

    @Test func dynamicPayloadTypesWaitForSDP() {
        var figures = StreamStatistics()
        figures.feed(0, at: 0, timestamp: 0, payloadType: 96, clockRate: 0)
        figures.feed(1, at: 90 * millisecond, timestamp: 960, payloadType: 96, clockRate: 0)
        #expect(figures.jitterMeanNanoseconds == nil && figures.jitterMaximumNanoseconds == nil)
        #expect(figures.clockRate == 0)
        // Known from here: 22 ms for 960 units of 1/48000 s.
        figures.feed(2, at: 112 * millisecond, timestamp: 1920, payloadType: 96, clockRate: 48000)
        #expect(isClose(figures.jitterMeanNanoseconds, 125_000))
    }

    /// The packet that changes the clock gives no J, the next one does, by the new clock.
    @Test func changeOfClockRate() {
        var figures = StreamStatistics()
        figures.feed(0, at: 0, timestamp: 0)
        figures.feed(1, at: 20 * millisecond, timestamp: 160)
        figures.feed(2, at: 40 * millisecond, timestamp: 9_000_000, payloadType: 97, clockRate: 16000)
        #expect(figures.jitterMaximumNanoseconds == 0)
        figures.feed(3, at: 62 * millisecond, timestamp: 9_000_320, payloadType: 97, clockRate: 16000)
        #expect(isClose(figures.jitterMaximumNanoseconds, 125_000))
        #expect(isClose(figures.jitterMeanNanoseconds, 62_500))
        #expect(figures.clockRate == 16000)
    }

    @Test func payloadTypesAreBounded() {
        var figures = StreamStatistics()
        for type: UInt8 in [0, 8, 0, 8] + Array(20...40) { figures.feed(0, at: 0, timestamp: 0, payloadType: type) }
        #expect(figures.payloadTypes == [0, 8, 20, 21, 22, 23, 24, 25])
    }
}
