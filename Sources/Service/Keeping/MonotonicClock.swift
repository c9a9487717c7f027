import Glibc

/// Time that nobody sets: it goes on while the machine sleeps.
enum MonotonicClock {
    /// Nanoseconds since the machine was started.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
