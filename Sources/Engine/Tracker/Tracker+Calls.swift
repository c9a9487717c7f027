import Calls
import PacketDecoding

extension Tracker {
    /// Makes sure the call's next deadline is in the heap.
    mutating func schedule(_ slot: Int) {
        let lag = calls.calls[slot].lag
        let deadline = calls.calls[slot].life.deadline(timers, lastActivity: calls.activity[slot] &- lag) &+ lag
        guard deadline < calls.calls[slot].queuedDeadline else { return }
        calls.calls[slot].queuedDeadline = deadline
        deadlines.push(
            DeadlineHeap.Entry(
                deadline: deadline, slot: UInt32(slot), generation: calls.calls[slot].generation))
    }

    /// Ends the calls whose time has come, in the order of their Call-IDs.
    @inline(never)
    mutating func expireCalls(_ batch: inout TrackedBatch) {
        var finished: [Int] = []
        let now = clock.now
        while let entry = deadlines.popIfDue(now) {
            let slot = Int(entry.slot)
            // An entry of an earlier deadline that was since replaced is as good as any: asking is harmless.
            guard calls.calls[slot].generation == entry.generation, calls.calls[slot].queuedDeadline != .min else {
                continue
            }
            if entry.deadline == calls.calls[slot].queuedDeadline { calls.calls[slot].queuedDeadline = .max }
            let lag = calls.calls[slot].lag
            let activity = calls.activity[slot] &- lag
            switch calls.calls[slot].life.expire(at: now &- lag, timers, lastActivity: activity) {
            case .finished:
                // Marks it, should an older entry of it be due as well.
                calls.calls[slot].queuedDeadline = .min
                finished.append(slot)
            case .waiting:
                updateOver(slot)
                schedule(slot)
            }
        }
        // Due next, not just now.
        if let next = deadlines.first { calls.prefetch(slot: Int(next.slot)) }
        end(finished, &batch)
    }

    /// Ends calls that end at the same position of the capture.
    mutating func end(_ slots: [Int], _ batch: inout TrackedBatch) {
        for slot in inOrder(slots) { end(slot, &batch) }
    }

    private func inOrder(_ slots: [Int]) -> [Int] {
        guard slots.count > 1 else { return slots }
        return slots.sorted { calls.calls[$0].callID.lexicographicallyPrecedes(calls.calls[$1].callID) }
    }

    private mutating func end(_ slot: Int, _ batch: inout TrackedBatch) {
        calls.prefetchRemoval(slot)
        if calls.calls[slot].selection == .open {
            calls.calls[slot].selection = .unwanted
            settleUndecided(slot, as: .notSelected)
        }
        if calls.calls[slot].selection != .excluded {
            var outcome = calls.calls[slot].life.outcome
            outcome.groupID = groupName(slot)
            batch.ends.append(
                CallEnd(
                    sequence: endSequence, outcome: outcome,
                    isUnwanted: calls.calls[slot].selection != .wanted,
                    partialMedia: calls.calls[slot].partialMedia))
            endSequence += 1
            act(slot, .end, value: UInt32(truncatingIfNeeded: batch.ends.count - 1), &batch)
        }
        ownership.forget(calls.calls[slot].registrations)
        forgetCorrelation(slot)
        undecided.forget(slot)
        calls.remove(slot, rememberUntil: clock.now &+ TrackerLimits.endedCallMemory)
    }

    // MARK: The bound on calls

    /// Calls that nobody has answered: they may take half of the table, and a small table whole.
    var maxUnanswered: Int { max(TrackerLimits.leastUnanswered, options.limits.maxCalls / 2) }

    /// The table is full, or its half for calls that nobody has answered: the call ends that `IdleCalls` says.
    mutating func evictIdlestCall(_ batch: inout TrackedBatch) {
        if !tracksIdleCalls {
            tracksIdleCalls = true
            for slot in calls.calls.span.indices where calls.calls[slot].isLive { trackIdle(slot) }
        }
        compactQueues()
        let share = min(maxUnanswered, options.limits.maxCalls / 2 + 1)
        if calls.unanswered >= share, let unanswered = popIdlest(.unanswered) {
            evict(unanswered, &batch)
            return
        }
        if let over = popIdlest(.over) {
            counters.graceCutShort += 1
            end([over], &batch)
            return
        }
        let idlest = [IdleCalls.Rank.unanswered, .answered].compactMap { popIdlest($0) }
        guard let first = idlest.min(by: { calls.activity[$0] < calls.activity[$1] }) else { return }
        for other in idlest where other != first { trackIdle(other) }
        evict(first, &batch)
    }

