import Archive
import Calls
import Engine
import Logging
import Synchronization

/// What is still to be done for calls that are over: compression, encryption and fsync of their files, then the commands.
final class FinishingThread: @unchecked Sendable {
    struct Counters {
        var sealed: UInt64 = 0
        var failed: UInt64 = 0
        var leftPending: UInt64 = 0
        var syncsFailed: UInt64 = 0
    }

    /// What is needed of a call; its record may be large.
    private final class Ended: Sendable {
        let files: [String]
        /// `voip_command`, filled in.
        let command: [String]?

        init(_ files: [String], _ command: [String]?) {
            self.files = files
            self.command = command
        }
    }

    /// Calls that wait. Beyond it a live capture's files stay pending, and are found again.
    static let queueLimit = 4096
    /// Pending files taken up at once when the directory is looked through.
    private static let listLimit = 4096
    /// After a failure, nanoseconds until the next attempt.
    private static let retryPace: Int64 = 30_000_000_000
    /// What a live capture's end may take, nanoseconds; what is left then is the next start's.
    private static let endTime: Int64 = 10_000_000_000
    private static let syncPace: Int64 = 1_000_000_000

    private let options: KeepingOptions
    private let directory: ArchiveDirectory?
    private let pending: PendingFiles?
    private let hooks: Hooks?
    private let isLive: Bool
    private let queue = BoundedQueue<Ended>(capacity: FinishingThread.queueLimit)
    private let totals = Mutex(Counters())
    private let refusedCalls = Atomic<UInt64>(0)
    /// Files may be pending that nobody has in the queue.
    private let hasStrays = Atomic<Bool>(false)
    /// Monotonic nanoseconds.
    private let deadline = Atomic<Int64>(.max)
    // Set by `start` on the thread that owns this: hence @unchecked.
    private var thread: DedicatedThread?

    init(
        _ options: KeepingOptions, _ directory: ArchiveDirectory?, _ pending: PendingFiles?, _ hooks: Hooks?,
        isLive: Bool
    ) {
        self.options = options
        self.directory = directory
        self.pending = options.leavesPending ? pending : nil
        self.hooks = hooks
        self.isLive = isLive
    }

    var counters: Counters { totals.withLock { $0 } }
    /// Calls whose command is not run because too many waited.
    var refused: UInt64 { refusedCalls.load(ordering: .relaxed) }

    /// Removes unfinished copies; and gives files their names that an earlier run left pending, if that is all they still
    /// need now.
    static func clear(_ pending: PendingFiles, isSealing: Bool) {
        let left = pending.list(limit: isSealing ? 0 : .max, removingCopies: true)
        for path in left {
            do {
                _ = try pending.seal(path)
            } catch {
                Logger(label: "archive").warning(
                    "a pending file stays as it is", metadata: ["file": "\(path)", "error": "\(error)"])
            }
        }
    }

    func start(finishesPending: Bool) {
        hasStrays.store(finishesPending && pending != nil, ordering: .relaxed)
        thread = DedicatedThread { [self] in run() }
    }

    func add(_ record: CallRecord) {
        let ended = Ended(
            directory == nil ? [] : record.files,
            options.voipCommand?.filled(HookValues.voip(record, in: directory?.path)))
        guard isLive else {
            queue.push(ended)
            return
        }
        guard !queue.pushIfRoom(ended) else { return }
        if pending != nil { hasStrays.store(true, ordering: .relaxed) }
        if options.voipCommand != nil { refusedCalls.add(1, ordering: .relaxed) }
        if pending == nil, options.pcapCommand != nil {
            refusedCalls.add(UInt64(record.files.count), ordering: .relaxed)
        }
    }

    /// Waits for what is queued; a live capture not longer than `endTime`, and commands their own limit.
    func finish() {
        if isLive { deadline.store(MonotonicClock.now + Self.endTime, ordering: .relaxed) }
        queue.close()
        thread?.join()
        hooks?.finish(deadline: isLive ? MonotonicClock.now + options.commandTimeout : nil)
    }

    private var isOver: Bool { MonotonicClock.now >= deadline.load(ordering: .relaxed) }

    // MARK: The thread

    private func run() {
        ThreadPriority.lower()
        var nextLook = MonotonicClock.now
        var lastSync: Int64 = 0
        var hasUnsynced = false
        while true {
            switch queue.pop(timeout: 1_000) {
            case .closed:
                if hasStrays.load(ordering: .relaxed), !isOver { sealStrays() }
                if hasUnsynced { synchroniseRecords() }
                return
            case .element(let ended):
                finish(ended)
                hasUnsynced = options.synchronise == .finish && directory != nil
            case .timeout:
                if hasStrays.load(ordering: .relaxed), MonotonicClock.now >= nextLook, directory?.gate.reason == nil {
                    nextLook = MonotonicClock.now + Self.retryPace
                    sealStrays()
                }
            }
            if hasUnsynced, MonotonicClock.now - lastSync >= Self.syncPace {
                (lastSync, hasUnsynced) = (MonotonicClock.now, false)
                synchroniseRecords()
            }
        }
    }

    private func finish(_ ended: Ended) {
        for path in ended.files where seal(path) { runHook(forFile: path) }
        if let command = ended.command { hooks?.submit(command, waits: !isLive) }
    }

    private func runHook(forFile path: String) {
        guard let command = options.pcapCommand, let directory else { return }
        hooks?.submit(command.filled(HookValues.pcap(path, in: directory.path)), waits: !isLive)
    }

    /// True when the file has its final name.
    private func seal(_ path: String) -> Bool {
        guard let pending else { return true }
        if isOver {
            totals.withLock { $0.leftPending += 1 }
            return false
        }
        do {
            // A file that is not pending has its name already, or is gone.
            guard try pending.seal(path, isStopping: { isOver }) != nil else { return pending.isFinal(path) }
            totals.withLock { $0.sealed += 1 }
            return true
        } catch {
            hasStrays.store(true, ordering: .relaxed)
            let isFirst = totals.withLock { counters in
                counters.failed += 1
                return counters.failed == 1 || counters.failed % 1000 == 0
            }
            if isFirst {
                Logger(label: "archive").error(
                    "a finished file stays pending", metadata: ["file": "\(path)", "error": "\(error)"])
            }
            return false
        }
    }

    /// Files that no call in the queue has: of an earlier run, of a full queue, or of a failure.
    private func sealStrays() {
        guard let pending else { return }
        hasStrays.store(false, ordering: .relaxed)
        let paths = pending.list(limit: Self.listLimit, removingCopies: false)
        if paths.count == Self.listLimit { hasStrays.store(true, ordering: .relaxed) }
        for path in paths {
            if isOver { return }
            if seal(path) { runHook(forFile: path) }
        }
    }

    private func synchroniseRecords() {
        guard let directory else { return }
        do throws(ArchiveError) {
            try RecordLog.synchronise(in: directory)
        } catch {
            totals.withLock { $0.syncsFailed += 1 }
        }
    }
}
