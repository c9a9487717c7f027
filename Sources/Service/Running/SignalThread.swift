import Glibc
import Synchronization

/// Takes signals on a thread of its own, where everything is allowed that a handler must not do, and looks after the run
/// a few times a second.
///
/// `block` has to come before any other thread; the thread comes when privileges have been dropped, which holds for one thread
/// only and for those that it starts.
///
/// Nobody waits for it: it may be waiting for whoever reads the log.
final class SignalThread: Sendable {
    private let run: ServiceRun
    private let isEnding = Atomic<Bool>(false)

    private static let handled = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]
    /// Between looks, nanoseconds.
    static let pause = 250_000_000

    /// From here on signals wait until the thread takes them.
    static func block() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A shell without job control starts background jobs with SIGINT ignored, and what is ignored never arrives.
        for number in Self.handled { signal(number, SIG_DFL) }
        signal(SIGPIPE, SIG_IGN)
    }

    init(_ run: ServiceRun) {
        self.run = run
        let retained = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<SignalThread>.fromOpaque(argument).takeRetainedValue().wait() }
                return nil
            }, retained.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            retained.release()
            // Without the thread the signals do what they do by default, which beats doing nothing.
            var set = Self.set
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in handled { sigaddset(&set, number) }
        return set
    }

    private func wait() -> Never {
        var set = Self.set
        StraySignals.sendHere(Self.handled)
        while !isEnding.load(ordering: .acquiring) {
            var information = siginfo_t()
            var timeout = timespec(tv_sec: 0, tv_nsec: Self.pause)
            let number = sigtimedwait(&set, &information, &timeout)
            let sender = StraySignals.sender(of: information)
            switch number {
            case SIGUSR1: run.report()
            case SIGHUP: run.reload(by: sender)
            case SIGINT, SIGTERM: run.stop(number, by: sender)
            default: break
            }
            run.look()
        }
        // Not ended: a signal may be on its way here from another thread.
        while true { Glibc.pause() }
    }

    /// Nothing more is taken or looked at. The signals stay blocked: the process is about to end.
    func stop() { isEnding.store(true, ordering: .releasing) }
}
