/// The life of one datagram until it is complete.
extension Defragmenter {
    mutating func beginDatagram(key: FragmentKey, hash: UInt64, position: UInt64) -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot].key = key
            slots[slot].hash = hash
        } else {
            slot = slots.count
            slots.append(DatagramSlot(key: key, hash: hash))
        }
        slots[slot].state = .pending
        slots[slot].since = now
        slots[slot].position = position
        slots[slot].ipProtocol = key.ipProtocol
        slots[slot].isIndexed = true
        table.insert(slot, hash: hash)
        pending.append(slot, in: &slots)
        charge(slot, FragmentLimits.datagramOverhead)
        return slot
    }

    /// Adds a fragment to a pending datagram.
    mutating func continueDatagram(_ slot: Int, _ fragment: Fragment, _ payload: Span<UInt8>) -> FragmentOutcome {
        let range = fragment.offset..<(fragment.offset + payload.count)
        guard slots[slot].tags.count < limits.maxFragmentsPerDatagram else { return .refused(.fragmentsPerDatagram) }
        guard slots[slot].allows(end: range.upperBound, more: fragment.more) else { return .malformed }
        let isDuplicate = slots[slot].pieces.contains(exactly: range)
        if slots[slot].key.version == 6, !isDuplicate, slots[slot].pieces.overlaps(range) {
            poison(slot)
            return .malformed
        }
        let overhead = FragmentLimits.fragmentOverhead + fragment.weight
        guard makeRoom(overhead + payload.count, keeping: slot) else { return .refused(.bytes) }

        let before = slots[slot].pieces.arrived.count
        let overlap = slots[slot].pieces.fill(payload, at: fragment.offset)
        charge(slot, overhead + slots[slot].pieces.arrived.count - before)
        slots[slot].tags.append(fragment.tag)
        slots[slot].fingerprints.append(fragment.fingerprint)
        if fragment.offset == 0, !isDuplicate { slots[slot].ipProtocol = fragment.ipProtocol }
        if !fragment.more { slots[slot].total = range.upperBound }
        if overlap == .partial { statistics.overlappingIPv4Fragments += 1 }
        if let total = slots[slot].total, slots[slot].pieces.isComplete(total) { return completed(slot) }
        return overlap == .whole ? .duplicateOfHeld : .held
    }

    private mutating func completed(_ slot: Int) -> FragmentOutcome {
        pending.remove(slot, in: &slots)
        completeCount += 1
        slots[slot].state = .complete
        slots[slot].assembled = slots[slot].pieces.assembled()
        slots[slot].pieces = FragmentPieces()
        return .complete(DatagramID(slot: slot, generation: slots[slot].generation))
    }

    private mutating func poison(_ slot: Int) {
        statistics.overlappingIPv6Datagrams += 1
        surrenderTags(of: slot, .overlapping)
        pending.remove(slot, in: &slots)
        moveToPast(slot, as: .poisoned)
    }
}

extension DatagramSlot {
    /// Whether a fragment that ends at `end` agrees with what is known of the datagram's length.
    func allows(end: Int, more: Bool) -> Bool {
        guard let total else { return more || end >= pieces.end }
        return more ? end <= total : end == total
    }
}
