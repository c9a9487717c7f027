import Glibc

/// A thread of our own. Packet work never runs on Swift's cooperative pool, whose threads must not block.
final class DedicatedThread: @unchecked Sendable {
    // Written by `init` and read by `join` only.
    private var handle = pthread_t()
    private let started: Bool

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Starts the thread. If the system gives us no thread, the body runs here and now: slower, never wrong.
    init(_ body: @escaping @Sendable () -> Void) {
        let boxed = unsafe Unmanaged.passRetained(
            Body(body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, boxed.toOpaque())
        started = status == 0
        handle = thread
        if !started { unsafe boxed.takeRetainedValue().run() }
    }

    func join() {
        guard started else { return }
        pthread_join(handle, nil)
    }
}
