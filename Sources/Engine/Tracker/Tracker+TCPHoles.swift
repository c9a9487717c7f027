import Calls
import Capture
import PacketDecoding
import Reassembly
import SIP

/// Segments that never come: how long they are waited for, and what is made of the rest.
extension Tracker {
    /// The other side has acknowledged bytes that we miss: they were lost to us, not to it.
    mutating func noteAcknowledgement(_ slot: Int, _ direction: Int, _ batch: inout TrackedBatch) {
        let parser = Int(connections.connections[slot].parser)
        guard parser >= 0 else { return }
        let other = 1 - direction
        guard connections.parsers[parser].hasPending(other) else { return }
        let acknowledged = connections.parsers[parser].directions[other].assembler.offset(
            of: decoded.tcpAcknowledgement)
        if let start = connections.parsers[parser].directions[other].assembler.firstPendingStart,
            acknowledged >= start
        {
            connections.parsers[parser].directions[other].holeIsAcknowledged = true
        }
        giveUpIfOverdue(slot, parser, other, &batch)
    }

    mutating func giveUpIfOverdue(
        _ slot: Int, _ parser: Int, _ direction: Int, _ batch: inout TrackedBatch
    ) {
        let since = connections.parsers[parser].directions[direction].holeSince
        guard since != .max else { return }
        let patience =
            connections.parsers[parser].directions[direction].holeIsAcknowledged
            ? TrackerLimits.acknowledgedHolePatience
            : min(options.limits.tcpStreamMaxQueueTime, options.limits.tcpBufferMaxAge)
        if clock.now &- since > patience { giveUpHole(slot, parser, direction, &batch) }
    }

    /// Uses what stands before the hole as far as it goes, and goes on behind it.
    mutating func giveUpHole(_ slot: Int, _ parser: Int, _ direction: Int, _ batch: inout TrackedBatch) {
        counters.tcpHolesGivenUp += 1
        abandonPartial(slot, parser, direction, &batch)
        if let start = connections.parsers[parser].directions[direction].assembler.firstPendingStart,
            start > connections.parsers[parser].directions[direction].assembler.nextOffset
        {
            let tags = connections.parsers[parser].directions[direction].assembler.skip(to: start)
            release(tags, unclaimed: .tcpUnresolved)
            loseFrames(parser, direction)
        }
        advanceAfterHole(slot, parser, direction, &batch)
    }

    mutating func advanceAfterHole(
        _ slot: Int, _ parser: Int, _ direction: Int, _ batch: inout TrackedBatch
    ) {
        connections.parsers[parser].directions[direction].holeIsAcknowledged = false
        _ = drain(parser, direction, &batch)
        advance(slot, parser, direction, nil, &batch)
        if connections.parsers[parser].directions[direction].assembler.hasPending {
            connections.parsers[parser].directions[direction].holeSince =
                connections.parsers[parser].directions[direction].assembler.oldestPendingTime ?? clock.now
        }
    }

    /// An incomplete message in front of a hole, or at the end: SIP as far as it goes. If its end is known, the segments
    /// behind the hole that carry the rest of it belong to the same call.
    private mutating func abandonPartial(
        _ slot: Int, _ parser: Int, _ direction: Int, _ batch: inout TrackedBatch
    ) {
        var stream = connections.parsers[parser].directions[direction]
        guard stream.assembler.unconsumedCount > 0 else { return }
        if stream.content != .sip { return abandonFramed(slot, parser, direction, &batch) }
        connections.parsers[parser].directions[direction] = StreamDirection()
        let connection = connections.connections[slot]
        let start = stream.assembler.unconsumedStart
        let pending = stream.framer.pending
        let tellsCall = RoutedMessage.tellsCall(stream.assembler.unconsumed)
        stream.framer = SIPStreamFramer()
        stream.isPlainFront = false
        stream.handshake = WebSocketHandshake()
        if tellsCall {
            let tags = stream.assembler.carriers(of: start..<stream.assembler.nextOffset)
            let found = FoundMessage(
                isExtra: true, offset: batch.extraBytes.count, length: stream.assembler.unconsumedCount,
                timestamp: arrival(of: tags), source: direction == 0 ? connection.low : connection.high,
                destination: direction == 0 ? connection.high : connection.low, transport: .tcp, isCopy: false,
                isCut: true)
            stream.assembler.copyUnconsumed(0..<stream.assembler.unconsumedCount, to: &batch.extraBytes)
            let owner = trackMessage(found, stream.assembler.unconsumed, .held(tags), &batch)
            if let length = pending?.messageBytes {
                let end = start + Int64(length)
                stream.assembler.remember(start..<end, owner: owner)
                release(stream.assembler.skip(to: max(end, stream.assembler.nextOffset)), unclaimed: .tcpUnresolved)
                connections.parsers[parser].directions[direction] = stream
                claimRest(parser, direction, end, owner, &batch)
                return
            }
        }
        release(stream.assembler.skip(to: stream.assembler.nextOffset), unclaimed: .tcpUnresolved)
        connections.parsers[parser].directions[direction] = stream
    }

