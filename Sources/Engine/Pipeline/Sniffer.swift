import Archive
import Calls
import Capture
import Glibc

/// The whole engine: packets in, records and per-call files out.
///
/// The calling thread tracks, and each worker has a thread of its own; with none, tracker and one worker take turns on the
/// calling thread. Output does not depend on which.
public final class Sniffer {
    private let options: EngineOptions
    private let control: SnifferControl
    private let formats: RecordFormats
    private let sequencer: RecordSequencer
    private let directory: ArchiveDirectory?
    private let isLive: Bool
    /// When the last packets came, wall clock; kept only for those whose own times are another clock's.
    private var lastRead: Int64 = 0
    /// Called from the tracker's thread about four times a second while packets come, and on request (`SIGUSR1`).
    public var onProgress: ((SnifferProgress) -> Void)?

    /// - Parameter deliver: takes each record in its order; called from whichever thread completes the order, one at a time.
    public init(
        _ options: EngineOptions, formats: RecordFormats, directory: ArchiveDirectory?, isLive: Bool,
        control: SnifferControl, deliver: @escaping @Sendable (OutgoingRecord) -> Void
    ) {
        self.options = options
        self.control = control
        self.directory = directory
        self.isLive = isLive
        self.formats = formats
        sequencer = RecordSequencer(formats, deliver: deliver)
    }

    /// Runs until the input ends or `control` says stop. Returns the summary and what is to be said about the run.
    public func run(_ source: any PacketSource) throws(CaptureError) -> SnifferResult {
        let nanoseconds = isLive ? options.archive?.nanoseconds ?? false : source.isNanosecond
        let seed = (source as? QueuedSource)?.seed ?? UInt64.random(in: 1 ... .max)
        var tracker = Tracker(options, seed: seed)
        var result: SnifferResult
        if options.workers <= 0 {
            result = try runOnOneThread(source, &tracker, nanoseconds)
        } else {
            result = try runWithWorkers(source, &tracker, nanoseconds)
        }
        result.summary = makeSummary(tracker, source, result.totals)
        result.orphans = tracker.orphans?.records ?? []
        result.damages = source.damages
        return result
    }

    // MARK: One thread

    private func runOnOneThread(
        _ source: any PacketSource, _ tracker: inout Tracker, _ nanoseconds: Bool
    ) throws(CaptureError) -> SnifferResult {
        let worker = WorkerBox(Sniffer.makeWorker(0, options, directory, nanoseconds))
        let records = RecordThread(sequencer, isNeeded: false)
        var batch = TrackedBatch()
        var pace = Pace()
        let queued = source as? QueuedSource
        var readError: CaptureError?
        reading: while goesOn(source) {
            batch.removeAll()
            keepUp(&tracker)
            switch read(source, queued, into: &batch, &readError) {
            case .packets:
                tracker.setInterfaces(source.interfaces)
                tracker.process(&batch)
                queued?.readsMessages = batch.isMostlySignalling
            case .idle:
                tick(&tracker, &batch)
            case .endOfInput:
                break reading
            }
            worker.process(batch, source.interfaces, records)
            if let question = control.takeQuestion() { worker.answer(LiveRound(question, tracker, workers: 1)) }
            if isLive { worker.flush(interval: options.limits.flushInterval) }
            report(tracker, source, nil, &pace)
        }
        batch.removeAll()
        batch.captured.removeAll()
        tracker.finish(&batch)
        repeat {
            worker.process(batch, source.interfaces, records)
            batch.removeAll()
        } while tracker.finishCalls(&batch)
        if let readError, tracker.nextPosition == 0 { throw readError }
        return SnifferResult(totals: worker.totals, readError: readError)
    }

    // MARK: Worker threads

    private func runWithWorkers(
        _ source: any PacketSource, _ tracker: inout Tracker, _ nanoseconds: Bool
    ) throws(CaptureError) -> SnifferResult {
        let (options, directory) = (options, directory)
        let records = RecordThread(sequencer, isNeeded: !formats.areNone)
        let pool = WorkerPool(
            workers: (0..<min(options.workers, 255)).map { index in
                { @Sendable in WorkerBox(Sniffer.makeWorker(index, options, directory, nanoseconds)) }
            }, records: records, flushInterval: isLive ? options.limits.flushInterval : nil)
        var pace = Pace()
        let queued = source as? QueuedSource
        var readError: CaptureError?
        reading: while goesOn(source) {
            guard let box = pool.take() else { break }
            box.batch.removeAll()
            keepUp(&tracker)
            switch read(source, queued, into: &box.batch, &readError) {
            case .packets:
                tracker.setInterfaces(source.interfaces)
                tracker.process(&box.batch)
                queued?.readsMessages = box.batch.isMostlySignalling
            case .idle:
                tick(&tracker, &box.batch)
            case .endOfInput:
                break reading
            }
            box.interfaces = source.interfaces
            report(tracker, source, pool, &pace)
            box.question = control.takeQuestion().map { LiveRound($0, tracker, workers: pool.workers) }
            pool.publish(box)
        }
        finish(&tracker, source, pool)
        let totals = pool.finish()
        if let readError, tracker.nextPosition == 0 { throw readError }
        return SnifferResult(totals: totals, readError: readError)
    }

