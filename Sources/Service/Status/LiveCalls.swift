import Calls
import Engine
import Synchronization

/// Asks the engine about calls that are going on, not more often than is good for it.
final class LiveCalls: Sendable {
    /// Most calls of one listing: those that began last.
    static let rowLimit = 10_000
    /// A listing is good for so long, nanoseconds.
    static let age: Int64 = 1_000_000_000
    /// The engine has so long to answer, nanoseconds; it does so behind its next batch or tick.
    static let patience: Int64 = 2_000_000_000

    struct Listing: Sendable {
        /// Nanoseconds since the epoch; when it was made.
        var time: Int64 = 0
        var total = 0
        var calls: [ListedCall] = []
    }

    private struct State {
        var listing = Listing()
        var listingTime = Int64.min
        var counters: [NamedCount] = []
        var countersTime = Int64.min
        /// Somebody has asked already, and the others take what there is meanwhile.
        var isAsking = false
    }

    private let control: SnifferControl
    private let state = Mutex(State())

    init(_ control: SnifferControl) { self.control = control }

    /// The calls going on, at most about a second old; older when the engine does not answer.
    func listing() async -> Listing {
        let now = MonotonicClock.now
        let (known, isDue) = state.withLock { state in
            let isDue = state.listingTime <= now - Self.age && !state.isAsking
            if isDue { state.isAsking = true }
            return (state.listing, isDue)
        }
        guard isDue else { return known }
        let answer = await ask(.calls(limit: Self.rowLimit))
        let calls = (answer?.calls ?? []).sorted { $0.number > $1.number }.map { ListedCall($0) }
        return state.withLock { state in
            state.isAsking = false
            // Failed or not, the next attempt is a second away.
            state.listingTime = MonotonicClock.now
            if let answer {
                state.listing = Listing(time: WallClock.now, total: answer.total, calls: calls)
            }
            return state.listing
        }
    }

    /// The record so far of a call that is going on.
    func record(_ callID: String) async -> CallRecord? { await ask(.call(id: callID))?.record }

    /// What the workers have counted.
    func counters() async -> [NamedCount] {
        let now = MonotonicClock.now
        let (known, isDue) = state.withLock { state in
            let isDue = state.countersTime <= now - Self.age
            if isDue { state.countersTime = now }
            return (state.counters, isDue)
        }
        guard isDue, let answer = await ask(.counters) else { return known }
        state.withLock { $0.counters = answer.counters }
        return answer.counters
    }

    private func ask(_ subject: LiveQuestion.Subject) async -> LiveAnswer? {
        guard !control.isStopping else { return nil }
        return await withCheckedContinuation { continuation in
            let once = Once(continuation)
            guard control.ask(LiveQuestion(subject, completion: { once.resume($0) })) else {
                once.resume(nil)
                return
            }
            Task {
                try? await Task.sleep(nanoseconds: UInt64(Self.patience))
                once.resume(nil)
            }
        }
    }
}

/// A continuation that the first of two resumes.
private final class Once: Sendable {
    private let continuation: Mutex<CheckedContinuation<LiveAnswer?, Never>?>

    init(_ continuation: CheckedContinuation<LiveAnswer?, Never>) { self.continuation = Mutex(continuation) }

    func resume(_ answer: LiveAnswer?) {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(returning: answer)
    }
}

/// A call that is going on, of a listing that many may look at.
final class ListedCall: Sendable {
    let call: LiveCall
    let row = RenderedRow()

    init(_ call: LiveCall) { self.call = call }
}
