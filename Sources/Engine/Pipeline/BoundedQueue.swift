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
    private var ring: [Element?]
    private var first = 0
    private var count = 0
    private var isClosed = false
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let notEmpty: UnsafeMutablePointer<pthread_cond_t>
    private let notFull: UnsafeMutablePointer<pthread_cond_t>

    package init(capacity: Int) {
        ring = Array(repeating: nil, count: max(1, capacity))
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
        linger { count == ring.count }
        while count == ring.count, !isClosed { unsafe pthread_cond_wait(notFull, mutex) }
        guard !isClosed else { return false }
        ring[(first + count) % ring.count] = element
        count += 1
        unsafe pthread_cond_signal(notEmpty)
        return true
    }

    /// Does not wait. Returns false, and keeps nothing, when the queue is full or closed.
    package func pushIfRoom(_ element: Element) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        guard count < ring.count, !isClosed else { return false }
        ring[(first + count) % ring.count] = element
        count += 1
        unsafe pthread_cond_signal(notEmpty)
        return true
    }

    package var capacity: Int { ring.count }

    /// Elements waiting.
    package var depth: Int {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return count
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
        linger { count == 0 }
        if count == 0, !isClosed, timeout >= 0 {
            var deadline = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
            deadline.tv_sec += timeout / 1000
            deadline.tv_nsec += timeout % 1000 * 1_000_000
            if deadline.tv_nsec >= 1_000_000_000 {
                deadline.tv_sec += 1
                deadline.tv_nsec -= 1_000_000_000
            }
            while count == 0, !isClosed {
                if unsafe pthread_cond_timedwait(notEmpty, mutex, &deadline) == ETIMEDOUT { break }
            }
        } else {
            while count == 0, !isClosed { unsafe pthread_cond_wait(notEmpty, mutex) }
        }
        guard count > 0, let element = ring[first] else { return isClosed ? .closed : .timeout }
        ring[first] = nil
        first = (first + 1) % ring.count
        count -= 1
        unsafe pthread_cond_signal(notFull)
        return .element(element)
    }

    /// With `mutex` held: lets other threads run for a moment. With more of them than processors, what is waited for often
    /// comes before a sleep and a wake-up, which cost as much as some hundred packets, would be over.
    private func linger(while isWaiting: () -> Bool) {
        for _ in 0..<3 where !isClosed && isWaiting() {
            unsafe pthread_mutex_unlock(mutex)
            sched_yield()
            unsafe pthread_mutex_lock(mutex)
        }
    }

    /// Nothing is accepted any more; what is in the queue can still be taken.
    package func close() {
        unsafe pthread_mutex_lock(mutex)
        isClosed = true
        unsafe pthread_cond_broadcast(notEmpty)
        unsafe pthread_cond_broadcast(notFull)
        unsafe pthread_mutex_unlock(mutex)
    }
}
