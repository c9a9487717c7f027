/// Age and space.
extension Defragmenter {
    /// Gives up what is older than `maxAge` and forgets what is older than `memoryAge`.
    ///
    /// - Returns: all tags given up since they were last taken.
    public mutating func expire(now: Int64) -> [GivenUpFragment] {
        self.now = now
        giveUpExpired()
        return takeGivenUp()
    }

    /// The end of the input: no fragment waits any longer.
    public mutating func giveUpAll() -> [GivenUpFragment] {
        while pending.oldest >= 0 { giveUp(pending.oldest, .expired) }
        return takeGivenUp()
    }

    public var hasGivenUp: Bool { !givenUp.isEmpty }

    /// The tags given up since they were last taken, by datagram in the order in which these were given up.
    public mutating func takeGivenUp() -> [GivenUpFragment] {
        var taken: [GivenUpFragment] = []
        swap(&taken, &givenUp)
        return taken
    }

    /// Both lists are in order of age: only their heads need a look. A clock set back (differences below 0) waits.
    mutating func giveUpExpired() {
        while pending.oldest >= 0, now &- slots[pending.oldest].since >= limits.maxAge {
            giveUp(pending.oldest, .expired)
        }
        while past.oldest >= 0, now &- slots[past.oldest].since >= limits.memoryAge { forget(past.oldest) }
    }

    /// nil when there is room for one datagram more and `payload` bytes in it.
    mutating func makeRoomForDatagram(_ payload: Int) -> FragmentLimit? {
        while pending.count + completeCount >= limits.maxDatagrams {
            guard pending.oldest >= 0 else { return .datagrams }
            giveUp(pending.oldest, .evicted)
        }
        let cost = FragmentLimits.datagramOverhead + FragmentLimits.fragmentOverhead + payload
        return makeRoom(cost, keeping: nil) ? nil : .bytes
    }

    /// Memories go first, then the oldest incomplete datagrams other than `kept`.
    mutating func makeRoom(_ bytes: Int, keeping kept: Int?) -> Bool {
        // What can never fit must not throw the others out.
        guard (kept.map { slots[$0].cost } ?? 0) + bytes <= limits.maxBytes else { return false }
        while heldBytes + bytes > limits.maxBytes {
            if past.oldest >= 0, past.oldest != kept {
                forget(past.oldest)
            } else if pending.oldest >= 0, pending.oldest != kept {
                giveUp(pending.oldest, .evicted)
            } else if pending.oldest >= 0, slots[pending.oldest].newer >= 0 {
                giveUp(slots[pending.oldest].newer, .evicted)
            } else {
                return false
            }
        }
        return true
    }

    mutating func charge(_ slot: Int, _ bytes: Int) {
        slots[slot].cost += bytes
        heldBytes += bytes
    }

    mutating func surrenderTags(of slot: Int, _ reason: GivenUpFragment.Reason) {
        for tag in slots[slot].tags { givenUp.append(GivenUpFragment(tag: tag, reason: reason)) }
    }

    private mutating func giveUp(_ slot: Int, _ reason: GivenUpFragment.Reason) {
        if reason == .expired { statistics.expiredDatagrams += 1 } else { statistics.evictedDatagrams += 1 }
        surrenderTags(of: slot, reason)
        pending.remove(slot, in: &slots)
        free(slot)
    }
}
