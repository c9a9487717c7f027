/// What the caller does with a complete datagram, and what is kept of it for its late duplicates.
extension Defragmenter {
    /// The reassembled bytes, everything after the IP headers. Empty for an identifier that was released.
    public func bytes(of datagram: DatagramID) -> [UInt8] { isValid(datagram) ? slots[datagram.slot].assembled : [] }

    /// The tags of its fragments in the order in which they were added.
    public func tags(of datagram: DatagramID) -> [UInt32] { isValid(datagram) ? slots[datagram.slot].tags : [] }

    /// The protocol its bytes begin with, for `PacketDecoder.decodeTransport(of:ipProtocol:into:)`.
    public func ipProtocol(of datagram: DatagramID) -> UInt8 {
        isValid(datagram) ? slots[datagram.slot].ipProtocol : 0
    }

    /// Says whose the datagram is, so that duplicates that come within `memoryAge` after the release are known as
    /// its owner's. To be called before `release(_:)`; without it nothing is remembered.
    public mutating func remember(_ datagram: DatagramID, owner: UInt64) {
        if isValid(datagram) { slots[datagram.slot].owner = owner }
    }

    /// Frees the datagram's bytes and tags.
    public mutating func release(_ datagram: DatagramID) {
        guard isValid(datagram) else { return }
        completeCount -= 1
        if slots[datagram.slot].owner != nil, slots[datagram.slot].isIndexed {
            moveToPast(datagram.slot, as: .remembered)
        } else {
            free(datagram.slot)
        }
    }

    private func isValid(_ datagram: DatagramID) -> Bool {
        slots.indices.contains(datagram.slot) && slots[datagram.slot].generation == datagram.generation
            && slots[datagram.slot].state == .complete
    }

    /// The outcome if the fragment is one that the completed datagram had; nil if it is of another datagram.
    mutating func lateDuplicate(of slot: Int, _ fragment: Fragment) -> FragmentOutcome? {
        guard slots[slot].fingerprints.contains(fragment.fingerprint) else { return nil }
        if slots[slot].state == .remembered, let owner = slots[slot].owner { return .belongsToCompleted(owner: owner) }
        guard slots[slot].tags.count < limits.maxFragmentsPerDatagram else { return .refused(.fragmentsPerDatagram) }
        guard makeRoom(FragmentLimits.fragmentOverhead, keeping: slot) else { return .refused(.bytes) }
        charge(slot, FragmentLimits.fragmentOverhead)
        slots[slot].tags.append(fragment.tag)
        return .duplicateOfHeld
    }

    /// Takes the key from a datagram that is not pending. A complete one can be read on until it is released.
    mutating func forget(_ slot: Int) {
        if slots[slot].state == .complete {
            unindex(slot)
        } else {
            past.remove(slot, in: &slots)
            free(slot)
        }
    }

    mutating func moveToPast(_ slot: Int, as state: DatagramSlot.State) {
        if past.count >= limits.maxRemembered { forget(past.oldest) }
        slots[slot].state = state
        slots[slot].since = now
        slots[slot].pieces = FragmentPieces()
        slots[slot].assembled = []
        slots[slot].tags = []
        if state == .poisoned { slots[slot].fingerprints = [] }
        charge(slot, FragmentLimits.datagramOverhead + 8 * slots[slot].fingerprints.count - slots[slot].cost)
        past.append(slot, in: &slots)
    }

    mutating func free(_ slot: Int) {
        unindex(slot)
        heldBytes -= slots[slot].cost
        let generation = slots[slot].generation &+ 1
        slots[slot] = DatagramSlot(key: slots[slot].key, hash: slots[slot].hash)
        slots[slot].generation = generation
        freeSlots.append(slot)
    }

    private mutating func unindex(_ slot: Int) {
        guard slots[slot].isIndexed else { return }
        table.remove(slot, in: slots)
        slots[slot].isIndexed = false
    }
}
