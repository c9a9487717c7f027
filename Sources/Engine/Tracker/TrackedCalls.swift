import Calls
import PacketDecoding
import SIP
import Tables

/// What the tracker keeps of a call: enough to route its packets and to know when it ends.
struct TrackedCall {
    /// RTP and RTCP of two sides, usually.
    typealias Registrations = ShortList<4, Int32>

    enum Selection: UInt8 {
        /// `-u` has not been decided.
        case open
        case wanted
        case unwanted
        /// Not asked for by `--call-id`: followed for its endpoints only.
        case excluded
    }

    var number: UInt64
    var generation: UInt32
    var hash: UInt64
    var callID: [UInt8]
    var life: CallLife
    /// How far the times of its messages lie behind the clock, which never goes back; see `PacketClock.lag`.
    var lag: Int64 = 0
    /// The earliest entry of this call in the deadline heap.
    var queuedDeadline: Int64
    var worker: UInt8
    var selection: Selection
    var partialMedia = false
    var isOver = false
    var isAnswered = false
    /// Registrations of its media endpoints.
    var registrations = Registrations(filler: 0)
    /// Slots and generations of calls it shares endpoint pairs with.
    var shares: [CallReference] = []
    /// Its place among `CallGroups`, -1 while no other leg is known; and what led to it.
    var group: Int32 = -1
    var correlationKeys: [UInt64] = []
    /// Packets counted as neither in a call nor not selected until `-u` is decided.
    var undecidedPackets: UInt64 = 0

    var isLive: Bool { generation & 1 == 1 }
}

/// A call that may have ended since: the slot counts only with its generation.
struct CallReference: Equatable {
    var slot: UInt32
    var generation: UInt32
}

/// The calls being followed, by Call-ID, and for a while the Call-IDs of those that have ended.
struct TrackedCalls: ~Copyable {
    private let hash: FlowHash
    private var index = SlotIndex()
    var calls = OwnedTable<TrackedCall>()
    /// When a packet of each call came last. Apart, because it is written for every packet.
    var activity = OwnedTable<Int64>()
    private var free: [UInt32] = []
    private var ended: EndedCalls
    private(set) var nextNumber: UInt64 = 0
    private(set) var count = 0
    /// Of them, those that nobody has answered.
    private(set) var unanswered = 0

    init(hash: FlowHash, maxEnded: Int) {
        self.hash = hash
        ended = EndedCalls(limit: maxEnded)
    }

    func hashed(_ callID: Span<UInt8>) -> UInt64 { hash(callID) }

    /// The slot of a live call, -1 if there is none.
    func find(_ callID: Span<UInt8>, _ hashed: UInt64) -> Int {
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 { return -1 }
            if calls[slot].hash == hashed, isCallID(calls[slot].callID, callID) { return slot }
        }
    }

    /// Asks for where the call is looked for, `prefetch` then for the call.
    func prefetchPlace(_ hashed: UInt64) { index.prefetch(hashed) }

    /// The same for one that may begin there.
    func prefetchBegin(_ hashed: UInt64) { ended.prefetch(hashed) }

    /// Asks for what `remove` changes. Mutating only not to be compiled to a copy of the table.
    mutating func prefetchRemoval(_ slot: Int) {
        let hashed = calls[slot].hash
        index.prefetch(hashed)
        ended.prefetch(hashed)
    }

    func prefetch(_ hashed: UInt64) { prefetch(slot: index.first(hashed)) }

    func prefetch(slot: Int) {
        calls.prefetch(slot)
        activity.prefetch(slot)
    }

    /// The slot of the call that probably has the hash, -1 if there is none.
    func probableSlot(_ hashed: UInt64) -> Int { index.first(hashed) }

    private func isCallID(_ known: [UInt8], _ callID: Span<UInt8>) -> Bool { callID.isSame(as: known.span) }

    mutating func add(callID: [UInt8], hashed: UInt64, life: CallLife, workers: Int, now: Int64) -> Int {
        var call = TrackedCall(
            number: nextNumber, generation: 1, hash: hashed, callID: callID, life: life,
            queuedDeadline: .max, worker: UInt8(nextNumber % UInt64(workers)), selection: .wanted)
        nextNumber += 1
        count += 1
        unanswered += 1
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
            call.generation = calls[slot].generation &+ 1
            calls[slot] = call
            activity[slot] = now
        } else {
            slot = calls.count
            calls.append(call)
            activity.append(now)
        }
        index.insert(hashed, slot: slot)
        return slot
    }

    /// Forgets the call; its Call-ID is remembered until `until`.
    mutating func remove(_ slot: Int, rememberUntil until: Int64) {
        noteAnswer(slot)
        index.remove(calls[slot].hash, slot: slot)
        ended.remember(calls[slot].hash, until: until)
        calls[slot].generation &+= 1
        calls[slot].callID = []
        calls[slot].registrations.removeAll()
        calls[slot].shares = []
        free.append(UInt32(slot))
        count -= 1
    }

    /// Somebody has responded to one of the call's requests, or sends requests in a dialog, which a response made.
    mutating func noteAnswer(_ slot: Int) {
        guard !calls[slot].isAnswered else { return }
        calls[slot].isAnswered = true
        unanswered -= 1
    }

    func isRemembered(_ hashed: UInt64, now: Int64) -> Bool { ended.contains(hashed, now: now) }

    mutating func forgetEnded(now: Int64) { ended.expire(now: now) }

    func isLive(_ reference: CallReference) -> Bool {
        calls[Int(reference.slot)].generation == reference.generation
    }

    func reference(_ slot: Int) -> CallReference {
        CallReference(slot: UInt32(slot), generation: calls[slot].generation)
    }
}
