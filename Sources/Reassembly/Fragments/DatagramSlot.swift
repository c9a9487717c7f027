import PacketDecoding

/// One datagram from its first fragment until it is forgotten.
struct DatagramSlot {
    enum State: UInt8 {
        case free
        /// Waits for fragments.
        case pending
        /// Reassembled, waits for `release`.
        case complete
        /// Bytes and tags gone; kept for its late duplicates.
        case remembered
        /// An IPv6 datagram with overlapping fragments: those still to come are discarded too (RFC 5722 section 4).
        case poisoned
    }

    var state = State.free
    /// Whether the table leads here; a completed datagram can lose its place to a newer one of the same key.
    var isIndexed = false
    var key: FragmentKey
    var hash: UInt64
    /// Counts the uses of this slot, so that an old `DatagramID` is noticed.
    var generation: UInt32 = 0
    /// Neighbours in an `AgeList`, -1 at the ends.
    var older = -1
    var newer = -1

    /// Arrival of the first fragment; once remembered, when that began.
    var since: Int64 = 0
    /// The caller's position of the first fragment.
    var position: UInt64 = 0
    /// Protocol of the first fragment in the datagram's order.
    var ipProtocol: UInt8 = 0
    /// Length of the whole datagram, once its last fragment came.
    var total: Int?
    var owner: UInt64?
    /// What it is charged against `maxBytes`.
    var cost = 0

    var pieces = FragmentPieces()
    var assembled: [UInt8] = []
    var tags: [UInt32] = []
    /// Hash of each fragment kept, to know their duplicates again when the bytes are gone.
    var fingerprints: [UInt64] = []

    init(key: FragmentKey, hash: UInt64) {
        self.key = key
        self.hash = hash
    }
}

/// Slots in order of age, as a doubly linked list through the slots themselves.
struct AgeList {
    private(set) var oldest = -1
    private(set) var newest = -1
    private(set) var count = 0

    mutating func append(_ slot: Int, in slots: inout [DatagramSlot]) {
        slots[slot].older = newest
        slots[slot].newer = -1
        if newest >= 0 { slots[newest].newer = slot } else { oldest = slot }
        newest = slot
        count += 1
    }

    mutating func remove(_ slot: Int, in slots: inout [DatagramSlot]) {
        let older = slots[slot].older
        let newer = slots[slot].newer
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        slots[slot].older = -1
        slots[slot].newer = -1
        count -= 1
    }
}
