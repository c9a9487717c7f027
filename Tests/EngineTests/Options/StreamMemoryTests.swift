import Calls
import Testing

@testable import Engine

/// `tcp_assembler_max_pages`, `max_tcp_buffers`, `tcp_memory_limit`: what is held stays within them, and what they cost
/// is counted under their names.
@Suite struct StreamMemoryTests {
    /// Segments behind a hole, each with so many bytes of payload.
    private func behindAHole(_ count: Int, bytes: Int) -> Scenario {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("c")))
        _ = side.segment([1])
        for index in 0..<count {
            scenario.add(1 + Double(index) / 1000, side.segment(Array(repeating: 88, count: bytes)))
        }
        return scenario
    }

    @Test(arguments: [1, 2, 4]) func pagesAreFourKibibytesOfHeldPackets(_ pages: Int) throws {
        let size = 500 + 54
        let fitting = pages * 4096 / size
        try behindAHole(40, bytes: 500).track {
            $0.limits.tcpAssemblerMaxPages = pages
        } _: { tracker, _ in
            let segments = Int(tracker.nextPosition) - 2
            if segments <= fitting { #expect(tracker.counters.tcpSegmentsRefused == 0) }
            if segments == fitting + 1 { #expect(tracker.counters.tcpSegmentsRefused == 1) }
            if tracker.connections.parsers.count == 1 {
                #expect(tracker.connections.pendingBytes(0) <= pages * 4096)
            }
        }
    }

    /// Pages are memory, not segments: many small ones fit.
    @Test func smallSegmentsShareAPage() throws {
        try behindAHole(60, bytes: 1).track {
            $0.limits.tcpAssemblerMaxPages = 1
        } _: { tracker, _ in
            #expect(tracker.counters.tcpSegmentsRefused == 0)
        }
    }

    @Test func aSegmentThatNeverFitsIsRefusedByName() throws {
        for (name, change) in [
            ("tcp_assembler_max_pages", { (limits: inout EngineLimits) in limits.tcpAssemblerMaxPages = 1 }),
            ("tcp_memory_limit", { $0.tcpMemoryLimit = 4000 }),
            ("max_tcp_buffers", { $0.maxTCPBuffers = 0 }),
        ] {
            let outcome = try behindAHole(1, bytes: 5000).runAllWays { change(&$0.limits) }
            #expect(outcome.summary.ledger.refused == [NamedCount(name, 1)])
            #expect(outcome.summary.ledger.check() == nil)
        }
    }

    @Test func segmentsBeyondMaxTCPBuffersAreNotHeld() throws {
        try behindAHole(40, bytes: 10).track {
            $0.limits.maxTCPBuffers = 8
        } _: { tracker, _ in
            #expect(tracker.held.segmentCount <= 8)
        }
    }

    /// Messages that never end, in order: no hole anywhere, and still they must not take more than they may.
    @Test func unfinishedMessagesStayWithinTheMemoryLimit() throws {
        var scenario = Scenario()
        var sides = (0..<60).map { TCPSide(from: Peer("198.18.5.\($0)", 40_000)) }
        for index in sides.indices {
            scenario.add(Double(index) / 100, sides[index].opening)
            scenario.add(
                Double(index) / 100 + 0.001,
                sides[index].segment(
                    TCPSide.invite("c\(index)", extra: "X: " + String(repeating: "x", count: 3000))[..<3000]))
        }
        try scenario.track {
            $0.limits.tcpMemoryLimit = 65_536
        } _: { tracker, _ in
            #expect(tracker.held.segmentBytes <= 65_536)
        }
        let outcome = try scenario.runAllWays { $0.limits.tcpMemoryLimit = 65_536 }
        #expect(outcome.counter("tcp_parsers_evicted_mid_message") > 0)
        #expect(outcome.summary.ledger.check() == nil)
        // As far as they went, they are calls.
        #expect(outcome.records.count == 60)
        #expect(try scenario.runAllWays().counter("tcp_parsers_evicted_mid_message") == 0)
    }

    @Test func oneConnectionByteByByteStaysWithinTheMemoryLimit() throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        for (index, byte) in TCPSide.invite("c", extra: "X: " + String(repeating: "x", count: 1500)).enumerated() {
            scenario.add(1 + Double(index) / 10_000, side.segment([byte]))
        }
        try scenario.track {
            $0.limits.tcpMemoryLimit = 65_536
        } _: { tracker, _ in
            #expect(tracker.held.segmentBytes <= 65_536)
        }
    }

    /// Fragments have a bound of their own and do not count against TCP's.
    @Test func fragmentsDoNotCrowdOutSegments() throws {
        var scenario = Scenario()
        let a = Peer("198.18.0.1", 1)
        for number in 0..<200 {
            let parts = Frame.fragments(
                a, a, Array(repeating: 7, count: 900), at: [800], identification: UInt16(number))
            scenario.add(Double(number) / 1000, parts[0])
        }
        var side = TCPSide()
        scenario.add(1, side.opening)
        let bytes = TCPSide.invite("c")
        let (first, second) = (side.segment(bytes[..<99]), side.segment(bytes[99...]))
        scenario.add(2, second, in: ["c"])
        scenario.add(2.1, first, in: ["c"])
        let outcome = try scenario.runAllWays {
            $0.limits.maxTCPBuffers = 10
            $0.limits.tcpMemoryLimit = 65_536
        }
        #expect(outcome.counter("tcp_segments_refused") == 0)
        #expect(scenario.wrongFiles(outcome) == [])
    }

    /// Short connections, one after the other, must not leave anything behind.
    @Test func parsersThatCameAndWentAreForgotten() throws {
        var scenario = Scenario()
        for number in 0..<3000 {
            var side = TCPSide(from: Peer("198.18.\(number / 200).\(number % 200)", 40_000))
            scenario.add(Double(number) / 10, side.segment(TCPSide.invite("c")))
            scenario.add(
                Double(number) / 10 + 0.01,
                Frame.tcp(side.from, side.to, sequence: side.sequence, flags: Frame.TCPFlags.finAck, []))
        }
        var most = 0
        try scenario.track(batch: 50) {
            $0.limits.tcpCleanupInterval = 1_000_000_000
            $0.limits.tcpStreamTimeout = 5_000_000_000
        } _: { tracker, _ in
            most = max(most, tracker.connections.idleParserEntries)
        }
        #expect(most < 1300)
    }
}
