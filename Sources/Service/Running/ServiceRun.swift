import Calls
import Capture
import Engine
import Glibc
import Logging
import Synchronization

/// A run as a service sees it: what signals ask of it, how it is told to systemd, and what is looked at regularly.
///
/// Called by the signal thread; `opened`, `began` and `note` by the threads of the run.
final class ServiceRun: Sendable {
    private struct State {
        var reload: Reload
        var request: SniffRequest
        var memory: MemoryWatch
        var isOpen = false
        var hasBegun = false
        var interrupts = 0
        /// When the stop has to be over; monotonic nanoseconds.
        var deadline: Int64?
        var progress: SnifferProgress?
        var events: [LiveEvent] = []
        var eventsLost = 0
        var roundsSeen: UInt64 = 0
        var nextWatchdog: Int64 = 0
        var nextStatus: Int64 = 0
        var nextMemory: Int64 = 0
        var losses = LossWatch()
        var nextLosses: Int64 = 0
        /// For the status service, if there is one.
        var board: StatusBoard?
    }

    let control: SnifferControl
    private let notifier: ServiceNotifier
    private let resolve: @Sendable () throws(CommandError) -> ResolvedSettings
    private let isPlain: Bool
    private let state: Mutex<State>
    /// A stop that the audit log does not have yet.
    private let stopToTell = Mutex<(signal: Int32, sender: SignalSender)?>(nil)

    /// - Parameters:
    ///   - settings: those in force.
    ///   - resolve: reads the configuration again; it throws when that is invalid.
    init(
        _ settings: ResolvedSettings, _ request: SniffRequest, isPlain: Bool = false, control: SnifferControl,
        notifier: ServiceNotifier = ServiceNotifier(),
        resolve: @escaping @Sendable () throws(CommandError) -> ResolvedSettings
    ) {
        self.control = control
        self.notifier = notifier
        self.resolve = resolve
        self.isPlain = isPlain
        state = Mutex(
            State(
                reload: Reload(settings), request: request,
                memory: MemoryWatch(
                    budget: request.service.memoryBudget,
                    thresholds: [request.health.memoryWarning, request.health.memoryCritical])))
    }

    // MARK: The run tells

    /// The input is open: from here on a stop has something to finish.
    func opened() { state.withLock { $0.isOpen = true } }

    /// Where the status service looks.
    func publish(on board: StatusBoard) { state.withLock { $0.board = board } }

    /// Everything is ready, and packets are about to be read.
    func began() {
        let board = state.withLock { state in
            state.hasBegun = true
            return state.board
        }
        board?.enter(.capturing)
        // In this order: who is told that it is ready may ask for a reload, and its line comes behind this one.
        Log.audit("start", startDetails)
        notifier.ready("capturing")
    }

    func ended(_ status: ExitStatus) {
        tellEvents()
        tellStop()
        Log.audit("end", [("status", .integer(Int64(status.rawValue)))])
    }

    private var startDetails: [(key: String, value: JSONValue)] {
        state.withLock { state in
            [
                ("version", .string(Version.text)),
                ("configuration", state.request.configurationFile.map { .string($0) } ?? .null),
                ("interfaces", .array(state.request.capture.interfaces.map { .string($0) })),
            ]
        }
    }

    /// Where the run stands; from the tracker's thread, a few times a second.
    func note(_ progress: SnifferProgress) {
        let board = state.withLock { state in
            state.progress = progress
            return state.board
        }
        board?.note(progress)
    }

    /// From the capturing thread, which must not wait for whoever reads the log.
    func note(_ event: LiveEvent) {
        state.withLock { state in
            if state.events.count < 256 { state.events.append(event) } else { state.eventsLost += 1 }
        }
    }

    // MARK: Signals ask

    func report() { control.report() }

