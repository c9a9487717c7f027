import Archive
import Engine
import Glibc
import Logging
import Synchronization

/// Looks after the directory of a live capture once a second: whether it can be written to, and with `fsync: interval` that
/// what is written is on the disk.
final class ArchiveWatch: @unchecked Sendable {
    struct Counters {
        var syncsFailed: UInt64 = 0
    }

    private static let pace = 1_000
    /// How often to say that nothing is written, nanoseconds.
    private static let reminder: Int64 = 60_000_000_000

    private let directory: ArchiveDirectory
    private let options: KeepingOptions
    private let state = Mutex(Counters())
    private let pause = Pause()
    // Set by `start` on the thread that owns this: hence @unchecked.
    private var thread: DedicatedThread?
    private var output: RecordOutput?

    init(_ directory: ArchiveDirectory, _ options: KeepingOptions) {
        self.directory = directory
        self.options = options
    }

    var counters: Counters { state.withLock { $0 } }
    var logCounters: (lost: UInt64, rotations: UInt64) { output?.logCounters ?? (0, 0) }

    func start(_ output: RecordOutput) {
        self.output = output
        thread = DedicatedThread { [self] in run(output) }
    }

    func stop() {
        pause.end()
        thread?.join()
    }

    private func run(_ output: RecordOutput) {
        let syncs = options.synchronise == .interval
        let syncPace = Int(options.synchroniseInterval / 1_000_000)
        var closedSince: Int64?
        var lastSync = MonotonicClock.now
        var lastWord: Int64 = 0
        while pause.sleep(milliseconds: syncs ? min(Self.pace, syncPace) : Self.pace) {
            let now = MonotonicClock.now
            if let reason = directory.gate.reason, closedSince == nil || now - lastWord > Self.reminder {
                (closedSince, lastWord) = (closedSince ?? now, now)
                tell(reason, since: closedSince ?? now, now)
            }
            let closings = directory.gate.closings
            directory.look()
            if closedSince == nil, directory.gate.closings > closings {
                (closedSince, lastWord) = (now, now)
                tell(directory.gate.reason ?? ENOENT, since: now, now)
            }
            if let reason = directory.gate.reason {
                if closedSince == nil {
                    (closedSince, lastWord) = (now, now)
                    tell(reason, since: now, now)
                }
            } else if let since = closedSince {
                closedSince = nil
                Logger(label: "archive").notice(
                    "writing goes on",
                    metadata: ["directory": "\(directory.path)", "stopped_s": "\((now - since) / 1_000_000_000)"])
                output.retry()
            }
            if syncs, now - lastSync >= options.synchroniseInterval {
                lastSync = now
                synchronise()
            }
        }
        if syncs { synchronise() }
    }

    private func tell(_ reason: Int32, since: Int64, _ now: Int64) {
        Logger(label: "archive").error(
            "writing has stopped, capturing goes on: \(describe(errno: reason))",
            metadata: ["directory": "\(directory.path)", "since_s": "\((now - since) / 1_000_000_000)"])
    }

    private func synchronise() {
        guard directory.gate.reason == nil, let error = directory.synchroniseAll() else { return }
        let isFirst = state.withLock { counters in
            counters.syncsFailed += 1
            return counters.syncsFailed == 1
        }
        if isFirst { Logger(label: "archive").error("cannot force files onto the disk: \(error)") }
    }
}
