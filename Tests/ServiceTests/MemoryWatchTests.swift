import Testing

@testable import Service

@Suite struct MemoryWatchTests {
    @Test func eachThresholdIsToldOnce() {
        var level = MemoryLevel()
        let told = [10, 74, 75, 80, 74, 90, 99, 75, 71, 69, 10, 95, 60].map { level.pass($0, of: 100) }
        #expect(told == [nil, nil, 75, nil, nil, 90, nil, nil, nil, 0, nil, 90, 0])
    }

    @Test func noBudgetIsNoThreshold() {
        var level = MemoryLevel()
        #expect(level.pass(.max, of: 0) == nil)
    }

    @Test func theResidentMemoryIsRead() throws {
        let bytes = try #require(MemoryWatch.residentBytes)
        #expect(bytes > 1 << 20 && bytes < 1 << 36)
    }
}
