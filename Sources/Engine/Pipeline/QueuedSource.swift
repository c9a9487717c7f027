import Capture
import PacketDecoding

/// Another source, read on a thread of its own into a bounded number of batches.
///
/// Live, so that the kernel's ring is emptied while the tracker is busy; for pipes, so that a silent one does not keep a
/// stop waiting; for files, because half of a replay's time is the kernel's, which copies. Batches change hands by swapping,
/// so no packet is copied.
public final class QueuedSource: PacketSource {
    /// What happens when all batches are in use.
    public enum Overload: Sendable {
        /// The source waits: a pipe's writer, or the kernel with its ring, which drops (and counts) only when that is full.
        case wait
        /// Packets are read and dropped, and counted in `statistics.droppedByQueue`.
        case drop
    }

    /// How a stop ends the input. What was read before it is handed out in any case.
    public enum Stopping: Sendable {
        /// The source is told, from any thread; it hands out what it holds, and ends.
        case byTelling(@Sendable () -> Void)
        /// The read that is going on is the last: for sources that never wait long.
        case afterRead
        /// The thread is left where it is: it may be waiting in there for ever.
        case leaving
    }

    /// Batches between the threads, live: 4 MiB of packets.
    public static let defaultDepth = 16

    private let feeder: SourceFeeder
    private let thread: DedicatedThread
    private let stopping: Stopping
    public private(set) var interfaces: [CaptureInterface] = []
    public let linkTypes: [UInt32]
    public let isNanosecond: Bool
    /// Of the hashes in messages that are read ahead: also that of who tracks them.
    let seed: UInt64
    private var hasThrown = false
    /// The input was ended while the thread may still be in the source, which is not to be asked for anything.
    public private(set) var isLeftBehind = false

    /// - Parameters:
    ///   - limit: packets to a batch.
    ///   - depth: batches between the threads.
    ///   - readsMessages: at first; afterwards whoever tracks them says.
    public init(
        _ base: any PacketSource, overload: Overload, limit: Int, depth: Int = QueuedSource.defaultDepth,
        stopping: Stopping, readsMessages: Bool = false
    ) {
        self.stopping = stopping
        interfaces = base.interfaces
        linkTypes = base.linkTypes
        isNanosecond = base.isNanosecond
        seed = UInt64.random(in: 1 ... .max)
        let feeder = SourceFeeder(
            base, overload: overload, limit: limit, depth: max(1, depth), FlowHash(seed: seed),
            readsMessages: readsMessages)
        self.feeder = feeder
        thread = DedicatedThread { feeder.run() }
    }

    /// The thread may be waiting for a batch that nobody gives back any more.
    deinit {
        feeder.abandon()
        feeder.free.close()
    }

    /// Ends the input; what was captured until now can still be read. From any thread, any number of times.
    public var stopper: @Sendable () -> Void {
        if case .byTelling(let stop) = stopping { return stop }
        let feeder = feeder
        return { feeder.abandon() }
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        var datagrams = SIPDatagrams()
        return try read(into: &batch, &datagrams)
    }

    /// - Parameter datagrams: the messages among them, if `readsMessages` was set.
    func read(into batch: inout PacketBatch, _ datagrams: inout SIPDatagrams) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        datagrams.removeAll()
        // A source that can be stopped ends by itself; of one that cannot, we stop waiting.
        var timeout = -1
        if case .leaving = stopping { timeout = 100 }
        switch feeder.ready.pop(timeout: timeout) {
        case .timeout:
            isLeftBehind = feeder.isAbandoned
            return isLeftBehind ? .endOfInput : .idle
        case .closed:
            if !hasThrown, let error = feeder.error {
                hasThrown = true
                throw error
            }
            return .endOfInput
        case .element(let slot):
            interfaces = slot.interfaces
            let status = slot.status
            if status == .packets {
                swap(&batch, &slot.batch)
                swap(&datagrams, &slot.datagrams)
            }
            feeder.free.push(slot)
            return status
        }
    }

    /// Much is signalled: the thread that reads packets is to read messages, too.
    var readsMessages: Bool {
        get { feeder.readsMessages }
        set { feeder.readsMessages = newValue }
    }

    /// Batches that wait to be tracked.
    var depth: Int { feeder.ready.depth }
    var capacity: Int { feeder.ready.capacity }

    /// As the reading thread last saw them; exact once the input has ended.
    public var statistics: CaptureStatistics { feeder.statistics }
    public var damages: [CaptureDamage] { feeder.damages }
}
