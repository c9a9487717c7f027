import Synchronization

/// What other threads (signals) may ask of a running sniffer.
public final class SnifferControl: Sendable {
    private let stopRequests = Atomic<Int>(0)
    private let reportRequests = Atomic<Int>(0)

    public init() {}

    /// Finish every file and end.
    public func stop() { stopRequests.add(1, ordering: .relaxed) }

    /// Report the counters at the next occasion.
    public func report() { reportRequests.add(1, ordering: .relaxed) }

    public var isStopping: Bool { stopRequests.load(ordering: .relaxed) > 0 }

    func takeReportRequest() -> Bool { reportRequests.exchange(0, ordering: .relaxed) > 0 }
}
