import Archive
import Engine
import Glibc
import Logging
import Synchronization

/// Deletes what is not to stay, at intervals and when the disk is full.
final class RetentionThread: @unchecked Sendable {
    struct Counters {
        var deleted: UInt64 = 0
        var bytes: UInt64 = 0
        var failed: UInt64 = 0
    }

    /// A pass that took long is followed by so many times as long a rest.
    private static let restFactor: Int64 = 20
    /// On a full disk, nanoseconds between two passes.
    private static let urgentPace: Int64 = 5_000_000_000

    private let directory: ArchiveDirectory
    private let options: KeepingOptions
    private let state = Mutex(Counters())
    private let pause = Pause()
    private let isStopping = Atomic<Bool>(false)
    // Set by `start` on the thread that owns this: hence @unchecked.
    private var thread: DedicatedThread?

    init(_ directory: ArchiveDirectory, _ options: KeepingOptions) {
        self.directory = directory
        self.options = options
    }

    var counters: Counters { state.withLock { $0 } }

    func start() { thread = DedicatedThread { [self] in run() } }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        pause.end()
        thread?.join()
    }

    private func run() {
        ThreadPriority.lower()
        var retention = Retention(directory, options.rules)
        var clock = TrustedClock()
        var wasExhausted = false
        while true {
            let begin = MonotonicClock.now
            let report = retention.run(
                now: clock.time(), isStopping: { isStopping.load(ordering: .relaxed) },
                onDeletion: { [self] in tell($0) })
            state.withLock { $0.failed += report.failed }
            if report.isExhausted, !wasExhausted {
                Logger(label: "retention").warning(
                    "no finished capture is left to delete, and there is still too little room",
                    metadata: ["bytes": "\(report.bytes)"])
            }
            wasExhausted = report.isExhausted
            if report.error != 0 {
                Logger(label: "retention").warning(
                    "cannot look through the directory: \(describe(errno: report.error))",
                    metadata: ["directory": "\(directory.path)"])
            }
            let end = MonotonicClock.now
            let rest = max(options.retentionInterval, (end - begin) * Self.restFactor)
            guard wait(until: end + rest, urgentFrom: end + min(rest, Self.urgentPace)) else { return }
        }
    }

    /// False when the capture ends.
    private func wait(until due: Int64, urgentFrom: Int64) -> Bool {
        while true {
            let now = MonotonicClock.now
            if now >= due { return true }
            if now >= urgentFrom, directory.gate.reason == ENOSPC || directory.gate.reason == EDQUOT { return true }
            guard pause.sleep(milliseconds: Int(min(1_000, (due - now) / 1_000_000 + 1))) else { return false }
        }
    }

    private func tell(_ deletion: Retention.Deletion) {
        state.withLock { counters in
            counters.deleted += 1
            counters.bytes += deletion.bytes
        }
        Logger(label: "retention").info(
            "file deleted",
            metadata: [
                "file": "\(deletion.path)", "bytes": "\(deletion.bytes)", "reason": "\(deletion.reason.rawValue)",
            ])
    }
}

/// The time of day, unless somebody has just set it: a clock that jumps a year ahead must not delete a year's captures.
struct TrustedClock {
    /// Nanoseconds that wall and monotonic time may drift apart between two looks.
    static let mostDrift: Int64 = 3_600_000_000_000
    /// How long a clock that was set must go on evenly before it is believed.
    static let probation: Int64 = 3_600_000_000_000

    private var difference: Int64?
    private var believedFrom: Int64 = 0

    /// Nanoseconds since the epoch; nil while it is not to be believed.
    mutating func time() -> Int64? { time(wall: WallClock.now, monotonic: MonotonicClock.now) }

    mutating func time(wall: Int64, monotonic: Int64) -> Int64? {
        let now = wall - monotonic
        if let difference, abs(now - difference) > Self.mostDrift {
            Logger(label: "retention").warning(
                "the clock was set: for an hour nothing is deleted by age",
                metadata: ["by_s": "\((now - difference) / 1_000_000_000)"])
            believedFrom = monotonic + Self.probation
        }
        difference = now
        return monotonic < believedFrom ? nil : wall
    }
}
