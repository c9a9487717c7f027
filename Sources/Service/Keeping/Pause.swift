import Engine
import Glibc

/// Sleep of a background thread that can be ended.
final class Pause: Sendable {
    private final class Nothing {}
    private let queue = BoundedQueue<Nothing>(capacity: 1)

    /// False: it is over, the thread is to end.
    func sleep(milliseconds: Int) -> Bool {
        if case .closed = queue.pop(timeout: max(milliseconds, 1)) { return false }
        return true
    }

    func end() { queue.close() }
}

enum ThreadPriority {
    /// For work that may always wait: on Linux the number of a process is a thread's too, 0 is this one.
    static func lower() { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
}
