import Testing

@testable import Capture

/// Packets at given times, handed out in batches of given sizes; `nil` is an idle moment.
private final class ListSource: PacketSource {
    private var steps: [[Int64]?]
    let interfaces = [
        CaptureInterface(linkType: LinkType.ethernet, name: nil, snapLength: 0, isFinerThanMicrosecond: false)
    ]
    let linkTypes = [LinkType.ethernet]
    let isNanosecond = false
    let statistics = CaptureStatistics()
    let damages: [CaptureDamage] = []
    private(set) var packetsRead = 0

    init(_ steps: [[Int64]?]) { self.steps = steps }

    func read(into batch: inout PacketBatch, limit: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        guard let step = steps.first else { return .endOfInput }
        guard let times = step else {
            steps.removeFirst()
            return .idle
        }
        for time in times.prefix(limit) {
            batch.packets.append(
                CapturedPacket(timestamp: time, offset: 0, capturedLength: 1, originalLength: 1, interface: 0))
        }
        packetsRead += batch.count
        if times.count > limit { steps[0] = Array(times.dropFirst(limit)) } else { steps.removeFirst() }
        return .packets
    }
}

@Suite struct WindowedSourceTests {
    private func times(_ window: CaptureWindow, _ steps: [[Int64]?]) throws -> [Int64] {
        try readAll(WindowedSource(ListSource(steps), window, isLive: false)).map(\.time)
    }

    @Test func countIsOfPacketsReadWhetherInsideOrNot() throws {
        #expect(try times(CaptureWindow(count: 3), [[1, 2], [3, 4, 5]]) == [1, 2, 3])
        #expect(try times(CaptureWindow(count: 3, fromTime: 3), [[1, 2], [3, 4, 5]]) == [3])
        #expect(try times(CaptureWindow(count: 9), [[1, 2]]) == [1, 2])
        #expect(try times(CaptureWindow(count: 0), [[1, 2]]) == [])
    }

    @Test func countReadsNoPacketMore() throws {
        let base = ListSource([[1, 2, 3, 4, 5]])
        _ = try readAll(WindowedSource(base, CaptureWindow(count: 2), isLive: false))
        #expect(base.packetsRead == 2)
    }

    @Test func fromIsInclusiveAndToIsExclusive() throws {
        #expect(try times(CaptureWindow(fromTime: 2, toTime: 4), [[1, 2, 3], [4, 5]]) == [2, 3])
        // A file out of order is read to its end.
        #expect(try times(CaptureWindow(toTime: 4), [Array(repeating: 9, count: 100), [1, 4, 3]]) == [1, 3])
        #expect(try times(CaptureWindow(fromTime: 10), [[1, 2], [3]]) == [])
    }

    @Test func durationCountsFromTheFirstPacketInside() throws {
        #expect(try times(CaptureWindow(duration: 10), [[5, 14, 15, 6]]) == [5, 14, 6])
        #expect(try times(CaptureWindow(fromTime: 7, duration: 10), [[5, 8, 17, 18]]) == [8, 17])
        #expect(try times(CaptureWindow(duration: .max), [[5, .max]]) == [5])
    }

    @Test func durationEndsTheInputWhenSeveralPacketsSaySo() throws {
        let late = Array(repeating: Int64(100), count: WindowedSource.confirmationsNeeded)
        #expect(try times(CaptureWindow(duration: 10), [[5] + late.dropLast(), [6], [7]]) == [5, 6, 7])
        #expect(try times(CaptureWindow(duration: 10), [[5] + late, [6]]) == [5])
    }

    @Test func liveAnIdleInterfaceEndsToo() throws {
        var now: Int64 = 1000
        let second: Int64 = 1_000_000_000
        let base = ListSource([nil, nil, nil, nil])
        let source = WindowedSource(base, CaptureWindow(duration: second), isLive: true, clock: { now })
        var batch = PacketBatch()
        #expect(try source.read(into: &batch, limit: 10) == .idle)
        now += second
        // The kernel may still hold packets from before the end.
        #expect(try source.read(into: &batch, limit: 10) == .idle)
        now += WindowedSource.patience
        #expect(try source.read(into: &batch, limit: 10) == .endOfInput)
    }

    @Test func livePacketsOutsideLetTimeGoOn() throws {
        let source = WindowedSource(
            ListSource([[1], [50]]), CaptureWindow(fromTime: 50), isLive: true, clock: { 0 })
        var batch = PacketBatch()
        #expect(try source.read(into: &batch, limit: 10) == .idle)
        #expect(try source.read(into: &batch, limit: 10) == .packets)
        let count = batch.count
        #expect(count == 1)
        #expect(source.packetsOutside == 1)
    }
}