    /// Pending segments that carry the rest of a message with a hole in it.
    mutating func claimRest(
        _ parser: Int, _ direction: Int, _ end: Int64, _ owner: UInt64, _ batch: inout TrackedBatch
    ) {
        let reference = MessageOwner.unpack(owner)
        let isCall = owner != MessageOwner.none && calls.isLive(reference)
        for segment in connections.parsers[parser].directions[direction].assembler.pendingSegments
        where segment.start < end && isCall {
            deliverHeld(segment.tag, to: Int(reference.slot), &batch)
        }
        let gone = connections.parsers[parser].directions[direction].assembler.removePending(endingBy: end)
        release(gone.map(\.tag), unclaimed: isCall ? .tcpUnresolved : .sip)
    }

    // MARK: Ending connections and parsers

    /// Everything half done of the connection is given up, and its parser given back.
    mutating func giveUpParser(_ slot: Int, _ batch: inout TrackedBatch) {
        let parser = Int(connections.connections[slot].parser)
        guard parser >= 0 else { return }
        for direction in 0..<2 {
            while connections.parsers[parser].directions[direction].assembler.hasPending {
                giveUpHole(slot, parser, direction, &batch)
            }
            abandonPartial(slot, parser, direction, &batch)
        }
        connections.park(slot)
    }

    /// The connection is over or its 4-tuple is used again.
    mutating func close(_ slot: Int, _ batch: inout TrackedBatch) {
        giveUpParser(slot, &batch)
        settleControlSegments(slot)
        connections.remove(slot)
    }

    /// `max_goroutines` is reached: a parser ends. Returns false if there is none to end.
    ///
    /// Connections that never brought a whole message are what a flood consists of. They may take half of the parsers;
    /// beyond that the idlest of them ends, else the idlest of all. When they are to go first, so are those that have not
    /// even begun like SIP.
    @discardableResult
    mutating func evictIdlestParser(
        _ batch: inout TrackedBatch, except kept: Int = -1, unprovenFirst: Bool = false
    ) -> Bool {
        if unprovenFirst {
            if evictIdlestUnshown(&batch, except: kept) { return true }
        } else if connections.unprovenParsers > options.limits.maxStreamParsers / 2,
            evictIdlestUnproven(&batch, except: kept)
        {
            return true
        }
        return evictIdlestOfAll(&batch, except: kept)
    }

    /// A connection that never brought a whole message ends: of the kind there are more of, which is what the flood consists
    /// of.
    mutating func evictIdlestUnshown(_ batch: inout TrackedBatch, except kept: Int) -> Bool {
        if connections.unconfirmedParsers > connections.unprovenParsers {
            return evictIdlestCandidate(&batch, except: kept) || evictIdlestUnproven(&batch, except: kept)
        }
        return evictIdlestUnproven(&batch, except: kept) || evictIdlestCandidate(&batch, except: kept)
    }

    /// A connection whose bytes may still become SIP makes room: the one that has been silent longest. Where a stream
    /// comes a byte at a time or a handshake is answered, the next segment is milliseconds away.
    @discardableResult
    mutating func evictIdlestCandidate(_ batch: inout TrackedBatch, except kept: Int) -> Bool {
        var skipped: DeadlineHeap.Entry?
        defer { if let skipped { connections.candidates.push(skipped) } }
        while let entry = connections.candidates.popIfDue(.max) {
            let slot = Int(entry.slot)
            let parser = Int(connections.connections[slot].parser)
            guard connections.isLive(entry), parser >= 0, !connections.parsers[parser].isConfirmed else { continue }
            let lastSeen = connections.connections[slot].lastSeen
            if lastSeen != entry.deadline {
                connections.candidates.push(
                    DeadlineHeap.Entry(deadline: lastSeen, slot: entry.slot, generation: entry.generation))
            } else if slot == kept {
                skipped = entry
            } else {
                counters.tcpCandidatesEvicted += 1
                giveUpParser(slot, &batch)
                return true
            }
        }
        return false
    }

