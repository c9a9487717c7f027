import Testing

@testable import Service

@Suite struct ProgressBarTests {
    static let second: Int64 = 1_000_000_000

    @Test func shareRateAndTimeLeft() {
        let bar = ProgressBar(totalBytes: 1000, now: 0)
        let line = bar.line(bytesRead: 250, packets: 3_000_000, now: 10 * Self.second, width: 80)
        #expect(line == "[======                     ]   25%  3000000 packets  300k packets/s  0:30 left")
        #expect(line.count < 80)
    }

    @Test func withoutASizeThereIsNoBar() {
        let line = ProgressBar(totalBytes: nil, now: 0).line(bytesRead: 9, packets: 5, now: Self.second, width: 80)
        #expect(line == "5 packets  5 packets/s")
    }

    @Test func anyNumbersFitIntoAnyTerminal() {
        for total: Int64 in [1, 1000, .max] {
            for read: Int64 in [0, 1, 999, .max] {
                for now: Int64 in [0, 1, Self.second, 500_000 * Self.second] {
                    for width in [0, 1, 10, 40, 80, 300] {
                        let bar = ProgressBar(totalBytes: total, now: 0)
                        let line = bar.line(bytesRead: read, packets: .max / 2, now: now, width: width)
                        #expect(line.count <= max(0, width - 1), "\(line)")
                    }
                }
            }
        }
    }
}
