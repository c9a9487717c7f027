import Archive
import Calls
import Capture
import Glibc
import Synchronization

/// A batch on its way through the workers.
///
/// Why @unchecked Sendable holds: the batch and its interfaces are written only by the thread that has taken the box out of
/// `WorkerPool.free`, where nobody else has it. It pushes the box to every worker's queue and leaves it alone; the workers
/// only read. Each counts itself off in `readers`, and the last one, which sees by that count that the others are done,
/// puts the box back. The queues' mutexes order writing before reading; the atomic's acquire and release, and the mutex of
/// `free`, order reading before the next writing.
final class BatchBox: @unchecked Sendable {
    var batch = TrackedBatch()
    var interfaces: [CaptureInterface] = []
    /// Somebody wants to know of the calls after this batch.
    var question: LiveRound?
    let readers = Atomic<Int>(0)
}

/// The worker threads, each with its queue.
///
/// Why @unchecked Sendable holds: the threads, which have the pool too, use nothing of it but the queues, the records and the
/// sum, which are constants with locks of their own. `threads` belongs to the thread that made the pool: `init` fills it,
/// `finish` waits for what is in it.
final class WorkerPool: @unchecked Sendable {
    private let queues: [BoundedQueue<BatchBox>]
    private let free: BoundedQueue<BatchBox>
    private var threads: [DedicatedThread] = []
    let records: RecordThread
    private let totals = Mutex(WorkerTotals())

    /// Batches waiting for each worker; a few are enough to ride out a slow write.
    static let queueDepth = 4

    init(
        workers: [@Sendable () -> WorkerBox], records: RecordThread, flushInterval: Int64?
    ) {
        self.records = records
        free = BoundedQueue(capacity: WorkerPool.queueDepth + 3)
        for _ in 0..<(WorkerPool.queueDepth + 2) { free.push(BatchBox()) }
        queues = workers.map { _ in BoundedQueue(capacity: WorkerPool.queueDepth) }
        for (index, make) in workers.enumerated() {
            let queue = queues[index]
            threads.append(
                DedicatedThread { [self] in
                    let box = make()
                    run(box, queue, flushInterval)
                    let result = box.totals
                    totals.withLock { $0.add(result) }
                })
        }
    }

    /// A batch to fill; waits until one comes back.
    func take() -> BatchBox? {
        guard case .element(let box) = free.pop() else { return nil }
        return box
    }

    /// Hands a filled batch to every worker.
    func publish(_ box: BatchBox) {
        box.readers.store(queues.count, ordering: .releasing)
        for queue in queues { queue.push(box) }
    }

    /// Batches that wait for the busiest worker.
    var depth: Int { queues.reduce(0) { max($0, $1.depth) } }
    var workers: Int { queues.count }

    /// Waits until everything published is done, and every record handed over. Returns what the workers counted.
    func finish() -> WorkerTotals {
        for queue in queues { queue.close() }
        for thread in threads { thread.join() }
        records.finish()
        return totals.withLock { $0 }
    }

    private func run(
        _ box: WorkerBox, _ queue: BoundedQueue<BatchBox>, _ flushInterval: Int64?
    ) {
        let timeout = flushInterval.map { Int(max(1, $0 / 2_000_000)) } ?? -1
        while true {
            switch queue.pop(timeout: timeout) {
            case .closed:
                return
            case .timeout:
                break
            case .element(let item):
                box.process(item.batch, item.interfaces, records)
                if let question = item.question { box.answer(question) }
                if item.readers.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { free.push(item) }
            }
            if let flushInterval { box.flush(interval: flushInterval) }
        }
    }
}

/// A worker in a class, for its thread. Only that thread touches it.
final class WorkerBox {
    private var worker: Worker
    private var lastFlush: Int64

    init(_ worker: consuming Worker) {
        self.worker = worker
        // A buffer remembers the time told last; told none, the first ones would look as old as the epoch.
        lastFlush = WallClock.now()
        self.worker.writer?.wallTime = lastFlush
    }

    /// Carries out the batch and hands over the calls that ended, some at a time: after a silence one packet may end
    /// everything there is.
    func process(_ batch: borrowing TrackedBatch, _ interfaces: [CaptureInterface], _ records: RecordThread) {
        worker.setInterfaces(interfaces)
        var place = 0
        repeat {
            place = worker.process(batch, from: place)
            records.add(worker.takeFinished())
        } while place < batch.actions.count
    }

    /// Live: nothing may wait in a buffer for longer than the interval, so look twice as often.
    func flush(interval: Int64) {
        let now = WallClock.now()
        guard now - lastFlush >= interval / 2 else { return }
        lastFlush = now
        worker.flush(wallTime: now, interval: interval / 2)
    }

    /// What the worker knows of calls that are going on.
    func liveCalls(_ round: LiveRound) -> (calls: [LiveCall], record: CallRecord?) {
        let index = worker.index
        if round.wantsRecord {
            return ([], round.rows.first { $0.worker == index }.flatMap { worker.liveRecord($0) })
        }
        return (round.rows.compactMap { $0.worker == index ? worker.liveCall($0) : nil }, nil)
    }

    var totals: WorkerTotals { WorkerTotals(counters: worker.counters, archive: worker.archiveCounters()) }
}

/// What the workers counted, summed.
struct WorkerTotals: Sendable {
    var counters = WorkerCounters()
    var archive = ArchiveCounters()

    mutating func add(_ other: WorkerTotals) {
        counters.add(other.counters)
        archive.add(other.archive)
    }
}

enum WallClock {
    /// Nanoseconds since the epoch.
    static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
