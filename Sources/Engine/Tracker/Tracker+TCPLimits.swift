import Calls
import PacketDecoding
import Reassembly

/// What SIP over TCP may hold in memory: `max_tcp_buffers`, `tcp_memory_limit` and `tcp_assembler_max_pages`.
extension Tracker {
    /// A segment lies ahead of the stream: it waits, if there is room.
    mutating func holdBehindHole(
        _ slot: Int, _ parser: Int, _ direction: Int, _ count: Int, _ start: Int64, _ tag: UInt32,
        _ batch: inout TrackedBatch
    ) {
        while isCrowdedOut {
            guard
                giveUpOldestUnprovenHole(except: slot, &batch) || evictIdlestCandidate(&batch, except: slot)
                    || evictIdlestUnproven(&batch, except: slot)
            else { break }
        }
        if reachedLimit(parser, tag) != nil {
            counters.tcpSegmentsRefused += 1
            // Making room by giving up this connection's holes loses least: what lies behind them is used.
            while let limit = reachedLimit(parser, tag) {
                guard connections.parsers[parser].directions[direction].assembler.hasPending else {
                    release([tag], unclaimed: .refused(by: limit))
                    return
                }
                giveUpHole(slot, parser, direction, &batch)
                // What was given up may have been all that stood before this segment.
                if start <= connections.parsers[parser].directions[direction].assembler.nextOffset { break }
            }
        }
        held.setWaiting(tag, true)
        connections.parsers[parser].directions[direction].assembler.hold(
            packet: reassembled?.bytes ?? held[tag].bytes, payloadOffset: decoded.payloadOffset, count: count,
            start: start, tag: tag, at: clock.now)
        if connections.parsers[parser].directions[direction].holeSince == .max {
            connections.parsers[parser].directions[direction].holeSince = clock.now
            if !connections.connections[slot].isProven {
                connections.unprovenHoles.push(
                    DeadlineHeap.Entry(
                        deadline: clock.now, slot: UInt32(slot), generation: connections.connections[slot].generation))
            }
        }
        if connections.parsers[parser].directions[direction].assembler.nextOffset >= start {
            advanceAfterHole(slot, parser, direction, &batch)
        } else {
            giveUpIfOverdue(slot, parser, direction, &batch)
        }
    }

    /// Others hold so much that a segment which may wait as far as its own connection goes cannot.
    private var isCrowdedOut: Bool {
        held.waitingCount >= options.limits.maxTCPBuffers || held.segmentBytes > options.limits.tcpMemoryLimit
    }

    /// A connection that never brought a whole message and waits for a segment: many of them must not keep the others from
    /// waiting for theirs. The one that has waited longest gives up.
    private mutating func giveUpOldestUnprovenHole(except kept: Int, _ batch: inout TrackedBatch) -> Bool {
        var skipped: DeadlineHeap.Entry?
        defer { if let skipped { connections.unprovenHoles.push(skipped) } }
        while let entry = connections.unprovenHoles.popIfDue(.max) {
            let slot = Int(entry.slot)
            let parser = Int(connections.connections[slot].parser)
            guard connections.isLive(entry), parser >= 0, !connections.connections[slot].isProven else { continue }
            if slot == kept {
                skipped = entry
                continue
            }
            var hasHole = false
            for direction in 0..<2 {
                while connections.parsers[parser].directions[direction].assembler.hasPending {
                    hasHole = true
                    giveUpHole(slot, parser, direction, &batch)
                }
            }
            if hasHole { return true }
        }
        return false
    }

    /// The limit that keeps a segment from waiting, if there is one.
    private func reachedLimit(_ parser: Int, _ tag: UInt32) -> String? {
        let limits = options.limits
        if held.waitingCount >= limits.maxTCPBuffers { return "max_tcp_buffers" }
        if held.segmentBytes > limits.tcpMemoryLimit { return "tcp_memory_limit" }
        let bytes = connections.pendingBytes(parser) + held[tag].bytes.count
        return bytes > limits.tcpAssemblerMaxPages * TrackerLimits.pageBytes ? "tcp_assembler_max_pages" : nil
    }

    /// Unfinished messages take more memory than they may: the idlest parsers end, then the one at hand gives up what it
    /// holds.
    @inline(never)
    mutating func relieveMemory(_ slot: Int, _ batch: inout TrackedBatch) {
        while held.segmentBytes > options.limits.tcpMemoryLimit {
            if evictIdlestParser(&batch, except: slot, unprovenFirst: true) { continue }
            guard connections.connections[slot].parser >= 0 else { return }
            counters.tcpParsersEvicted += 1
            counters.tcpParsersEvictedMidMessage += 1
            giveUpParser(slot, &batch)
            return
        }
    }
}
