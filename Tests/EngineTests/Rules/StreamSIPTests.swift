import Calls
import Testing

@testable import Engine

/// SIP over TCP: reassembly, framing, limits.
@Suite struct StreamSIPTests {
    private let a = Peer("198.18.0.1", 40_000)
    private let b = Peer("198.18.0.2", 5060)

    private func invite(_ id: String) -> [UInt8] { TCPSide.invite(id) }

    private func open(_ scenario: inout Scenario, _ sender: TCPSide) { scenario.add(0, sender.opening) }

    @Test func aMessageByteByByte() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1000)
        open(&scenario, sender)
        for (index, byte) in invite("c").enumerated() {
            scenario.add(1 + Double(index) / 1000, sender.segment([byte]), in: ["c"])
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func segmentsInReverseOrderAcrossASequenceWrap() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: .max - 50)
        open(&scenario, sender)
        let bytes = invite("c")
        let parts = stride(from: 0, to: bytes.count, by: 60).map { Array(bytes[$0..<min(bytes.count, $0 + 60)]) }
        let segments = parts.map { sender.segment($0) }
        for (index, segment) in segments.reversed().enumerated() {
            scenario.add(1 + Double(index) / 1000, segment, in: ["c"])
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
    }

    @Test func twoCallsInOneSegmentAreInBothFiles() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, sender)
        scenario.add(1, sender.segment(invite("one") + invite("two")), in: ["one", "two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger[.sip] == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aRetransmittedSegmentBelongsToItsCall() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, sender)
        let segment = sender.segment(invite("c"))
        scenario.add(1, segment, in: ["c"])
        scenario.add(1.2, sender.segment(invite("d")), in: ["d"])
        scenario.add(1.4, segment, in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
    }

    @Test func keepalivesBelongToNobody() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, sender)
        scenario.add(1, sender.segment(invite("c")), in: ["c"])
        scenario.add(2, sender.segment(Array("\r\n\r\n".utf8)))
        scenario.add(3, sender.segment(invite("d")), in: ["d"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger[.sipTransport] == 2)
    }

    @Test func aConnectionJoinedInTheMiddleOfAMessage() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 77_777)
        scenario.add(0, sender.segment(Array("half a header\r\nContent-Length: 0\r\n\r\n".utf8)))
        scenario.add(1, sender.segment(invite("c")), in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test func aLostSegmentThatNeverComesCostsOneMessage() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, sender)
        let bytes = invite("cut")
        // The end of the body is missing; what came before it has the Call-ID.
        scenario.add(1, sender.segment(Array(bytes[..<(bytes.count - 40)])), in: ["cut"])
        _ = sender.segment(Array(bytes[(bytes.count - 40)...]))
        scenario.add(2, sender.segment(invite("next")), in: ["next"])
        // The receiver has acknowledged it, so it was sent.
        scenario.add(2.1, Frame.tcp(b, a, sequence: 1, acknowledge: sender.sequence, []))
        scenario.quiet(from: 3, until: 5)
        scenario.add(6, Frame.tcp(b, a, sequence: 1, acknowledge: sender.sequence, []))
        scenario.add(7, sender.segment(invite("after")), in: ["after"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.counters.first { $0.name == "tcp_holes_given_up" }?.count == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aFourTupleUsedAgainIsANewConnection() throws {
        var scenario = Scenario()
        var first = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, first)
        scenario.add(1, first.segment(invite("one")), in: ["one"])
        var second = TCPSide(from: a, to: b, sequence: 3_000_000_000)
        scenario.add(2, Frame.tcp(a, b, sequence: 2_999_999_999, flags: Frame.TCPFlags.syn, []))
        scenario.add(3, second.segment(invite("two")), in: ["two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
    }

    /// PRODUCT: calls stay exact at three times `--max-goroutines` connections when each is idle between messages.
    @Test func threeTimesMaxGoroutinesConnectionsStayExact() throws {
        var scenario = Scenario()
        let limit = 20
        var senders = (0..<(3 * limit)).map { index in
            TCPSide(from: Peer("198.18.5.\(index)", 40_000), to: b, sequence: UInt32(index) * 1000 + 1)
        }
        for sender in senders { open(&scenario, sender) }
        var earlier: [[UInt8]] = []
        for round in 0..<4 {
            for index in senders.indices {
                let id = "c\(index)"
                let text = Message.request(
                    round == 0 ? "INVITE" : "INFO", id, cseq: round + 1, toTag: round == 0 ? nil : "t")
                let bytes = Array(text.text.utf8)
                let time = 1 + Double(round) * 10 + Double(index) / 100
                // Every other message comes in two segments, some of them in the wrong order.
                let cut = index.isMultiple(of: 2) ? bytes.count : 100
                var parts = [senders[index].segment(Array(bytes[..<cut]))]
                if cut < bytes.count { parts.append(senders[index].segment(Array(bytes[cut...]))) }
                if index % 6 == 3 { parts.reverse() }
                for (step, part) in parts.enumerated() { scenario.add(time + Double(step) / 1000, part, in: [id]) }
                if round == 1, index == 0 { earlier.append(parts[0]) }
            }
            // A segment of a parser that was given back comes again.
            if round == 1 { scenario.add(19, earlier[0], in: ["c0"]) }
        }
        let outcome = try scenario.runAllWays { $0.limits.maxStreamParsers = limit }
        #expect(scenario.wrongFiles(outcome) == [])
        let counters = outcome.summary.counters
        #expect((counters.first { $0.name == "tcp_parsers_evicted" }?.count ?? 0) > 0)
        #expect(counters.first { $0.name == "tcp_parsers_evicted_mid_message" } == nil)
        #expect(outcome.records.allSatisfy { $0.sipMessages.total == 4 })
    }

    @Test func udpOnlyLeavesTCPAlone() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        scenario.add(1, sender.segment(invite("c")))
        let outcome = try scenario.runAllWays { $0.selection.udpOnly = true }
        #expect(outcome.records.isEmpty)
        #expect(outcome.summary.ledger[.notVoIP] == 1)
    }

    @Test func outOfOrderSegmentsBeyondTheLimitAreCounted() throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, sender)
        scenario.add(0.5, sender.segment(invite("first")), in: ["first"])
        _ = sender.segment([1])
        for index in 0..<50 { scenario.add(1 + Double(index) / 100, sender.segment(Array(repeating: 88, count: 100))) }
        for change in [
            { (options: inout EngineOptions) in options.limits.maxTCPBuffers = 10 },
            { (options: inout EngineOptions) in options.limits.tcpMemoryLimit = 2000 },
            { (options: inout EngineOptions) in options.limits.tcpAssemblerMaxPages = 1 },
        ] {
            let outcome = try scenario.runAllWays(change)
            #expect((outcome.summary.counters.first { $0.name == "tcp_segments_refused" }?.count ?? 0) > 0)
            #expect(outcome.summary.ledger.check() == nil)
        }
    }

    @Test(arguments: BufferStrategy.allCases) func everyBufferStrategyGivesTheSame(_ strategy: BufferStrategy) throws {
        var scenario = Scenario()
        var sender = TCPSide(from: a, to: b, sequence: 1)
        open(&scenario, sender)
        for round in 0..<5 {
            let bytes = invite("c\(round)")
            scenario.add(Double(round) + 1, sender.segment(Array(bytes[..<99])), in: ["c\(round)"])
            scenario.add(Double(round) + 1.1, sender.segment(Array(bytes[99...])), in: ["c\(round)"])
        }
        let outcome = try scenario.runAllWays { $0.limits.bufferStrategy = strategy }
        #expect(scenario.wrongFiles(outcome) == [])
    }
}

extension StreamSIPTests {
    /// A waiting segment may repeat bytes of a message that another segment completed before it: it carries both.
    @Test func aWaitingSegmentThatRepeatsDeliveredBytesIsInBothFiles() throws {
        var scenario = Scenario()
        let a = Peer("198.18.0.1", 40_000)
        let b = Peer("198.18.0.2", 5060)
        let one = Array(Message.request("INVITE", "one").text.utf8)
        let two = Array(Message.request("INVITE", "two").text.utf8)
        let both = one + two
        scenario.add(0, Frame.tcp(a, b, sequence: 0, flags: Frame.TCPFlags.syn, []))
        // Ahead of a hole: the end of the first message and all of the second.
        scenario.add(1, Frame.tcp(a, b, sequence: 101, Array(both[100...])), in: ["one", "two"])
        // Fills the hole and completes the first message by itself.
        scenario.add(1.1, Frame.tcp(a, b, sequence: 1, Array(both[..<(one.count + 5)])), in: ["one", "two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.total == 2)
        #expect(outcome.summary.ledger.check() == nil)
    }
}
