import Calls
import Testing

@testable import Engine

/// HEP found in a capture: the call is told from HEP's addresses and times, its file has the captured packets.
@Suite struct HEPTests {
    private let agent = Peer("198.18.9.1", 50_000)
    private let collector = Peer("198.18.9.2", 9060)
    private let a = Peer("198.18.0.1", 5060)
    private let b = Peer("198.18.0.2", 5070)
    private let second = Scenario.start / 1_000_000_000

    private func sip(_ message: Message, _ from: Peer, _ to: Peer, at offset: Int64) -> [UInt8] {
        HEPBytes.packet(Array(message.text.utf8), from: from, to: to, seconds: second + offset)
    }

    private func invite(_ id: String) -> Message { .invite(id) }

    @Test func aCallInDatagrams() throws {
        var scenario = Scenario()
        func add(_ time: Double, _ bytes: [UInt8]) { scenario.add(time, Frame.udp(agent, collector, bytes), in: ["c"]) }
        let ok = Message.response(200, "INVITE", "c", sdp: Message.sdp(Peer("198.18.0.2", 20_000)))
        add(1.3, sip(invite("c"), a, b, at: 1))
        add(3.3, sip(ok, b, a, at: 3))
        add(3.4, sip(.request("ACK", "c", toTag: "callee"), a, b, at: 3))
        // RTCP as JSON, tied to the call by its Call-ID; and binary, by its addresses.
        let json = Array(#"{"ssrc":1,"type":201,"report_blocks":[]}"#.utf8)
        add(
            4,
            HEPBytes.packet(
                json, from: Peer("198.18.0.9", 1), to: Peer("198.18.0.9", 2), seconds: second + 4, kind: 5,
                correlation: "c"))
        add(
            5,
            HEPBytes.packet(
                [0x80, 201, 0, 1, 0, 0, 0, 1], from: Peer("198.18.0.1", 10_001), to: Peer("198.18.0.2", 20_001),
                seconds: second + 5, kind: 5))
        add(
            6,
            HEPBytes.packet(
                Frame.rtp(1, ssrc: 7), from: Peer("198.18.0.1", 10_000), to: Peer("198.18.0.2", 20_000),
                seconds: second + 6, kind: 4))
        add(10.3, sip(.request("BYE", "c", cseq: 2, toTag: "callee"), a, b, at: 10))
        add(10.4, sip(.response(200, "BYE", "c", cseq: 2), b, a, at: 10))
        // Of no call.
        scenario.add(
            11,
            Frame.udp(
                agent, collector,
                HEPBytes.packet([0x80, 201, 0, 1], from: collector, to: agent, seconds: second, kind: 5)))
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("c"))
        #expect(record.state == .ended)
        #expect(record.transport == "udp")
        #expect(record.signallingAddresses.map(\.port) == [5060, 5070])
        #expect(record.startTime == Scenario.start + 1_250_000_000)
        #expect(record.answerTime == Scenario.start + 3_250_000_000)
        #expect(record.duration == 7_000_000_000)
        #expect(record.streams.map(\.packets) == [1])
        #expect(record.streams.first?.source.port == 10_000)
        #expect(record.streams.first?.firstPacketTime == Scenario.start + 6_250_000_000)
        #expect(outcome.summary.ledger[.sip] == 5)
        #expect(outcome.summary.ledger[.rtcp] == 3)
        #expect(outcome.summary.ledger[.rtp] == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// An agent whose clock is wrong: the capture's time counts.
    @Test func timesThatAreFarOff() throws {
        var scenario = Scenario()
        scenario.add(1, Frame.udp(agent, collector, sip(invite("c"), a, b, at: 3600)), in: ["c"])
        scenario.add(2, Frame.udp(agent, collector, sip(.response(486, "INVITE", "c"), b, a, at: -30)), in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.startTime == Scenario.start + 1_000_000_000)
        #expect(outcome.counter("hep_times_refused") == 2)
    }

    @Test func versions1And2() throws {
        var scenario = Scenario()
        let text = Array(invite("c").text.utf8)
        let first: [UInt8] =
            [1, 16, 2, 17] + Frame.big16(a.port) + Frame.big16(b.port) + a.octets + b.octets + text
        let busy = Array(Message.response(486, "INVITE", "c").text.utf8)
        scenario.add(1, Frame.udp(agent, collector, first), in: ["c"])
        scenario.add(
            2.5, Frame.udp(agent, collector, HEPBytes.version2(busy, from: b, to: a, seconds: second + 2)), in: ["c"])
        // The same header with something else behind it.
        scenario.add(3, Frame.udp(agent, collector, Array(first.prefix(16)) + [1, 2, 3]))
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.endTime == Scenario.start + 2_250_000_000)
        #expect(outcome.record("c")?.signallingAddresses.map(\.port) == [5060, 5070])
        #expect(outcome.summary.ledger[.notVoIP] == 1)
    }

