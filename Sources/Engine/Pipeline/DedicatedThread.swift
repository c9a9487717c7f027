import Glibc

/// A thread of our own. Packet work never runs on Swift's cooperative pool, whose threads must not block.
///
/// Why @unchecked Sendable holds: the two variables are for whoever started the thread. `init` and `join` run there, one
/// after the other; `deinit` runs where the last reference goes, when nobody else has one. The new thread never sees this
/// object, only its `Body`, of which it gets the one reference there is.
package final class DedicatedThread: @unchecked Sendable {
    private var handle = pthread_t()
    private var isJoined = false

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Starts the thread. Threads are made before the first packet; if the system gives us none, the program ends with a
    /// word (EX_UNAVAILABLE): bodies wait for one another, so running one here would wait for ever.
    package init(_ body: @escaping @Sendable () -> Void) {
        // Retained once, here; the thread, which has to exist if the program goes on, takes that over.
        let boxed = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, boxed.toOpaque())
        guard status == 0 else {
            let message = "lc: the system gives no thread (raise the limit of processes, or use --workers 1)\n"
            // The string lives through the call, and is as long as its UTF-8.
            _ = unsafe write(STDERR_FILENO, message, message.utf8.count)
            exit(69)
        }
        handle = thread
    }

    /// Nobody waits for the reader of a silent pipe: the system frees such a thread's stack itself, when it ends.
    deinit {
        if !isJoined { pthread_detach(handle) }
    }

    package func join() {
        guard !isJoined else { return }
        isJoined = true
        pthread_join(handle, nil)
    }
}
