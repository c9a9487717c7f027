import Calls
import Glibc
import Synchronization
import Testing

@testable import Capture
@testable import Engine

/// A source that counts up: every packet holds its number. It stops like a live one: what it "holds" still comes.
private final class CountingSource: PacketSource, @unchecked Sendable {
    // Used by the reading thread only, but for `isStopping`.
    private var next: UInt32 = 0
    private var reads = 0
    private let total: UInt32
    /// Packets handed out after a stop.
    private var afterStop: UInt32 = 700
    private let error: CaptureError?
    let isStopping = Atomic<Bool>(false)
    let interfaces = [
        CaptureInterface(linkType: LinkType.ethernet, name: "test0", snapLength: 0, isFinerThanMicrosecond: false)
    ]
    let linkTypes = [LinkType.ethernet]
    let isNanosecond = false
    var statistics: CaptureStatistics {
        var statistics = CaptureStatistics()
        statistics.received = UInt64(next)
        return statistics
    }
    let damages: [CaptureDamage] = []

    init(total: UInt32, error: CaptureError? = nil) {
        self.total = total
        self.error = error
    }

    func read(into batch: inout PacketBatch, limit: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        reads += 1
        if reads % 97 == 0 { return .idle }
        var left = total - next
        if isStopping.load(ordering: .acquiring) {
            left = min(left, afterStop)
            afterStop -= min(afterStop, UInt32(clamping: limit))
        }
        guard left > 0 else {
            if let error { throw error }
            return .endOfInput
        }
        for _ in 0..<min(left, UInt32(limit), 1 + next % 50) {
            let offset = batch.count * 4
            for byte in 0..<4 { batch.bytes[offset + byte] = UInt8(truncatingIfNeeded: next >> (8 * UInt32(byte))) }
            batch.packets.append(
                CapturedPacket(
                    timestamp: Int64(next), offset: UInt32(offset), capturedLength: 4, originalLength: 4, interface: 0))
            next += 1
        }
        return .packets
    }
}

/// A source that never comes back from a read until it is let go, like a pipe nobody writes to.
private final class SilentSource: PacketSource, @unchecked Sendable {
    let gate = BoundedQueue<SilentSource>(capacity: 1)
    let interfaces: [CaptureInterface] = []
    let linkTypes: [UInt32] = []
    let isNanosecond = false
    let statistics = CaptureStatistics()
    let damages: [CaptureDamage] = []

    func read(into batch: inout PacketBatch, limit: Int) throws(CaptureError) -> ReadStatus {
        _ = gate.pop()
        return .endOfInput
    }
}

