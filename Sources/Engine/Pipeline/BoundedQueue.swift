import Glibc

/// A queue between threads: a ring of fixed size behind one mutex and two condition variables.
///
/// `push` waits while it is full, `pop` while it is empty, so replay is lossless by itself. A batch is hundreds of packets,
/// which makes the lock's cost invisible; `Synchronization.Mutex` has no condition variable, hence pthreads.
///
/// Why @unchecked Sendable holds: the variables are touched only with `mutex` held, but for `init` and `deinit`, which are
/// alone with them; the pointers never change, point to memory of this object's own, and do not leave it (hence @safe).
/// Elements need not be Sendable because they are handed over: who pushes one does not touch it again before it has got
/// it back by another queue, and the mutex orders what the one side did before what the other does. `BatchBox`, which
/// several get at once, has rules of its own.
@safe package final class BoundedQueue<Element: AnyObject>: @unchecked Sendable {
    private var ring: Ring
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let notEmpty: UnsafeMutablePointer<pthread_cond_t>
    private let notFull: UnsafeMutablePointer<pthread_cond_t>
    package let capacity: Int

    package init(capacity: Int) {
        self.capacity = max(1, capacity)
        ring = Ring(capacity: self.capacity)
        unsafe mutex = .allocate(capacity: 1)
        unsafe notEmpty = .allocate(capacity: 1)
        unsafe notFull = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(notEmpty, &attributes)
        unsafe pthread_cond_init(notFull, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(notEmpty)
        unsafe pthread_cond_destroy(notFull)
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
        unsafe notEmpty.deallocate()
        unsafe notFull.deallocate()
    }

    /// Waits for room. Returns false, and keeps nothing, once the queue is closed.
    @discardableResult
    package func push(_ element: Element) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        var patience = BoundedQueue.patience
        while true {
            switch ring.append(element) {
            case .taken:
                unsafe pthread_cond_signal(notEmpty)
                return true
            case .closed: return false
            case .full: if patience > 0 { linger(&patience) } else { unsafe pthread_cond_wait(notFull, mutex) }
            }
        }
    }

    /// Does not wait. Returns false, and keeps nothing, when the queue is full or closed.
    package func pushIfRoom(_ element: Element) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        guard case .taken = ring.append(element) else { return false }
        unsafe pthread_cond_signal(notEmpty)
        return true
    }

    /// Elements waiting.
    package var depth: Int {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return ring.count
    }

    package enum Popped {
        case element(Element)
        case timeout
        /// Closed, and everything that was pushed has been taken.
        case closed
    }

    /// Waits for an element, for so many milliseconds if `timeout` is not negative.
    package func pop(timeout: Int = -1) -> Popped {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        var patience = timeout == 0 ? 0 : BoundedQueue.patience
        var deadline: timespec?
        var isLate = false
        while true {
            if let element = ring.popFirst() {
                unsafe pthread_cond_signal(notFull)
                return .element(element)
            }
            if ring.isClosed { return .closed }
            if isLate { return .timeout }
            if patience > 0 {
                linger(&patience)
            } else if timeout < 0 {
                unsafe pthread_cond_wait(notEmpty, mutex)
            } else {
                var end = deadline ?? BoundedQueue.time(in: timeout)
                deadline = end
                isLate = unsafe pthread_cond_timedwait(notEmpty, mutex, &end) == ETIMEDOUT
            }
        }
    }

    /// How often a thread that has to wait lets others run before it sleeps. With more of them than processors, what is
    /// waited for often comes before a sleep and a wake-up, which cost as much as some hundred packets, would be over.
    private static var patience: Int { 3 }

    /// With `mutex` held.
    private func linger(_ patience: inout Int) {
        patience -= 1
        unsafe pthread_mutex_unlock(mutex)
        sched_yield()
        unsafe pthread_mutex_lock(mutex)
    }

    /// The time in so many milliseconds, by the clock of the condition variables.
    private static func time(in milliseconds: Int) -> timespec {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        time.tv_sec += milliseconds / 1000
        time.tv_nsec += milliseconds % 1000 * 1_000_000
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        return time
    }

    /// Nothing is accepted any more; what is in the queue can still be taken.
    package func close() {
        unsafe pthread_mutex_lock(mutex)
        ring.isClosed = true
        unsafe pthread_cond_broadcast(notEmpty)
        unsafe pthread_cond_broadcast(notFull)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// The elements, in one place and asked once for each thing: every use of a variable of a class is checked for being the
    /// only one.
    private struct Ring {
        private var places: [Element?]
        private var first = 0
        private(set) var count = 0
        var isClosed = false

        init(capacity: Int) { places = Array(repeating: nil, count: capacity) }

        enum Appended { case taken, full, closed }

        mutating func append(_ element: Element) -> Appended {
            if isClosed { return .closed }
            if count == places.count { return .full }
            places[(first + count) % places.count] = element
            count += 1
            return .taken
        }

        mutating func popFirst() -> Element? {
            guard count > 0, let element = places[first] else { return nil }
            places[first] = nil
            first = (first + 1) % places.count
            count -= 1
            return element
        }
    }
}