    /// A large message in IP fragments, and one that is cut anywhere by the capture's snap length.
    @Test func fragments() throws {
        var scenario = Scenario()
        let bytes = sip(invite("c"), a, b, at: 1)
        for (index, frame) in Frame.fragments(agent, collector, bytes, at: [200, 400], identification: 5).enumerated() {
            scenario.add(1 + Double(index) / 10, frame, in: ["c"])
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
    }

    /// The proxy's own packets are in the capture too: HEP's are copies of them.
    @Test func besideTheMessagesThemselves() throws {
        var scenario = Scenario()
        scenario.sip(1, invite("c"), a, b)
        scenario.add(1.001, Frame.udp(agent, collector, sip(invite("c"), a, b, at: 1)), in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
        #expect(outcome.record("c")?.sipRetransmissions == 0)
        #expect(outcome.record("c")?.copies == 1)
    }

    /// Compressed with zlib: `zlib.compress(b"…")` of Python, level 0, so that it can be written here.
    @Test func compressedPayload() throws {
        var scenario = Scenario()
        let text = Array(invite("c").text.utf8)
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in text {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        let length = UInt16(text.count)
        let stored =
            [0x78, 0x01, 0x01, UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
            + text + Frame.big32(high << 16 | low)
        let packet = HEPBytes.packet(stored, from: a, to: b, seconds: second + 1, compressed: true)
        scenario.add(1, Frame.udp(agent, collector, packet), in: ["c"])
        let damaged = HEPBytes.packet(Array(stored.dropLast(3)), from: a, to: b, seconds: second + 1, compressed: true)
        scenario.add(2, Frame.udp(agent, collector, damaged))
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.counter("hep_not_inflated") == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// Over TCP, cut anywhere; joined in the middle; with a hole.
    @Test(arguments: [1, 5, 100, 1460]) func overTCP(_ size: Int) throws {
        var scenario = Scenario()
        let parts = [
            sip(invite("one"), a, b, at: 1),
            HEPBytes.packet(
                Array(#"{"ssrc":1,"type":201,"report_blocks":[]}"#.utf8), from: a, to: b, seconds: second + 1, kind: 5,
                correlation: "one"),
            sip(invite("two"), a, b, at: 1),
        ]
        let ends = [parts[0].count + parts[1].count, parts.reduce(0) { $0 + $1.count }]
        let bytes = parts.flatMap { $0 }
        for start in stride(from: 0, to: bytes.count, by: size) {
            let end = min(start + size, bytes.count)
            let owners = (start < ends[0] ? ["one"] : []) + (end > ends[0] ? ["two"] : [])
            scenario.add(
                1 + Double(start) / 10_000,
                Frame.tcp(agent, collector, sequence: 77 &+ UInt32(start), Array(bytes[start..<end])), in: owners)
        }
        let outcome = size == 1 ? try scenario.run() : try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.transports == [NamedCount("udp", 2)])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func overTCPWithAHole() throws {
        var scenario = Scenario()
        let one = sip(invite("one"), a, b, at: 1)
        let two = sip(invite("two"), a, b, at: 1)
        var side = TCPSide(from: agent, to: collector, sequence: 5)
        scenario.add(1, side.segment(one[..<300]), in: ["one"])
        _ = side.segment(one[300..<350])
        scenario.add(1.1, side.segment(one[350...]), in: ["one"])
        scenario.add(1.2, side.segment(two), in: ["two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.count == 2)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func malformed() throws {
        var scenario = Scenario()
        let good = sip(invite("c"), a, b, at: 1)
        scenario.add(1, Frame.udp(agent, collector, Array(good.dropLast(5))))
        scenario.add(1.1, Frame.udp(agent, collector, Array("HEP3".utf8) + [0, 8, 0, 0]))
        scenario.add(1.2, Frame.udp(agent, collector, Array("HEP3 is no HEP".utf8)))
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.isEmpty)
        #expect(outcome.counter("hep_malformed") == 3)
        #expect(outcome.summary.ledger[.notVoIP] == 3)
    }
}
