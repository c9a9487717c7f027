import Calls
import PacketDecoding

extension Tracker {
    /// Makes sure the call's next deadline is in the heap.
    mutating func schedule(_ slot: Int) {
        let deadline = calls.calls[slot].life.deadline(timers, lastActivity: calls.activity[slot])
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
            let activity = calls.activity[slot]
            switch calls.calls[slot].life.expire(at: now, timers, lastActivity: activity) {
            case .finished:
                // Marks it, should an older entry of it be due as well.
                calls.calls[slot].queuedDeadline = .min
                finished.append(slot)
            case .waiting:
                updateOver(slot)
                schedule(slot)
            }
        }
        end(finished, &batch)
    }

    /// Ends calls that end at the same position of the capture.
    mutating func end(_ slots: [Int], _ batch: inout TrackedBatch) {
        let ordered = slots.sorted {
            calls.calls[$0].callID.lexicographicallyPrecedes(calls.calls[$1].callID)
        }
        for slot in ordered { end(slot, &batch) }
    }

    private mutating func end(_ slot: Int, _ batch: inout TrackedBatch) {
        if calls.calls[slot].selection == .open {
            calls.calls[slot].selection = .unwanted
            settleUndecided(slot, as: .notSelected)
        }
        if calls.calls[slot].selection != .excluded {
            batch.ends.append(
                CallEnd(
                    sequence: endSequence, outcome: calls.calls[slot].life.outcome,
                    isUnwanted: calls.calls[slot].selection != .wanted,
                    partialMedia: calls.calls[slot].partialMedia))
            endSequence += 1
            act(slot, .end, value: UInt32(truncatingIfNeeded: batch.ends.count - 1), &batch)
        }
        ownership.forget(slot, in: calls)
        undecided.forget(slot)
        calls.remove(slot, rememberUntil: clock.now &+ TrackerLimits.endedCallMemory)
    }

    // MARK: The bound on calls

    /// The table is full: the idlest call ends.
    mutating func evictIdlestCall(_ batch: inout TrackedBatch) {
        if !tracksIdleCalls {
            tracksIdleCalls = true
            for slot in calls.calls.indices where calls.calls[slot].isLive { trackIdle(slot) }
        }
        while let entry = idleCalls.popIfDue(.max) {
            let slot = Int(entry.slot)
            guard calls.calls[slot].generation == entry.generation else { continue }
            // Active since it was queued: back with its true time.
            guard calls.activity[slot] == entry.deadline else {
                trackIdle(slot)
                continue
            }
            counters.callsEvicted += 1
            calls.calls[slot].life.stop(.evicted)
            end([slot], &batch)
            return
        }
    }

    mutating func trackIdle(_ slot: Int) {
        idleCalls.push(
            DeadlineHeap.Entry(
                deadline: calls.activity[slot], slot: UInt32(slot),
                generation: calls.calls[slot].generation))
    }

    // MARK: The end of the capture

    /// Nothing more comes: what was half done is given up and every call ends.
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
        let live = calls.calls.indices.filter { calls.calls[$0].isLive }
        for slot in live { calls.calls[slot].life.stop(.endOfCapture) }
        end(live, &batch)
        batch.pendingFloor = min(batchFloor, nextPosition)
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
        compactIdleCalls()
    }

    /// Calls that ended leave their entries behind: without this the heap would grow from the first eviction on.
    private mutating func compactIdleCalls() {
        guard idleCalls.isMostlyStale(live: calls.count) else { return }
        idleCalls.removeAll()
        for slot in calls.calls.indices where calls.calls[slot].isLive { trackIdle(slot) }
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
