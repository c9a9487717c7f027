import Glibc
import Synchronization

/// Ends a live capture from another thread, or from a signal handler's thread.
public final class LiveStopper: Sendable {
    private let requested = Atomic<Bool>(false)
    /// A pipe that becomes readable, so that a waiting poll(2) returns.
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(CaptureError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw CaptureError(
                .deviceUnavailable, "pipe", detail: systemErrorText(errno), hint: "raise the limit with ulimit -n")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        _ = close(readEnd)
        _ = close(writeEnd)
    }

    /// The source hands out what the kernel holds up to now, then `.endOfInput`. May be called more than once.
    public func stop() {
        guard !requested.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    public var isStopping: Bool { requested.load(ordering: .acquiring) }
}