    func stop(_ signal: Int32, by sender: SignalSender) {
        let (isOpen, interrupts, isFirst) = state.withLock { state in
            if signal == SIGINT { state.interrupts += 1 }
            let isFirst = state.deadline == nil
            if isFirst { state.deadline = ServiceNotifier.monotonic + state.request.service.stopTimeout }
            return (state.isOpen, state.interrupts, isFirst)
        }
        // Opening waits for a FIFO's writer. Nothing has been written yet, so there is nothing to finish.
        if !isOpen { _exit(ExitStatus.ok.rawValue) }
        // Somebody does not want to wait. What is open stays readable, and the next start finishes it.
        if interrupts > 1 { _exit(128 + SIGINT) }
        guard isFirst else { return }
        state.withLock { $0.board }?.enter(.stopping)
        notifier.stopping()
        stopToTell.withLock { $0 = (signal, sender) }
        control.stop()
        tellStop()
    }

    /// Asked by the signal thread, and by the run's end, which may come first: its line is the last.
    private func tellStop() {
        stopToTell.withLock { stop in
            guard let (signal, sender) = stop else { return }
            stop = nil
            Log.audit("stop", by: sender, [("signal", .string(signal == SIGINT ? "SIGINT" : "SIGTERM"))])
        }
    }

    /// Opens the logs anew and takes over what can change in a configuration that is valid.
    func reload(by sender: SignalSender) {
        notifier.reloading()
        reopenLog()
        do throws(CommandError) {
            // A replay was told everything when it began.
            if state.withLock({ $0.request.capture.isLive }) {
                try readConfiguration(by: sender)
            } else {
                notifier.ready("capturing")
            }
        } catch {
            Logger(label: "config").error(
                "configuration refused; the old one stays: \(error.what)",
                metadata: ["at": "\(error.place ?? "")", "remedy": "\(error.remedy ?? "")"])
            Log.audit("reload_refused", by: sender, [("error", .string(error.description))])
            notifier.ready("capturing; the last reload was refused")
        }
    }

    private func reopenLog() {
        do throws(CommandError) {
            try Log.reopen()
            Logger(label: "lc").info("log reopened")
        } catch {
            Logger(label: "lc").error("\(error.what)", metadata: ["file": "\(error.place ?? "")"])
        }
    }

    private func readConfiguration(by sender: SignalSender) throws(CommandError) {
        let new = try resolve()
        let outcome = state.withLock { $0.reload.outcome(of: new) }
        let request: SniffRequest
        if isPlain {
            request = state.withLock { state in
                var request = state.request
                request.take(PacketSettings(outcome.settings))
                return request
            }
        } else {
            request = try SniffRequest(outcome.settings)
        }
        try Log.change(to: request.log)
        let board = state.withLock { state in
            state.reload.adopt(outcome)
            state.request = request
            state.memory.budget = request.service.memoryBudget
            state.memory.thresholds = [request.health.memoryWarning, request.health.memoryCritical]
            return state.board
        }
        board?.adopt(request, outcome.settings)
        outcome.log()
        Log.audit(
            "reload", by: sender,
            [
                ("changed", .array(outcome.changed.map { .string($0.path) })),
                ("refused", .array(outcome.refused.map { .string($0.path) })),
            ])
        for change in outcome.changed {
            Log.audit(
                "change", by: sender,
                [("key", .string(change.path)), ("old", .string(change.old)), ("new", .string(change.new))])
        }
        // Ready again when the tracker works with it; a run that ends meanwhile says so itself.
        if isPlain {
            notifier.ready("capturing")
        } else {
            control.change(to: request.engine) { [notifier] in notifier.ready("capturing") }
        }
    }

    // MARK: Regularly

    func look() {
        let now = ServiceNotifier.monotonic
        tellEvents()
        if let deadline = state.withLock({ $0.deadline }), now >= deadline { giveUp() }
        feedWatchdog(now)
        lookAtMemory(now)
        lookAtLosses(now)
        tellStatus(now)
    }

    private func tellEvents() {
        let (events, lost) = state.withLock { state in
            defer { (state.events, state.eventsLost) = ([], 0) }
            return (state.events, state.eventsLost)
        }
        for event in events { InterfaceLog.write(event) }
        if lost > 0 {
            Logger(label: "capture").warning("changes of interfaces not told", metadata: ["events": "\(lost)"])
        }
    }

