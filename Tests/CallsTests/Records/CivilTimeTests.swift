import Foundation
import Testing

@testable import Calls

@Suite("RFC 3339 times")
struct CivilTimeTests {
    func shown(_ nanoseconds: Int64) -> String { text { $0.append(time: nanoseconds) } }

    @Test func knownDates() {
        #expect(shown(0) == "1970-01-01T00:00:00.000000000Z")
        #expect(shown(-1) == "1969-12-31T23:59:59.999999999Z")
        #expect(shown(951_782_400_000_000_000) == "2000-02-29T00:00:00.000000000Z")
        #expect(shown(951_868_800_000_000_000) == "2000-03-01T00:00:00.000000000Z")
        #expect(shown(sampleStart + 123_456_789) == "2026-01-02T03:04:05.123456789Z")
        #expect(shown(4_107_542_399_999_999_999) == "2100-02-28T23:59:59.999999999Z")
        #expect(shown(4_107_542_400_000_000_000) == "2100-03-01T00:00:00.000000000Z")
        #expect(shown(.max) == "2262-04-11T23:47:16.854775807Z")
        #expect(shown(.min) == "1677-09-21T00:12:43.145224192Z")
    }

    /// Every day from 1678 to 2261, against the calendar counted on by hand.
    @Test func everyDay() {
        let start = Int64(-106_650)
        let first = CivilTime(nanoseconds: start * 86400 * 1_000_000_000)
        var (year, month, day) = (first.year, first.month, first.day)
        #expect(year == 1678 && month == 1 && day == 1)
        var wrong = 0
        for offset in 0..<Int64(213_000) {
            let time = CivilTime(nanoseconds: (start + offset) * 86400 * 1_000_000_000 + 86_399_999_999_999)
            if time.year != year || time.month != month || time.day != day || time.second != 59 { wrong += 1 }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            day += 1
            if day > [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] {
                day = 1
                month += 1
            }
            if month > 12 {
                month = 1
                year += 1
            }
        }
        #expect(wrong == 0 && year == 2261)
    }
}
