import Glibc

/// The time of day, for logs only: calls live in packet time.
enum WallClock {
    /// Nanoseconds since the epoch.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
