import Synchronization

/// What other threads (signals) may ask of a running sniffer.
public final class SnifferControl: Sendable {
    private let stopRequests = Atomic<Int>(0)
    private let reportRequests = Atomic<Int>(0)
    private let stopActions = Mutex<[@Sendable () -> Void]>([])

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
}
