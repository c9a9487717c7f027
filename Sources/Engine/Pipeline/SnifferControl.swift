import Synchronization

/// What other threads (signals) may ask of a running sniffer.
public final class SnifferControl: Sendable {
    private let stopRequests = Atomic<Int>(0)
    private let reportRequests = Atomic<Int>(0)
    private let stopActions = Mutex<[@Sendable () -> Void]>([])
    private let beats = Atomic<UInt64>(0)
    private let hasChange = Atomic<Bool>(false)
    private let change = Mutex<EngineChange?>(nil)

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

/// Options that a running engine is to go over to.
struct EngineChange: Sendable {
    var options: EngineOptions
    var applied: @Sendable () -> Void
}