@Suite struct QueuedSourceTests {
    private func number(_ packet: CapturedPacket, _ batch: borrowing PacketBatch) -> UInt32 {
        let bytes = batch.bytes[packet.range]
        return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads all; now and then slowly, so that the queue fills.
    private func readAll(_ source: QueuedSource, pause: UInt32, stopAfter: Int = .max, stop: () -> Void = {}) throws
        -> [UInt32]
    {
        var batch = PacketBatch()
        var numbers: [UInt32] = []
        var reads = 0
        reading: while true {
            reads += 1
            if pause > 0, reads % 50 == 0 { usleep(pause) }
            if reads == stopAfter { stop() }
            switch try source.read(into: &batch, limit: 64) {
            case .idle: continue
            case .endOfInput: break reading
            case .packets:
                for packet in batch.packets {
                    #expect(source.interfaces[Int(packet.interface)].name == "test0")
                    numbers.append(number(packet, batch))
                }
            }
        }
        return numbers
    }

    @Test(arguments: [1, 2, 16]) func waitingLosesNothingAndKeepsTheOrder(depth: Int) throws {
        let base = CountingSource(total: 200_000)
        let source = QueuedSource(base, overload: .wait, limit: 64, depth: depth, stopping: .afterRead)
        let numbers = try readAll(source, pause: 100)
        #expect(numbers.elementsEqual(0..<200_000))
        #expect(source.statistics.droppedByQueue == 0)
        #expect(source.statistics.received == 200_000)
        var batch = PacketBatch()
        #expect(try source.read(into: &batch, limit: 1) == .endOfInput)
    }

    @Test(arguments: [1, 4]) func droppingCountsEveryPacket(depth: Int) throws {
        let base = CountingSource(total: 200_000)
        let source = QueuedSource(base, overload: .drop, limit: 64, depth: depth, stopping: .afterRead)
        usleep(50_000)
        let numbers = try readAll(source, pause: 1000)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        #expect(source.statistics.droppedByQueue > 0)
        #expect(numbers.count + Int(source.statistics.droppedByQueue) == 200_000)
    }

    @Test func aStopStillGivesWhatTheSourceHolds() throws {
        let base = CountingSource(total: .max)
        let source = QueuedSource(
            base, overload: .wait, limit: 64,
            stopping: .byTelling { base.isStopping.store(true, ordering: .releasing) })
        let numbers = try readAll(source, pause: 0, stopAfter: 1000, stop: source.stopper)
        #expect(numbers.count > 1000)
        #expect(numbers.elementsEqual(0...(numbers.last ?? 0)))
        // Everything that the source handed out arrived.
        #expect(source.statistics.received == UInt64(numbers.last ?? 0) + 1)
    }

    @Test func aStopDoesNotWaitForASilentPipe() throws {
        let base = SilentSource()
        let source = QueuedSource(base, overload: .wait, limit: 64, stopping: .leaving)
        var batch = PacketBatch()
        #expect(try source.read(into: &batch, limit: 1) == .idle)
        source.stopper()
        #expect(try source.read(into: &batch, limit: 1) == .endOfInput)
        #expect(source.isLeftBehind)
        base.gate.push(base)
    }

    /// A file goes on for ever here; the read that is at work when somebody says stop is the last.
    @Test func aStopEndsAFileBehindTheReadThatIsGoingOn() throws {
        let base = CountingSource(total: .max)
        let source = QueuedSource(base, overload: .wait, limit: 64, depth: 2, stopping: .afterRead)
        let numbers = try readAll(source, pause: 0, stopAfter: 1000, stop: source.stopper)
        #expect(numbers.count > 1000)
        #expect(numbers.elementsEqual(0...(numbers.last ?? 0)))
        #expect(source.statistics.received == UInt64(numbers.last ?? 0) + 1)
        #expect(!source.isLeftBehind)
    }

    /// The reading thread waits for room that never comes; with the source it goes.
    @Test func nobodyReadsOnForASourceThatIsGone() throws {
        weak let base = try { () throws -> CountingSource in
            let base = CountingSource(total: .max)
            let source = QueuedSource(base, overload: .wait, limit: 64, depth: 1, stopping: .afterRead)
            var batch = PacketBatch()
            #expect(try source.read(into: &batch, limit: 64) == .packets)
            return base
        }()
        for _ in 0..<2000 where base != nil { usleep(1000) }
        #expect(base == nil)
    }

    @Test func anErrorComesBehindThePackets() throws {
        let error = CaptureError(.readFailed, "test0", detail: "gone", hint: "none")
        let source = QueuedSource(
            CountingSource(total: 500, error: error), overload: .wait, limit: 64, stopping: .afterRead)
        var batch = PacketBatch()
        var packets = 0
        do throws(CaptureError) {
            while try source.read(into: &batch, limit: 64) != .endOfInput { packets += batch.count }
            Issue.record("the error is missing")
        } catch {
            #expect(error.detail == "gone")
        }
        #expect(packets == 500)
        #expect(try source.read(into: &batch, limit: 64) == .endOfInput)
    }

    @Test(arguments: [1, 2]) func theLedgerBalancesWithDroppedPackets(workers: Int) throws {
        let base = CountingSource(total: 100_000)
        var options = EngineOptions()
        options.workers = workers
        let source = QueuedSource(base, overload: .drop, limit: 64, depth: 1, stopping: .afterRead)
        usleep(20_000)
        let sniffer = Sniffer(
            options, formats: RecordFormats(json: false, line: .none), directory: nil, isLive: true,
            control: SnifferControl(), deliver: { _ in })
        let ledger = try sniffer.run(source).summary.ledger
        #expect(ledger.check() == nil)
        #expect(ledger[.queueDropped] == source.statistics.droppedByQueue)
        #expect(ledger[.queueDropped] > 0)
        #expect(ledger.captured == 100_000)
    }

    @Test func aStopRunsItsActionsOnceWheneverTheyCame() {
        let control = SnifferControl()
        let calls = Mutex([0, 0])
        control.onStop { calls.withLock { $0[0] += 1 } }
        control.stop()
        control.stop()
        control.onStop { calls.withLock { $0[1] += 1 } }
        #expect(calls.withLock { $0 } == [1, 1])
    }
}
