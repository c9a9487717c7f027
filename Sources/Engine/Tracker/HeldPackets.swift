import Calls
import Capture
import PacketDecoding

/// Packets that wait: for the rest of their message or datagram, so that their call is not known yet.
///
/// Copies, because the batch they came in moves on. A handle (tag) stays valid until its last reference is released.
struct HeldPackets {
    struct Held {
        var packet: CapturedPacket
        var position: UInt64
        var bytes: [UInt8]
        /// The batch it came in, and its index there: no second copy is needed within that batch.
        var batch: UInt64
        var index: UInt32
        var references: Int32
        var generation: UInt32
        /// What it counts as in the ledger, once that is known.
        var ledgerClass: PacketClass?
        var isCopy = false
        /// Part of an IP datagram, whose memory the defragmenter bounds.
        var isFragment = false
        /// A segment behind a hole.
        var isWaiting = false
        /// The other packets of the datagram that this one completed. They go where it goes; a reference each.
        var companions: [UInt32] = []
        /// Calls that have it already, so that two messages of one call do not write it twice.
        var owners: [UInt64] = []
    }

    private(set) var slots: [Held] = []
    private var free: [UInt32] = []
    /// In the order of position: what is released is popped lazily.
    private var order: [(position: UInt64, slot: UInt32, generation: UInt32)] = []
    private var orderHead = 0
    /// Of TCP segments, with what each costs beside its bytes.
    private(set) var segmentBytes = 0
    private(set) var segmentCount = 0
    /// Of them, those behind a hole.
    private(set) var waitingCount = 0
    private(set) var count = 0

    /// What a packet costs beside its bytes.
    static let overhead = MemoryLayout<Held>.stride + 32

    /// A segment costs its bytes, and as much again three times: the stream's buffer has a copy until the message is whole,
    /// and when it grows there are two of them for a moment, one twice as large.
    static func cost(_ bytes: Int) -> Int { 4 * bytes + overhead }

    mutating func hold(
        _ packet: CapturedPacket, bytes packetBytes: [UInt8], position: UInt64, batch: UInt64, index: UInt32,
        isCopy: Bool
    ) -> UInt32 {
        var held = Held(
            packet: packet, position: position, bytes: packetBytes, batch: batch, index: index, references: 1,
            generation: 0)
        held.isCopy = isCopy
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
            held.generation = slots[Int(slot)].generation &+ 1
            slots[Int(slot)] = held
        } else {
            slot = UInt32(slots.count)
            slots.append(held)
        }
        segmentBytes += HeldPackets.cost(packetBytes.count)
        segmentCount += 1
        count += 1
        order.append((position, slot, held.generation))
        if order.count > 1 << 16 { compactOrder() }
        return slot
    }

    mutating func setFragment(_ tag: UInt32) {
        slots[Int(tag)].isFragment = true
        segmentBytes -= HeldPackets.cost(slots[Int(tag)].bytes.count)
        segmentCount -= 1
    }

    /// The segment waits behind a hole, or does not any more.
    mutating func setWaiting(_ tag: UInt32, _ isWaiting: Bool) {
        guard slots[Int(tag)].isWaiting != isWaiting else { return }
        slots[Int(tag)].isWaiting = isWaiting
        waitingCount += isWaiting ? 1 : -1
    }

    /// What was a fragment waits as (part of) a TCP segment, whose memory another limit bounds.
    mutating func setSegment(_ tag: UInt32) {
        for companion in slots[Int(tag)].companions { setSegment(companion) }
        guard slots[Int(tag)].isFragment else { return }
        slots[Int(tag)].isFragment = false
        segmentBytes += HeldPackets.cost(slots[Int(tag)].bytes.count)
        segmentCount += 1
    }

    subscript(tag: UInt32) -> Held {
        _read { yield slots[Int(tag)] }
        _modify { yield &slots[Int(tag)] }
    }

    mutating func retain(_ tag: UInt32) { slots[Int(tag)].references += 1 }

    /// Gives one reference back. Returns the packet when it was the last.
    mutating func release(_ tag: UInt32) -> Held? {
        slots[Int(tag)].references -= 1
        guard slots[Int(tag)].references <= 0 else { return nil }
        let held = slots[Int(tag)]
        if !held.isFragment {
            segmentBytes -= HeldPackets.cost(held.bytes.count)
            segmentCount -= 1
        }
        if held.isWaiting { waitingCount -= 1 }
        count -= 1
        slots[Int(tag)].bytes = []
        slots[Int(tag)].owners = []
        slots[Int(tag)].companions = []
        slots[Int(tag)].generation &+= 1
        free.append(tag)
        return held
    }

    /// Position of the oldest packet that is still held.
    mutating func oldestPosition() -> UInt64? {
        while orderHead < order.count {
            let entry = order[orderHead]
            if slots[Int(entry.slot)].generation == entry.generation, slots[Int(entry.slot)].references > 0 {
                return entry.position
            }
            orderHead += 1
        }
        order.removeAll(keepingCapacity: true)
        orderHead = 0
        return nil
    }

    /// Slots in memory, used or not.
    var capacity: Int { slots.capacity }

    /// Gives the memory of all slots back if none is in use.
    mutating func releaseMemory() {
        guard count == 0 else { return }
        slots = []
        free = []
        order = []
        orderHead = 0
    }

    /// Called now and then, so that the order does not grow behind one packet that is held for long.
    mutating func compactOrder() {
        guard order.count > 4096, order.count > 4 * (count + 1) else { return }
        order = order[orderHead...].filter {
            slots[Int($0.slot)].generation == $0.generation && slots[Int($0.slot)].references > 0
        }
        orderHead = 0
    }
}