    /// Only while packets or ticks really move: a run that is stuck is better started anew.
    private func feedWatchdog(_ now: Int64) {
        guard let interval = notifier.watchdogInterval else { return }
        let rounds = control.rounds
        let isDue = state.withLock { state in
            guard state.hasBegun, now >= state.nextWatchdog else { return false }
            // Finishing has a deadline of its own.
            guard rounds != state.roundsSeen || state.deadline != nil else { return false }
            state.roundsSeen = rounds
            // Twice as often as needed: the last chance is not the only one.
            state.nextWatchdog = now + interval / 2
            return true
        }
        if isDue { notifier.watchdog() }
    }

    private func lookAtMemory(_ now: Int64) {
        let due: (watch: MemoryWatch, held: Int, limit: Int)? = state.withLock { state in
            guard now >= state.nextMemory else { return nil }
            state.nextMemory = now + 1_000_000_000
            let limit = state.request.engine.limits.tcpMemoryLimit
            return (state.memory, state.progress?.tcpBytesHeld ?? 0, limit)
        }
        // Outside of the lock: the log may wait for its reader, and the tracker must not wait for that.
        guard var watch = due?.watch, let due else { return }
        watch.look(held: due.held, limit: due.limit)
        state.withLock { $0.memory = watch }
    }

    /// Only live: a replay's summary is not far.
    private func lookAtLosses(_ now: Int64) {
        let due: (watch: LossWatch, progress: SnifferProgress)? = state.withLock { state in
            guard state.request.capture.isLive, now >= state.nextLosses, let progress = state.progress else {
                return nil
            }
            state.nextLosses = now + LossWatch.interval
            return (state.losses, progress)
        }
        guard var watch = due?.watch, let due else { return }
        watch.look(due.progress)
        state.withLock { $0.losses = watch }
    }

    private func tellStatus(_ now: Int64) {
        guard notifier.isUsed else { return }
        let text: String? = state.withLock { state in
            guard state.hasBegun, state.deadline == nil, now >= state.nextStatus, let progress = state.progress else {
                return nil
            }
            state.nextStatus = now + 10_000_000_000
            let names = state.request.capture.interfaces.joined(separator: ",")
            return "capturing\(names.isEmpty ? "" : " on " + names): \(progress.liveCalls) calls now, "
                + "\(progress.packets) packets, \(progress.ledger.kernelDropped) dropped by the kernel"
        }
        if let text { notifier.status(text) }
    }

    /// A disk or a reader of our output that does not answer must not keep the machine from going down.
    private func giveUp() -> Never {
        // Should the log have the same reader: the kernel ends us.
        alarm(2)
        let (progress, seconds) = state.withLock { ($0.progress, $0.request.service.stopTimeout / 1_000_000_000) }
        Logger(label: "lc").error(
            "finishing the files took too long; the next start finishes what is open",
            metadata: ["stop_timeout_s": "\(seconds)"])
        if let progress {
            var bytes: [UInt8] = []
            SummaryText.append(progress.ledger, to: &bytes)
            StandardStream.error.write(String(decoding: bytes, as: UTF8.self))
        }
        _exit(ExitStatus.inputOutput.rawValue)
    }
}

/// What plain `sniff` takes over when the configuration is read again.
struct PacketSettings {
    let log: LogOptions
    let service: ServiceOptions

    init(_ resolved: ResolvedSettings) {
        log = resolved.settings.log
        service = ServiceOptions(resolved.settings)
    }
}

extension SniffRequest {
    mutating func take(_ settings: PacketSettings) {
        log = settings.log
        service = settings.service
    }

    /// The parts of a plain `sniff` that a run as a service needs.
    init(_ packets: PacketRequest) {
        self.init()
        capture = packets.capture
        log = packets.log
        service = packets.service
    }
}
