import Testing

@testable import Service

@Suite struct MemoryWatchTests {
    @Test func eachThresholdIsToldOnce() {
        var level = MemoryLevel()
        let told = [10, 74, 75, 80, 74, 90, 99, 75, 71, 69, 10, 95, 60].map { level.pass($0, of: 100) }
        #expect(told == [[], [], [75], [], [], [90], [], [], [], [0], [], [75, 90], [0]])
    }

    /// `grep -i memory | grep -i warn` of the runbook finds a line, however fast memory ran short.
    @Test func bothThresholdsAtOnce() {
        var level = MemoryLevel()
        #expect(level.pass(200, of: 100) == [75, 90])
        #expect(level.pass(200, of: 100) == [])
    }

    @Test func noBudgetIsNoThreshold() {
        var level = MemoryLevel()
        #expect(level.pass(.max, of: 0).isEmpty)
    }

    @Test func theResidentMemoryIsRead() throws {
        let bytes = try #require(MemoryWatch.residentBytes)
        #expect(bytes > 1 << 20 && bytes < 1 << 36)
    }
}
