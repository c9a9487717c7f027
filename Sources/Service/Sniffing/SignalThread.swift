import Engine
import Glibc

/// Takes SIGINT, SIGTERM and SIGUSR1 on a thread of its own, where everything is allowed that a handler must not do.
///
/// The signals are blocked for the whole process, so it has to be made before any other thread.
final class SignalThread: @unchecked Sendable {
    // Set by `init`, used by `stop`.
    private var thread = pthread_t()
    private let control: SnifferControl

    private static let handled = [SIGINT, SIGTERM, SIGUSR1, SIGUSR2]

    init(_ control: SnifferControl) {
        self.control = control
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        let retained = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<SignalThread>.fromOpaque(argument).takeRetainedValue().wait() }
                return nil
            }, retained.toOpaque())
        if status != 0 { retained.release() }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in handled { sigaddset(&set, number) }
        return set
    }

    private func wait() {
        var set = Self.set
        while true {
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { return }
            switch number {
            case SIGUSR1: control.report()
            case SIGUSR2: return
            default: control.stop()
            }
        }
    }

    /// Ends the thread. The signals stay blocked: the process is about to end.
    func stop() { pthread_kill(thread, SIGUSR2) }
}
