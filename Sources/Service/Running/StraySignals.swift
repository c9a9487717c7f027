import Glibc
import Synchronization

/// Signals that reach another thread than the one that waits for them, which blocks them like every thread of ours.
///
/// A library's thread need not: swift-subprocess waits for the end of commands in `epoll_pwait` with an empty mask, and there a
/// SIGTERM or a SIGHUP would do what it does by default, which is to kill the process. So each has a handler, that sends it on.
enum StraySignals {
    /// The thread that waits for signals; 0 before there is one. It never ends.
    private static let thread = Atomic<pthread_t>(0)
    /// Who sent the last one: process, and user in the upper half.
    private static let sender = Atomic<UInt64>(0)

    /// From here on they come to the calling thread, where they are blocked, and which must not end.
    static func sendHere(_ numbers: [Int32]) {
        // Both exist before a handler asks for them: making a variable at its first use is nothing for one.
        sender.store(0, ordering: .relaxed)
        thread.store(pthread_self(), ordering: .releasing)
        var action = sigaction()
        sigfillset(&action.sa_mask)
        action.sa_flags = SA_SIGINFO | SA_RESTART
        action.__sigaction_handler.sa_sigaction = { number, information, _ in
            // Only what signal-safety(7) allows.
            let savedError = errno
            if let origin = information?.pointee._sifields._kill {
                let process = UInt64(UInt32(bitPattern: origin.si_pid))
                StraySignals.sender.store(UInt64(origin.si_uid) << 32 | process, ordering: .releasing)
            }
            let thread = StraySignals.thread.load(ordering: .acquiring)
            if thread != 0 { pthread_kill(thread, number) }
            errno = savedError
        }
        for number in numbers { sigaction(number, &action, nil) }
    }

    /// Who sent a signal that was taken.
    static func sender(of information: siginfo_t) -> SignalSender {
        let origin = information._sifields._kill
        // Our own process sends itself nothing else.
        guard origin.si_pid == getpid() else {
            return SignalSender(process: origin.si_pid, user: origin.si_uid)
        }
        let packed = sender.load(ordering: .acquiring)
        return SignalSender(
            process: Int32(bitPattern: UInt32(truncatingIfNeeded: packed)), user: UInt32(packed >> 32))
    }
}