    private mutating func evict(_ slot: Int, _ batch: inout TrackedBatch) {
        counters.callsEvicted += 1
        calls.calls[slot].life.stop(.evicted)
        end([slot], &batch)
    }

    /// Takes the idlest call of a rank out of the queue.
    private mutating func popIdlest(_ rank: IdleCalls.Rank) -> Int? {
        while let entry = idleCalls.popIdlest(rank) {
            let slot = Int(entry.slot)
            guard calls.calls[slot].generation == entry.generation else { continue }
            // Active since it was queued, or of another rank now: back in its true place.
            if calls.activity[slot] == entry.deadline, self.rank(slot) == rank { return slot }
            trackIdle(slot)
        }
        return nil
    }

    private func rank(_ slot: Int) -> IdleCalls.Rank {
        if calls.calls[slot].isOver { return .over }
        return calls.calls[slot].isAnswered ? .answered : .unanswered
    }

    mutating func trackIdle(_ slot: Int) {
        idleCalls.push(
            rank(slot),
            DeadlineHeap.Entry(
                deadline: calls.activity[slot], slot: UInt32(slot),
                generation: calls.calls[slot].generation))
    }

    // MARK: The end of the capture

    /// Nothing more comes: what was half done is given up. Every call ends, with `finishCalls`.
    mutating func finish(_ batch: inout TrackedBatch) {
        batchNumber += 1
        batch.firstPosition = nextPosition
        batchFloor = oldestPending()
        finishConnections(&batch)
        finishAssociations()
        finishFragments()
        lookBack.expireAll()
        if orphans != nil {
            for entry in lookBack.takeUnclaimed() { orphans?.receive(entry) }
        }
        let live = calls.calls.span.indices.filter { calls.calls[$0].isLive }
        for slot in live { calls.calls[slot].life.stop(.endOfCapture) }
        finishing = inOrder(live)[...]
        batch.pendingFloor = min(batchFloor, nextPosition)
    }

    /// Ends the next of the calls that the end of the capture ends, all at one position. A table full of them in one batch
    /// would have all their records in memory at once. Returns false when there was none left.
    mutating func finishCalls(_ batch: inout TrackedBatch) -> Bool {
        guard !finishing.isEmpty else { return false }
        batch.firstPosition = nextPosition
        for slot in finishing.prefix(TrackerLimits.callsFinishedAtOnce) { end(slot, &batch) }
        finishing = finishing.dropFirst(TrackerLimits.callsFinishedAtOnce)
        batch.pendingFloor = min(batchFloor, nextPosition)
        return true
    }

    /// Housekeeping every `tcp_cleanup_interval` of packet time.
    mutating func cleanUp(_ batch: inout TrackedBatch) {
        nextCleanup = clock.now &+ options.limits.tcpCleanupInterval
        calls.forgetEnded(now: clock.now)
        expireConnections(&batch)
        expireFragments()
        expireAssociations()
        held.compactOrder()
        if options.limits.memoryOptimization { held.releaseMemory() }
        compactQueues()
    }

    /// Calls that ended leave their entries behind: without this the queues would grow as long as a flood lasts.
    private mutating func compactQueues() {
        if idleCalls.isMostlyStale(live: calls.count) {
            idleCalls.removeAll()
            for slot in calls.calls.span.indices where calls.calls[slot].isLive { trackIdle(slot) }
        }
        if deadlines.isMostlyStale(live: calls.count) {
            deadlines.removeAll()
            for slot in calls.calls.span.indices where calls.calls[slot].isLive {
                calls.calls[slot].queuedDeadline = .max
                schedule(slot)
            }
        }
    }

    /// Live: no packet came, but time passes.
    mutating func tick(to time: Int64, _ batch: inout TrackedBatch) {
        batchNumber += 1
        batch.firstPosition = nextPosition
        batchFloor = oldestPending()
        clock.tick(to: time)
        if clock.now >= deadlines.earliest { expireCalls(&batch) }
        if clock.now >= nextCleanup, clock.now != .min { cleanUp(&batch) }
        batch.pendingFloor = min(batchFloor, nextPosition)
    }
}
