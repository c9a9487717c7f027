import Archive
import Calls
import Engine
import Synchronization

/// What is known of the run for whoever asks: published by its threads a few times a second, read by those of HTTP.
///
/// Nothing of it is on the packet path: the tracker's thread leaves its progress here, a worker the record of a call that has
/// ended, and a thread of the board's own looks at the system once a second.
public final class StatusBoard: Sendable {
    enum Stage: String { case starting, capturing, stopping }

    struct State: Sendable {
        var stage = Stage.starting
        var progress: SnifferProgress?
        /// Of `progress`; monotonic nanoseconds.
        var progressTime: Int64 = 0
        var request: SniffRequest
        var settings: ResolvedSettings
        var ended: EndedCalls
        var quality = QualityFigures()
        var system = SystemFigures()
        var losses = LossWindow()
        var rates = Rates()
        /// Rounds of the tracker, and when they last grew.
        var rounds: UInt64 = 0
        var movedAt: Int64
        /// Since when the workers' queue has been full; nil while it is not.
        var workersFullSince: Int64?
        /// Of archive and hooks.
        var keeping: [NamedCount] = []
    }

    let control: SnifferControl
    let directory: ArchiveDirectory?
    /// Nanoseconds since the epoch.
    let startTime = WallClock.now
    let startedAt = MonotonicClock.now
    private let keepingCounters: @Sendable () -> [NamedCount]
    private let state: Mutex<State>
    private let pause = Pause()
    private let thread = Mutex<DedicatedThread?>(nil)

    init(
        _ request: SniffRequest, _ settings: ResolvedSettings, control: SnifferControl, directory: ArchiveDirectory?,
        keepingCounters: @escaping @Sendable () -> [NamedCount] = { [] }
    ) {
        self.control = control
        self.directory = directory
        self.keepingCounters = keepingCounters
        state = Mutex(
            State(
                request: request, settings: settings, ended: EndedCalls(limit: request.status.recentCalls),
                movedAt: MonotonicClock.now))
    }

    // MARK: The run tells

    func note(_ progress: SnifferProgress) {
        let now = MonotonicClock.now
        state.withLock { state in
            state.progress = progress
            state.progressTime = now
        }
    }

    /// A call has ended. The line is the one that is written anyway.
    func add(_ record: CallRecord, line: [UInt8]) {
        var json = line
        if json.isEmpty { JSONLines.append(record, to: &json) }
        if json.last == UInt8(ascii: "\n") { json.removeLast() }
        let call = EndedCall(record, line: json)
        state.withLock { state in
            state.ended.add(call)
            state.quality.add(record)
        }
    }

    func enter(_ stage: Stage) { state.withLock { $0.stage = stage } }

    /// The configuration was read again.
    func adopt(_ request: SniffRequest, _ settings: ResolvedSettings) {
        state.withLock { state in
            state.request = request
            state.settings = settings
        }
    }

    // MARK: Somebody asks

    /// The body has a copy: whoever tells something does not wait for a text that is being made.
    func read<Value>(_ body: (borrowing State) -> Value) -> Value { body(state.withLock { $0 }) }

    // MARK: Regularly

    func start() {
        thread.withLock { thread in
            thread = DedicatedThread { [self] in
                ThreadPriority.lower()
                var watch = SystemWatch()
                repeat { look(&watch) } while pause.sleep(milliseconds: 1000)
            }
        }
    }

    func stop() {
        pause.end()
        thread.withLock { $0?.join() }
    }

    private func look(_ watch: inout SystemWatch) {
        // Outside of the lock: a disk that does not answer keeps this thread, and nobody else.
        let system = watch.look(directory?.path)
        let keeping = keepingCounters()
        take(system, keeping, at: MonotonicClock.now)
    }

    func take(_ system: SystemFigures, _ keeping: [NamedCount], at now: Int64) {
        let rounds = control.rounds
        state.withLock { state in
            state.system = system
            state.keeping = keeping
            if rounds != state.rounds { (state.rounds, state.movedAt) = (rounds, now) }
            if let progress = state.progress {
                state.losses.take(
                    Self.losses(progress, keeping), at: now, window: state.request.health.window)
                state.rates.take(progress, at: state.progressTime)
                let isFull = progress.queues.contains { $0.name == "workers" && $0.depth >= $0.capacity }
                if !isFull {
                    state.workersFullSince = nil
                } else if state.workersFullSince == nil {
                    state.workersFullSince = now
                }
            }
        }
    }

    /// Everything that stands for something lost, by a name that health looks for.
    private static func losses(_ progress: SnifferProgress, _ keeping: [NamedCount]) -> [String: UInt64] {
        var losses: [String: UInt64] = [
            "kernel": progress.ledger.kernelDropped, "interface": progress.ledger.interfaceDropped,
            "queue": progress.ledger[.queueDropped],
        ]
        for interface in progress.interfaces {
            losses["interface:" + interface.name] =
                interface.kernelDropped &+ interface.interfaceDropped &+ interface.queueDropped
        }
        for counter in keeping { losses["counter:" + counter.name] = counter.count }
        return losses
    }
}

/// Packets and bytes a second, over the last ten seconds or so.
struct Rates: Sendable {
    private var samples: [(time: Int64, packets: UInt64, bytes: UInt64)] = []
    private(set) var packets = 0.0
    private(set) var bytes = 0.0

    mutating func take(_ progress: SnifferProgress, at time: Int64) {
        if samples.last?.time == time { return }
        samples.append((time, progress.packets, progress.bytes))
        if samples.count > 11 { samples.removeFirst() }
        guard let first = samples.first, time > first.time else { return }
        let seconds = Double(time - first.time) / 1e9
        packets = Double(progress.packets &- first.packets) / seconds
        bytes = Double(progress.bytes &- first.bytes) / seconds
    }
}
