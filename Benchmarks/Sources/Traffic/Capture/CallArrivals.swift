/// Starts the calls one after another; each brings its own sources, so only the living ones are in memory.
public final class CallArrivals: PacketSource {
    private let start: (CaptureRun, UInt64) -> UInt64

    /// - Parameter start: starts what is due at that time and returns when to come back (`UInt64.max`: never).
    public init(first: UInt64, start: @escaping (CaptureRun, UInt64) -> UInt64) {
        self.start = start
        super.init()
        next = first
    }

    public override func emit(into run: CaptureRun) { next = start(run, next) }
}
