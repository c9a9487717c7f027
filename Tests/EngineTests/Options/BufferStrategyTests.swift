import Testing

@testable import Engine

/// `tcp_buffer_strategy` and `memory_optimization`: what a burst leaves in memory.
@Suite struct BufferStrategyTests {
    /// Buffer memory after each stage of a connection's life.
    private struct Memory {
        /// After a whole message in one segment, which needs no buffer.
        var quiet = 0
        /// In the middle of a message of 40 kB.
        var burst = 0
        /// After it.
        var idle = 0
        /// After the parser was given back: the pool.
        var pool = 0
        /// The pool when the next connection has come.
        var poolAfterNext = 0
        /// Slots for held packets after the clean-up.
        var slots = 0
    }

    private func measure(_ change: (inout EngineLimits) -> Void) throws -> Memory {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("small")))
        let large = Array(
            Message.request("INVITE", "large", sdp: String(repeating: "a=x\r\n", count: 8000)).text.utf8)
        let parts = stride(from: 0, to: large.count, by: 1400).map { large[$0..<min(large.count, $0 + 1400)] }
        for (index, part) in parts.enumerated() { scenario.add(1 + Double(index) / 1000, side.segment(part)) }
        let positions = (quiet: 2, burst: 2 + parts.count - 1, idle: 2 + parts.count)
        scenario.quiet(from: 2, until: 10)
        let next = scenario.packets.count + 1
        var other = TCPSide(from: Peer("198.18.0.9", 40_000))
        scenario.add(11, other.segment(TCPSide.invite("next")))
        var memory = Memory()
        try scenario.track {
            $0.limits.tcpCleanupInterval = 1_000_000_000
            $0.limits.tcpSIPIdleTimeout = 4_000_000_000
            change(&$0.limits)
        } _: { tracker, _ in
            let bytes = tracker.connections.bufferedBytes
            switch Int(tracker.nextPosition) {
            case positions.quiet: memory.quiet = bytes.parsers
            case positions.burst: memory.burst = bytes.parsers
            case positions.idle: memory.idle = bytes.parsers
            case next - 1:
                memory.pool = bytes.pool
                memory.slots = tracker.held.capacity
                #expect(bytes.parsers == 0, "given back with the parser")
            case next: memory.poolAfterNext = bytes.pool
            default: break
            }
        }
        #expect(memory.burst >= 38_000)
        return memory
    }

    private let both = 2 * ConnectionTable.fixedBuffer

    @Test func adaptiveStartsSmallAndShrinks() throws {
        let memory = try measure { $0.bufferStrategy = .adaptive }
        #expect(memory.quiet == 0)
        #expect(memory.idle == 0)
        #expect(memory.pool == 0)
    }

    @Test func fixedHasOneSizeUntilTheParserEnds() throws {
        let memory = try measure { $0.bufferStrategy = .fixed }
        #expect((both...(2 * both)).contains(memory.quiet))
        #expect((both...(2 * both)).contains(memory.idle))
        #expect(memory.pool == 0)
    }

    @Test func ringKeepsBuffersForTheNextConnection() throws {
        let memory = try measure { $0.bufferStrategy = .ring }
        #expect((both...(2 * both)).contains(memory.idle))
        #expect((both...(2 * both)).contains(memory.pool))
        #expect(memory.poolAfterNext == 0)
    }

    @Test(arguments: BufferStrategy.allCases) func memoryOptimizationKeepsNothing(_ strategy: BufferStrategy) throws {
        let memory = try measure {
            $0.bufferStrategy = strategy
            $0.memoryOptimization = true
        }
        #expect(memory.idle <= ConnectionTable.fixedBuffer * 2, "the other direction has not been used")
        #expect(memory.pool == 0)
        #expect(memory.slots == 0)
        let without = try measure { $0.bufferStrategy = strategy }
        #expect(without.slots > 0)
    }
}