    private func finish(_ tracker: inout Tracker, _ source: any PacketSource, _ pool: WorkerPool) {
        var hasFinished = false
        while let box = pool.take() {
            box.batch.removeAll()
            box.batch.captured.removeAll()
            box.interfaces = source.interfaces
            box.question = nil
            if !hasFinished {
                tracker.finish(&box.batch)
                hasFinished = true
            } else if !tracker.finishCalls(&box.batch) {
                return
            }
            pool.publish(box)
        }
    }

    /// A queue is read to its end after a stop: what it holds has been captured.
    private func goesOn(_ source: any PacketSource) -> Bool { !control.isStopping || source is QueuedSource }

    /// Shows that the run goes on, and takes over what others want changed.
    private func keepUp(_ tracker: inout Tracker) {
        control.beat()
        guard let change = control.takeChange() else { return }
        tracker.change(to: change.options)
        change.applied()
    }

    /// Live, time passes although no packet comes. The kernel may hold packets back for a moment, and they must not find
    /// the clock past them.
    private func tick(_ tracker: inout Tracker, _ batch: inout TrackedBatch) {
        batch.captured.removeAll()
        guard isLive else { return }
        var now = WallClock.now()
        // Agents may tell of another time than now: it goes on from the last packet.
        if options.isSynthesized {
            guard let last = tracker.lastPacketTime else { return }
            now = last &+ (now - lastRead)
        }
        tracker.tick(to: now - 1_000_000_000, &batch)
    }

    /// A read error in the middle ends the input; what came before is kept.
    ///
    /// - Parameter queued: the source, if it is one that may read messages as well.
    private func read(
        _ source: any PacketSource, _ queued: QueuedSource?, into batch: inout TrackedBatch,
        _ readError: inout CaptureError?
    ) -> ReadStatus {
        do throws(CaptureError) {
            let status: ReadStatus
            if let queued {
                status = try queued.read(into: &batch.captured, &batch.datagrams)
            } else {
                batch.captured.growArena()
                status = try source.read(into: &batch.captured, limit: options.limits.batchSize)
            }
            if options.isSynthesized, status == .packets { lastRead = WallClock.now() }
            return status
        } catch {
            readError = error
            return .endOfInput
        }
    }

    static func makeWorker(
        _ index: Int, _ options: EngineOptions, _ directory: ArchiveDirectory?, _ nanoseconds: Bool
    ) -> Worker {
        guard let directory, let archive = options.archive else {
            return Worker(index: index, options: options, writer: nil)
        }
        var files = CallFileOptions()
        files.nanoseconds = nanoseconds
        files.maxFileSize = UInt64(max(0, archive.maxFileSize))
        files.overwrite = archive.overwrite
        files.finishedSuffix = archive.finishedSuffix
        files.leavesPending = archive.leavesPending
        // The tracker says what is not to be held, for all workers together (`UndecidedPackets`).
        files.heldByteLimit = .max
        let budget = options.limits.writeBufferBytes / max(1, options.workers)
        return Worker(
            index: index, options: options,
            writer: CallFileWriter(directory: directory, options: files, bufferBudget: budget))
    }

    // MARK: Progress and summary

    private struct Pace {
        var lastReport: Int64 = 0
        var lastPosition: UInt64 = 0
        var delays = DelayCounts()
    }

