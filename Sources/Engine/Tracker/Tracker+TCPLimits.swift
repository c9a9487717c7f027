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
        connections.parsers[parser].directions[direction].assembler.hold(
            packet: reassembled?.bytes ?? held[tag].bytes, payloadOffset: decoded.payloadOffset, count: count,
            start: start, tag: tag,
            at: clock.now)
        if connections.parsers[parser].directions[direction].holeSince == .max {
            connections.parsers[parser].directions[direction].holeSince = clock.now
        }
        if connections.parsers[parser].directions[direction].assembler.nextOffset >= start {
            advanceAfterHole(slot, parser, direction, &batch)
        } else {
            giveUpIfOverdue(slot, parser, direction, &batch)
        }
    }

    /// The limit that keeps a segment from waiting, if there is one.
    private func reachedLimit(_ parser: Int, _ tag: UInt32) -> String? {
        let limits = options.limits
        if held.segmentCount > limits.maxTCPBuffers { return "max_tcp_buffers" }
        if held.segmentBytes > limits.tcpMemoryLimit { return "tcp_memory_limit" }
        let bytes = connections.pendingBytes(parser) + held[tag].bytes.count
        return bytes > limits.tcpAssemblerMaxPages * TrackerLimits.pageBytes ? "tcp_assembler_max_pages" : nil
    }

    /// Unfinished messages take more memory than they may: the idlest parsers end, then the one at hand gives up what it
    /// holds.
    @inline(never)
    mutating func relieveMemory(_ slot: Int, _ batch: inout TrackedBatch) {
        while held.segmentBytes > options.limits.tcpMemoryLimit {
            if evictIdlestParser(&batch, except: slot) { continue }
            guard connections.connections[slot].parser >= 0 else { return }
            counters.tcpParsersEvicted += 1
            counters.tcpParsersEvictedMidMessage += 1
            giveUpParser(slot, &batch)
            return
        }
    }
}
