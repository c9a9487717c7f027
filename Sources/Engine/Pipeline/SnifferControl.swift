import Synchronization

/// What other threads (signals) may ask of a running sniffer.
public final class SnifferControl: Sendable {
    private let stopRequests = Atomic<Int>(0)
    private let reportRequests = Atomic<Int>(0)
    private let stopActions = Mutex<[@Sendable () -> Void]>([])
    private let beats = Atomic<UInt64>(0)
    private let hasChange = Atomic<Bool>(false)
    private let change = Mutex<EngineChange?>(nil)
    private let hasQuestion = Atomic<Bool>(false)
    private let questions = Mutex<[LiveQuestion]>([])

    public init() {}

    /// Finish every file and end.
    public func stop() {
        stopRequests.add(1, ordering: .relaxed)
        let actions = stopActions.withLock { actions in
            defer { actions = [] }
            return actions
        }
        for action in actions { action() }
    }

    /// Calls `action` once, on the thread that asks for the stop; at once when that has happened already.
    public func onStop(_ action: @escaping @Sendable () -> Void) {
        stopActions.withLock { $0.append(action) }
        // In this order nobody's stop can fall between the two.
        if isStopping { stop() }
    }

    /// Report the counters at the next occasion.
    public func report() { reportRequests.add(1, ordering: .relaxed) }

    public var isStopping: Bool { stopRequests.load(ordering: .relaxed) > 0 }

    /// Whether a report was asked for since the last call.
    public func takeReportRequest() -> Bool { reportRequests.exchange(0, ordering: .relaxed) > 0 }

    // MARK: Life

    /// One more round of the tracker's thread: packets were tracked, or a tick went by. It waits for the workers when they are
    /// behind, so a worker that is stuck stops it too.
    public func beat() { beats.add(1, ordering: .relaxed) }

    /// Rounds so far: a watchdog's proof that packets or ticks really move.
    public var rounds: UInt64 { beats.load(ordering: .relaxed) }

    // MARK: Changes while running

    /// The tracker goes over to other options between two batches; see `EngineOptions.changing(to:)` for which of them.
    ///
    /// - Parameter applied: called on the tracker's thread when that is done; not at all when the run ends before.
    public func change(to options: EngineOptions, applied: @escaping @Sendable () -> Void = {}) {
        change.withLock { $0 = EngineChange(options: options, applied: applied) }
        hasChange.store(true, ordering: .releasing)
    }

    func takeChange() -> EngineChange? {
        // A load for each batch is all that this costs.
        guard hasChange.load(ordering: .relaxed), hasChange.exchange(false, ordering: .acquiringAndReleasing) else {
            return nil
        }
        return change.withLock { change in
            defer { change = nil }
            return change
        }
    }
}

extension SnifferControl {
    /// Questions that may wait at once.
    public static let questionLimit = 16

    /// Asks about the calls that are going on; answered behind the next batch or tick. False when too many wait already.
    public func ask(_ question: LiveQuestion) -> Bool {
        let isTaken = questions.withLock { questions in
            guard questions.count < Self.questionLimit else { return false }
            questions.append(question)
            return true
        }
        hasQuestion.store(true, ordering: .releasing)
        return isTaken
    }

    /// One a batch, so that many do not make one batch late.
    func takeQuestion() -> LiveQuestion? {
        guard hasQuestion.load(ordering: .relaxed), hasQuestion.exchange(false, ordering: .acquiringAndReleasing) else {
            return nil
        }
        return questions.withLock { questions in
            guard !questions.isEmpty else { return nil }
            let first = questions.removeFirst()
            if !questions.isEmpty { hasQuestion.store(true, ordering: .relaxed) }
            return first
        }
    }
}

/// Options that a running engine is to go over to.
struct EngineChange: Sendable {
    var options: EngineOptions
    var applied: @Sendable () -> Void
}