    private func report(
        _ tracker: borrowing Tracker, _ source: any PacketSource, _ pool: WorkerPool?, _ pace: inout Pace
    ) {
        guard let onProgress else { return }
        let requested = control.takeReportRequest()
        let now = WallClock.now()
        if isLive, tracker.nextPosition != pace.lastPosition, let last = tracker.lastPacketTime {
            pace.lastPosition = tracker.nextPosition
            pace.delays.count(now &- last)
        }
        guard requested || now - pace.lastReport >= 250_000_000 else { return }
        pace.lastReport = now
        var progress = SnifferProgress(
            isRequested: requested, packets: tracker.nextPosition, bytes: tracker.capturedBytes,
            liveCalls: tracker.calls.count,
            ledger: ledger(tracker, source), counters: tracker.namedCounters(source.statistics),
            interfaces: source.statistics.interfaces.map { InterfaceRecord($0) },
            tcpBytesHeld: tracker.held.segmentBytes)
        progress.delays = pace.delays
        if let source = source as? QueuedSource {
            progress.queues.append(QueueRecord(name: "capture", depth: source.depth, capacity: source.capacity))
        }
        if let pool {
            progress.queues.append(
                QueueRecord(name: "workers", depth: pool.depth, capacity: WorkerPool.queueDepth))
            progress.queues.append(
                QueueRecord(name: "records", depth: pool.records.depth, capacity: RecordThread.queueDepth))
        }
        onProgress(progress)
    }

    /// The tracker's ledger and what never reached the tracker.
    private func ledger(_ tracker: borrowing Tracker, _ source: any PacketSource) -> PacketLedger {
        var ledger = tracker.ledger
        let statistics = source.statistics
        ledger.kernelDropped = statistics.droppedByKernel
        ledger.interfaceDropped = statistics.droppedByInterface
        ledger.countCaptured(statistics.droppedByQueue)
        ledger.count(.queueDropped, statistics.droppedByQueue)
        ledger.count(.noCall, statistics.droppedByQueue)
        return ledger
    }

    private func makeSummary(
        _ tracker: borrowing Tracker, _ source: any PacketSource, _ totals: WorkerTotals
    ) -> SummaryRecord {
        var summary = sequencer.summary
        summary.ledger = ledger(tracker, source)
        summary.callIDs = tracker.sipCounts.distinctCallIDs
        summary.sipMessages = tracker.sipCounts.messages
        summary.sipRetransmissions = totals.counters.retransmissions
        summary.copies = tracker.counters.copies
        summary.bytes = tracker.capturedBytes
        summary.firstPacketTime = tracker.firstPacketTime
        summary.lastPacketTime = tracker.lastPacketTime
        let statistics = source.statistics
        summary.counters = tracker.namedCounters(statistics) + totals.namedCounters
        summary.interfaces = statistics.interfaces.map { InterfaceRecord($0) }
        return summary
    }
}

/// Where a run stands.
public struct SnifferProgress: Sendable {
    /// Asked for by `SnifferControl.report()`, not by the clock.
    public var isRequested: Bool
    public var packets: UInt64
    /// Captured bytes.
    public var bytes: UInt64
    public var liveCalls: Int
    public var ledger: PacketLedger
    public var counters: [NamedCount]
    /// Live.
    public var interfaces: [InterfaceRecord]
    /// What `tcp_memory_limit` bounds.
    public var tcpBytesHeld: Int
    /// Live: from a batch's last packet to its being tracked.
    public var delays = DelayCounts()
    public var queues: [QueueRecord] = []

    public init(
        isRequested: Bool, packets: UInt64, bytes: UInt64, liveCalls: Int, ledger: PacketLedger, counters: [NamedCount],
        interfaces: [InterfaceRecord], tcpBytesHeld: Int
    ) {
        self.isRequested = isRequested
        self.packets = packets
        self.bytes = bytes
        self.liveCalls = liveCalls
        self.ledger = ledger
        self.counters = counters
        self.interfaces = interfaces
        self.tcpBytesHeld = tcpBytesHeld
    }
}

extension InterfaceRecord {
    init(_ statistics: InterfaceStatistics) {
        self.init(name: statistics.name, state: statistics.state.rawValue)
        packets = statistics.packets
        received = statistics.received
        kernelDropped = statistics.droppedByKernel
        interfaceDropped = statistics.droppedByInterface
        queueDropped = statistics.droppedByQueue
        timesLost = statistics.timesLost
        timesReopened = statistics.timesReopened
    }
}

/// How a run went.
public struct SnifferResult: Sendable {
    public var summary = SummaryRecord()
    public var orphans: [OrphanStreamRecord] = []
    /// Inputs that were damaged; what came before the damage was used.
    public var damages: [CaptureDamage] = []
    /// The input could not be read to its end.
    public var readError: CaptureError?
    /// The first file that could not be written, if there was one.
    public var fileError: ArchiveError? { totals.counters.firstFileError }
    var totals: WorkerTotals

    init(totals: WorkerTotals, readError: CaptureError?) {
        self.totals = totals
        self.readError = readError
    }
}
