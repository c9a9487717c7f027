import Glibc
import Logging
import Subprocess
import Synchronization

/// Runs commands, so many at once; the next ones wait in a bounded queue.
///
/// Any thread may submit. The commands run in tasks of their own, which only wait.
final class Hooks: Sendable {
    struct Counters {
        var run: UInt64 = 0
        var failed: UInt64 = 0
        var timedOut: UInt64 = 0
        var refused: UInt64 = 0
    }

    private struct State {
        var queue: [[String]] = []
        /// Index in `queue` of the next one.
        var first = 0
        var running = 0
        var isClosed = false
        var counters = Counters()
        var lastComplaint: Int64 = 0
        var complaintsHeldBack: UInt64 = 0

        var waiting: Int { queue.count - first }
    }

    private let state = Mutex(State())
    private let timeout: Int64
    private let concurrency: Int
    private let queueLimit: Int
    /// What SIGTERM may take before SIGKILL.
    private static let grace = Duration.seconds(2)

    init(_ options: KeepingOptions) {
        timeout = options.commandTimeout
        concurrency = options.commandConcurrency
        queueLimit = options.commandQueue
    }

    var counters: Counters { state.withLock { $0.counters } }

    /// - Parameter waits: for room in the queue, as in a replay. Otherwise a full queue refuses the command, counted.
    func submit(_ command: [String], waits: Bool) {
        while true {
            let (taken, begins) = state.withLock { state -> (Bool, Bool) in
                guard !state.isClosed, state.waiting < queueLimit else { return (state.isClosed, false) }
                state.queue.append(command)
                guard state.running < concurrency else { return (true, false) }
                state.running += 1
                return (true, true)
            }
            if begins { Task { await work() } }
            if taken { return }
            guard waits else { break }
            usleep(5_000)
        }
        state.withLock { $0.counters.refused += 1 }
        complain("too many commands wait; this one is not run", command)
    }

    /// Waits until everything has run; or until `deadline` (monotonic nanoseconds), when what is left is given up, counted.
    func finish(deadline: Int64?) {
        while true {
            let isIdle = state.withLock { $0.running == 0 && $0.waiting == 0 }
            if isIdle { return }
            if let deadline, MonotonicClock.now >= deadline { break }
            usleep(5_000)
        }
        let left = state.withLock { state in
            state.isClosed = true
            let left = state.waiting
            state.first = state.queue.count
            state.counters.refused += UInt64(left)
            return left
        }
        Logger(label: "hooks").warning("commands were not run any more", metadata: ["commands": "\(left)"])
    }

    // MARK: One after the other

    private func work() async {
        while let command = next() { await run(command) }
    }

    private func next() -> [String]? {
        state.withLock { state in
            guard state.waiting > 0 else {
                state.queue.removeAll()
                state.first = 0
                state.running -= 1
                return nil
            }
            let command = state.queue[state.first]
            state.first += 1
            // The part in front is given back now and then, not with every command.
            if state.first > 512 {
                state.queue.removeFirst(state.first)
                state.first = 0
            }
            return command
        }
    }

    private func run(_ command: [String]) async {
        guard let program = command.first else { return }
        var options = PlatformOptions()
        // Its own session: nothing of ours reaches it from a terminal, and it can be ended with all it has started.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)]
        let executable: Executable = program.contains("/") ? .path(.init(program)) : .name(program)
        let configuration = Configuration(
            executable: executable, arguments: Arguments(Array(command.dropFirst())), platformOptions: options)
        let child = Task {
            try await Subprocess.run(
                configuration, input: .none, output: .currentStandardError, error: .currentStandardError
            ).terminationStatus
        }
        let timer = Task { [timeout] in
            try await Task.sleep(nanoseconds: UInt64(timeout))
            child.cancel()
            return true
        }
        let result = await child.result
        timer.cancel()
        let isLate = (try? await timer.value) ?? false
        state.withLock { state in
            state.counters.run += 1
            if isLate { state.counters.timedOut += 1 }
        }
        if isLate {
            complain("a command took too long and was ended", command)
            return
        }
        switch result {
        case .success(let status) where status.isSuccess: return
        case .success(let status): complain("a command failed", command, ["status": "\(status)"])
        case .failure(let error): complain("a command could not be run", command, ["error": "\(error)"])
        }
        state.withLock { $0.counters.failed += 1 }
    }

    /// One line a second at most: a command that fails does so for every call.
    private func complain(_ what: String, _ command: [String], _ metadata: Logger.Metadata = [:]) {
        let now = MonotonicClock.now
        let heldBack = state.withLock { state -> UInt64? in
            guard state.lastComplaint == 0 || now - state.lastComplaint >= 1_000_000_000 else {
                state.complaintsHeldBack += 1
                return nil
            }
            state.lastComplaint = now
            defer { state.complaintsHeldBack = 0 }
            return state.complaintsHeldBack
        }
        guard let heldBack else { return }
        var all = metadata
        all["command"] = "\(command.joined(separator: " "))"
        if heldBack > 0 { all["not_logged"] = "\(heldBack)" }
        Logger(label: "hooks").warning("\(what)", metadata: all)
    }
}
