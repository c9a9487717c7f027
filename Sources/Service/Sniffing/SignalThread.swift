import Engine
import Glibc
import Logging
import Synchronization

/// Takes signals on a thread of its own, where everything is allowed that a handler must not do.
///
/// SIGINT and SIGTERM end the capture in good order, SIGUSR1 prints the counters, SIGHUP reopens the log. The signals are
/// blocked for the whole process, so it has to be made before any other thread.
///
/// Why @unchecked Sendable holds: the one variable, `thread`, is the starting thread's, where `init` sets it and `stop`
/// reads it. The thread that waits for signals has this object as well, but uses only the two constants, of which one is
/// Sendable and the other an atomic.
final class SignalThread: @unchecked Sendable {
    private var thread = pthread_t()
    private let control: SnifferControl
    private let isOpen = Atomic<Bool>(false)

    private static let handled = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]

    init(_ control: SnifferControl) {
        self.control = control
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A shell without job control starts background jobs with SIGINT ignored, and what is ignored never arrives.
        for number in Self.handled { signal(number, SIG_DFL) }
        signal(SIGPIPE, SIG_IGN)
        let retained = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<SignalThread>.fromOpaque(argument).takeRetainedValue().wait() }
                return nil
            }, retained.toOpaque())
        if status != 0 {
            retained.release()
            // Without the thread the signals do what they do by default, which beats doing nothing.
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in handled { sigaddset(&set, number) }
        return set
    }

    private func wait() {
        var set = Self.set
        var interrupts = 0
        while true {
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { return }
            switch number {
            case SIGUSR1: control.report()
            case SIGUSR2: return
            case SIGHUP: reopenLog()
            default:
                if number == SIGINT { interrupts += 1 }
                // Opening waits for a FIFO's writer. Nothing has been written yet, so there is nothing to finish.
                if !isOpen.load(ordering: .acquiring) { _exit(ExitStatus.ok.rawValue) }
                // Somebody does not want to wait. What is open stays readable, and the next start finishes it.
                if interrupts > 1 { _exit(128 + SIGINT) }
                control.stop()
            }
        }
    }

    private func reopenLog() {
        do throws(CommandError) {
            try Log.reopen()
            Logger(label: "lc").info("log reopened")
        } catch {
            Logger(label: "lc").error("\(error.what)", metadata: ["file": "\(error.place ?? "")"])
        }
    }

    /// The input is open: from here on a stop has something to finish.
    func opened() { isOpen.store(true, ordering: .releasing) }

    /// Ends the thread. The signals stay blocked: the process is about to end.
    func stop() { pthread_kill(thread, SIGUSR2) }
}