    mutating func evictIdlestUnproven(_ batch: inout TrackedBatch, except kept: Int) -> Bool {
        var skipped: DeadlineHeap.Entry?
        defer { if let skipped { connections.unproven.push(skipped) } }
        while let entry = connections.unproven.popIfDue(.max) {
            let slot = Int(entry.slot)
            guard connections.isLive(entry), connections.connections[slot].parser >= 0,
                !connections.connections[slot].isProven
            else { continue }
            let lastSeen = connections.connections[slot].lastSeen
            if lastSeen != entry.deadline {
                connections.unproven.push(
                    DeadlineHeap.Entry(deadline: lastSeen, slot: entry.slot, generation: entry.generation))
            } else if slot == kept {
                skipped = entry
            } else {
                evictParser(slot, &batch)
                return true
            }
        }
        return false
    }

    private mutating func evictParser(_ slot: Int, _ batch: inout TrackedBatch) {
        counters.tcpParsersEvicted += 1
        let parser = Int(connections.connections[slot].parser)
        if !connections.parsers[parser].isIdle { counters.tcpParsersEvictedMidMessage += 1 }
        giveUpParser(slot, &batch)
    }

    private mutating func evictIdlestOfAll(_ batch: inout TrackedBatch, except kept: Int) -> Bool {
        var skipped: DeadlineHeap.Entry?
        defer { if let skipped { connections.idleParsers.push(skipped) } }
        while let entry = connections.idleParsers.popIfDue(.max) {
            let slot = Int(entry.slot)
            guard connections.isLive(entry), connections.connections[slot].parser >= 0 else { continue }
            let lastSeen = connections.connections[slot].lastSeen
            if lastSeen != entry.deadline {
                connections.idleParsers.push(
                    DeadlineHeap.Entry(deadline: lastSeen, slot: entry.slot, generation: entry.generation))
                continue
            }
            if slot == kept {
                skipped = entry
                continue
            }
            evictParser(slot, &batch)
            return true
        }
        return false
    }

    mutating func evictIdlestConnection(_ batch: inout TrackedBatch) {
        while let entry = connections.idleConnections.popIfDue(.max) {
            let slot = Int(entry.slot)
            guard connections.isLive(entry) else { continue }
            let lastSeen = connections.connections[slot].lastSeen
            if lastSeen != entry.deadline {
                connections.idleConnections.push(
                    DeadlineHeap.Entry(deadline: lastSeen, slot: entry.slot, generation: entry.generation))
                continue
            }
            counters.tcpConnectionsEvicted += 1
            close(slot, &batch)
            return
        }
    }

    /// Called every `tcp_cleanup_interval`.
    mutating func expireConnections(_ batch: inout TrackedBatch) {
        let now = clock.now
        for parser in connections.parsers.indices where connections.parsers[parser].connection >= 0 {
            let slot = Int(connections.parsers[parser].connection)
            for direction in 0..<2 { giveUpIfOverdue(slot, parser, direction, &batch) }
            let idle = now &- connections.connections[slot].lastSeen
            if connections.parsers[parser].isIdle, idle > options.limits.tcpSIPIdleTimeout {
                connections.park(slot)
            } else if idle > options.limits.tcpBufferMaxAge {
                giveUpParser(slot, &batch)
            }
        }
        while let entry = connections.idleConnections.popIfDue(now &- options.limits.tcpStreamTimeout) {
            let slot = Int(entry.slot)
            guard connections.isLive(entry) else { continue }
            let lastSeen = connections.connections[slot].lastSeen
            if now &- lastSeen >= options.limits.tcpStreamTimeout {
                close(slot, &batch)
            } else {
                connections.idleConnections.push(
                    DeadlineHeap.Entry(deadline: lastSeen, slot: entry.slot, generation: entry.generation))
            }
        }
        connections.compactIdleParsers()
        connections.compactUnprovenHoles()
    }

    mutating func finishConnections(_ batch: inout TrackedBatch) {
        for slot in connections.connections.indices where connections.connections[slot].generation & 1 == 1 {
            close(slot, &batch)
        }
    }
}
