import Capture
import PacketDecoding
import Synchronization

/// A batch on its way from the reading thread. Exactly one side has it at any time.
final class QueuedBatch {
    var batch = PacketBatch.empty
    var datagrams = SIPDatagrams()
    var status = ReadStatus.packets
    var interfaces: [CaptureInterface] = []
}

/// The reading thread's side of a `QueuedSource`.
///
/// Why @unchecked Sendable holds: the base source and the variables are the reading thread's, which is in `run` until it
/// ends and starts only when `init` is over. All that others use is constants with locks of their own: the queues, the
/// atomics, and what `published` guards. A batch is with one side at a time, see `QueuedBatch`.
final class SourceFeeder: @unchecked Sendable {
    let free: BoundedQueue<QueuedBatch>
    let ready: BoundedQueue<QueuedBatch>
    private let base: any PacketSource
    private let overload: QueuedSource.Overload
    private let limit: Int
    private let abandoned = Atomic<Bool>(false)
    private let reads: Atomic<Bool>
    /// That of the tracker.
    private let hash: FlowHash
    /// Of the base's interfaces, by number.
    private var linkTypes: [PacketDecoding.LinkType] = []
    private let published = Mutex(Published())
    private var dropped: UInt64 = 0
    /// The same by interface number, of the interfaces that had any.
    private var droppedOfInterface: [UInt64] = []
    private var batchesSincePublishing = 0

    private struct Published {
        var statistics = CaptureStatistics()
        var damages: [CaptureDamage] = []
        var error: CaptureError?
    }

    /// Asking the kernel for its counters is a system call for each device.
    private static let publishingInterval = 32

    init(
        _ base: any PacketSource, overload: QueuedSource.Overload, limit: Int, depth: Int, _ hash: FlowHash,
        readsMessages: Bool
    ) {
        self.hash = hash
        reads = Atomic(readsMessages)
        self.base = base
        self.overload = overload
        self.limit = limit
        free = BoundedQueue(capacity: depth)
        // There are never more batches than this, so pushing one never waits.
        ready = BoundedQueue(capacity: depth)
        for _ in 0..<depth { free.push(QueuedBatch()) }
    }

    var statistics: CaptureStatistics { published.withLock { $0.statistics } }
    var damages: [CaptureDamage] { published.withLock { $0.damages } }
    var error: CaptureError? { published.withLock { $0.error } }

    func abandon() { abandoned.store(true, ordering: .relaxed) }
    var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }

    /// Much is signalled: whether messages are to be read here.
    var readsMessages: Bool {
        get { reads.load(ordering: .relaxed) }
        set { if newValue != readsMessages { reads.store(newValue, ordering: .relaxed) } }
    }

    func run() {
        let spare = overload == .drop ? QueuedBatch() : nil
        var slot: QueuedBatch?
        reading: while !isAbandoned {
            if slot == nil { slot = take() }
            guard let target = slot ?? spare else { break }
            switch read(into: target) {
            case .endOfInput:
                break reading
            case .idle:
                publish()
                // The reader only wants to know that time passes; while it is busy it knows.
                if slot != nil { hand(target, .idle, &slot) }
            case .packets:
                if slot == nil {
                    drop(target.batch)
                    publish()
                } else {
                    hand(target, .packets, &slot)
                }
            }
            batchesSincePublishing += 1
            if batchesSincePublishing >= SourceFeeder.publishingInterval { publish() }
        }
        publish()
        ready.close()
    }

    /// A batch to fill; nil when there is none and the packets are to be dropped.
    private func take() -> QueuedBatch? {
        guard case .element(let slot) = free.pop(timeout: overload == .wait ? -1 : 0) else { return nil }
        return slot
    }

    private func hand(_ target: QueuedBatch, _ status: ReadStatus, _ slot: inout QueuedBatch?) {
        target.status = status
        target.interfaces = base.interfaces
        // Not of what is dropped.
        readMessages(target)
        slot = nil
        ready.push(target)
    }

    private func drop(_ batch: borrowing PacketBatch) {
        dropped += UInt64(batch.count)
        for packet in batch.packets {
            let number = Int(packet.interface)
            while droppedOfInterface.count <= number { droppedOfInterface.append(0) }
            droppedOfInterface[number] += 1
        }
    }

    private func read(into slot: QueuedBatch) -> ReadStatus {
        slot.batch.growArena()
        do throws(CaptureError) {
            return try base.read(into: &slot.batch, limit: limit)
        } catch {
            published.withLock { $0.error = error }
            return .endOfInput
        }
    }

    private func readMessages(_ slot: QueuedBatch) {
        slot.datagrams.removeAll()
        guard readsMessages else { return }
        if slot.interfaces.count != linkTypes.count { linkTypes = slot.interfaces.map { .init(rawValue: $0.linkType) } }
        let packets = slot.batch.packets
        slot.datagrams.read(from: 0, upTo: packets.count, packets, slot.batch.bytes, linkTypes, hash)
    }

    private func attributeDrops(_ statistics: inout CaptureStatistics) {
        let names = base.interfaces.map(\.name)
        for (number, packets) in droppedOfInterface.enumerated() where packets > 0 && number < names.count {
            guard let index = statistics.interfaces.firstIndex(where: { $0.name == names[number] }) else { continue }
            statistics.interfaces[index].droppedByQueue += packets
        }
    }

    private func publish() {
        batchesSincePublishing = 0
        var statistics = base.statistics
        statistics.droppedByQueue += dropped
        if dropped > 0 { attributeDrops(&statistics) }
        let damages = base.damages
        published.withLock {
            $0.statistics = statistics
            $0.damages = damages
        }
    }
}
