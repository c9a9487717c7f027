import Capture

/// Another source, read on a thread of its own into a bounded number of batches.
///
/// Live, so that the kernel's ring is emptied while the tracker is busy; and for pipes, so that a silent one does not keep
/// a stop waiting. Batches change hands by swapping, so no packet is copied.
public final class QueuedSource: PacketSource {
    /// What happens when all batches are in use.
    public enum Overload: Sendable {
        /// The source waits: a pipe's writer, or the kernel with its ring, which drops (and counts) only when that is full.
        case wait
        /// Packets are read and dropped, and counted in `statistics.droppedByQueue`.
        case drop
    }

    /// Batches between the threads: 4 MiB of packets.
    public static let defaultDepth = 16

    private let feeder: SourceFeeder
    private let thread: DedicatedThread
    private let stopBase: (@Sendable () -> Void)?
    public private(set) var interfaces: [CaptureInterface] = []
    public let linkTypes: [UInt32]
    public let isNanosecond: Bool
    private var hasThrown = false

    /// - Parameters:
    ///   - limit: packets to a batch.
    ///   - stopBase: tells the source to end, after which it still hands out what it holds. Without it, a stop leaves the
    ///     source where it is: the thread may be waiting inside of it.
    public init(
        _ base: any PacketSource, overload: Overload, limit: Int, depth: Int = QueuedSource.defaultDepth,
        stopBase: (@Sendable () -> Void)? = nil
    ) {
        self.stopBase = stopBase
        interfaces = base.interfaces
        linkTypes = base.linkTypes
        isNanosecond = base.isNanosecond
        let feeder = SourceFeeder(base, overload: overload, limit: limit, depth: max(1, depth))
        self.feeder = feeder
        thread = DedicatedThread { feeder.run() }
    }

    /// Ends the input; what was captured until now can still be read. From any thread, any number of times.
    public var stopper: @Sendable () -> Void {
        let feeder = feeder
        return stopBase ?? { feeder.abandon() }
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        // A source that can be stopped ends by itself; of one that cannot, we stop waiting.
        switch feeder.ready.pop(timeout: stopBase == nil ? 100 : -1) {
        case .timeout:
            return feeder.isAbandoned ? .endOfInput : .idle
        case .closed:
            if !hasThrown, let error = feeder.error {
                hasThrown = true
                throw error
            }
            return .endOfInput
        case .element(let slot):
            interfaces = slot.interfaces
            let status = slot.status
            if status == .packets { swap(&batch, &slot.batch) }
            feeder.free.push(slot)
            return status
        }
    }

    /// Batches that wait to be tracked.
    var depth: Int { feeder.ready.depth }

    /// As the reading thread last saw them; exact once the input has ended.
    public var statistics: CaptureStatistics { feeder.statistics }
    public var damages: [CaptureDamage] { feeder.damages }
}
