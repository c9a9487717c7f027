import Calls
import Testing

@testable import Engine

/// SIP over WebSocket (RFC 7118) in TCP segments of every shape.
@Suite struct WebSocketTests {
    private let client = Peer("198.18.0.1", 40_000)
    private let server = Peer("198.18.0.2", 80)

    private static let request = Array(
        ("GET / HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n"
            + "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n").utf8)
    private static let response = Array(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            + "Sec-WebSocket-Protocol: sip\r\n\r\n").utf8)

    private func invite(_ id: String) -> [UInt8] { TCPSide.invite(id) }

    /// RFC 6455 section 5.2.
    static func frame(_ payload: [UInt8], opcode: UInt8 = 1, mask: [UInt8]? = nil, isFinal: Bool = true) -> [UInt8] {
        let bit: UInt8 = mask == nil ? 0 : 0x80
        var bytes = [(isFinal ? 0x80 : 0) | opcode]
        if payload.count < 126 {
            bytes.append(bit | UInt8(payload.count))
        } else if payload.count < 65_536 {
            bytes += [bit | 126] + Frame.big16(UInt16(payload.count))
        } else {
            bytes += [bit | 127, 0, 0, 0, 0] + Frame.big32(UInt32(payload.count))
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private let mask: [UInt8] = [0x11, 0x22, 0xf3, 0x44]

    @Test func aCallWithItsHandshake() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        var down = TCPSide(from: server, to: client, sequence: 1000)
        let id = "c"
        scenario.add(0, up.opening)
        scenario.add(0.1, up.segment(Self.request))
        scenario.add(0.2, down.segment(Self.response))
        let ringing = Array(Message.response(180, "INVITE", id).text.utf8)
        let ok = Array(Message.response(200, "INVITE", id, sdp: Message.sdp(Peer("198.18.0.2", 20_000))).text.utf8)
        scenario.add(1, up.segment(Self.frame(invite(id), mask: mask)), in: [id])
        scenario.add(1.1, down.segment(Self.frame(ringing) + Self.frame([], opcode: 9)), in: [id])
        scenario.add(1.2, up.segment(Self.frame([], opcode: 10, mask: mask)))
        scenario.add(2, down.segment(Self.frame(ok, opcode: 2)), in: [id])
        scenario.add(
            2.1,
            up.segment(Self.frame(Array(Message.request("ACK", id, toTag: "callee").text.utf8), mask: [0, 0, 0, 0])),
            in: [id])
        scenario.rtp(2.2, Peer("198.18.0.1", 10_000), Peer("198.18.0.2", 20_000), sequence: 1, in: [id])
        scenario.add(
            3,
            up.segment(Self.frame(Array(Message.request("BYE", id, cseq: 2, toTag: "callee").text.utf8), mask: mask)),
            in: [id])
        scenario.add(3.1, down.segment(Self.frame(Array("\r\n".utf8))))
        scenario.add(
            3.2, down.segment(Self.frame(Array(Message.response(200, "BYE", id, cseq: 2).text.utf8))), in: [id])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record(id))
        #expect(record.state == .ended)
        #expect(record.transport == "ws")
        #expect(record.sipMessages.total == 6)
        #expect(outcome.summary.sipMessages.transports == [NamedCount("ws", 6)])
        // SYN, handshake, pong, keepalive.
        #expect(outcome.summary.ledger[.sipTransport] == 5)
        #expect(outcome.summary.ledger[.sip] == 6)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// The handshake, a message in three frames with a ping between them, and another one behind it.
    private var stream: (bytes: [UInt8], calls: [ClosedRange<Int>: String]) {
        let one = invite("one")
        let two = invite("two")
        var bytes = Self.request
        var calls: [ClosedRange<Int>: String] = [:]
        func add(_ frame: [UInt8], _ call: String?) {
            if let call { calls[bytes.count...(bytes.count + frame.count - 1)] = call }
            bytes += frame
        }
        add(Self.frame(Array(one[..<5]), mask: mask, isFinal: false), "one")
        add(Self.frame(Array("ping".utf8), opcode: 9, mask: mask), nil)
        add(Self.frame(Array(one[5..<200]), opcode: 0, mask: [9, 8, 7, 6], isFinal: false), "one")
        add(Self.frame(Array(one[200...]), opcode: 0, mask: mask), "one")
        add(Self.frame(two, mask: mask), "two")
        return (bytes, calls)
    }

    /// Cut into pieces of any size, byte by byte too: every segment with a byte of a data frame is in its call's file.
    @Test(arguments: [1, 2, 3, 17, 100, 1460]) func cutAnywhere(_ size: Int) throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        scenario.add(0, up.opening)
        let (bytes, calls) = stream
        for start in stride(from: 0, to: bytes.count, by: size) {
            let end = min(start + size, bytes.count)
            let owners = Set(calls.filter { $0.key.overlaps(start...(end - 1)) }.values).sorted()
            scenario.add(1 + Double(start) / 10_000, up.segment(Array(bytes[start..<end])), in: owners)
        }
        let outcome = size == 1 ? try scenario.run() : try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.transports == [NamedCount("ws", 2)])
        #expect(outcome.summary.counters.isEmpty)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func segmentsInReverseOrder() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        scenario.add(0, up.opening)
        let (bytes, calls) = stream
        var segments: [(frame: [UInt8], calls: [String])] = []
        for start in stride(from: 0, to: bytes.count, by: 100) {
            let end = min(start + 100, bytes.count)
            let owners = Set(calls.filter { $0.key.overlaps(start...(end - 1)) }.values).sorted()
            segments.append((up.segment(Array(bytes[start..<end])), owners))
        }
        for (index, segment) in segments.reversed().enumerated() {
            scenario.add(1 + Double(index) / 100, segment.frame, in: segment.calls)
        }
        // Sent again afterwards, each belongs to the same calls.
        for (index, segment) in segments.enumerated() {
            scenario.add(2 + Double(index) / 100, segment.frame, in: segment.calls)
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.total == 2)
    }

    /// No handshake, no SYN: the frames plainly carry SIP.
    @Test func joinedInTheMiddle() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        var down = TCPSide(from: server, to: client, sequence: 1000)
        scenario.add(0.5, up.segment(Self.frame([], opcode: 10, mask: mask)))
        scenario.add(1, up.segment(Self.frame(invite("c"), mask: mask)), in: ["c"])
        scenario.add(2, down.segment(Self.frame(Array(Message.response(486, "INVITE", "c").text.utf8))), in: ["c"])
        // Now the connection is known, and fragments of any size are understood.
        let ack = Array(Message.request("ACK", "c", toTag: "callee").text.utf8)
        scenario.add(3, up.segment(Self.frame(Array(ack[..<3]), mask: mask, isFinal: false)), in: ["c"])
        scenario.add(3.1, up.segment(Self.frame(Array(ack[3...]), opcode: 0, mask: mask)), in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 3)
        #expect(outcome.record("c")?.state == .busy)
    }

    /// A segment that never comes: the message with the hole is there as far as it goes, the next one is whole.
    @Test func aLostSegment() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        scenario.add(0, up.segment(Self.request))
        let one = Self.frame(invite("one"), mask: mask)
        scenario.add(1, up.segment(Array(one[..<200])), in: ["one"])
        _ = up.segment(Array(one[200..<250]))
        scenario.add(1.1, up.segment(Array(one[250...])), in: ["one"])
        scenario.add(1.2, up.segment(Self.frame(invite("two"), mask: mask)), in: ["two"])
        // The whole of a message is lost, and then half of one with the header of its frame.
        _ = up.segment(Self.frame(invite("three"), mask: mask))
        scenario.add(50, up.segment(Self.frame(invite("four"), mask: mask)), in: ["four"])
        let five = Self.frame(invite("five"), mask: mask)
        _ = up.segment(Array(five[..<100]))
        scenario.add(100, up.segment(Array(five[100...])))
        scenario.add(101, up.segment(Self.frame(invite("six"), mask: mask)), in: ["six"])
        scenario.quiet(from: 102, until: 140)
        let outcome = try scenario.runAllWays { $0.limits.tcpStreamMaxQueueTime = 5_000_000_000 }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.map(\.callID).sorted() == ["four", "one", "six", "two"])
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// The parser is given back between messages and the connection goes on where it was.
    @Test func aParkedConnection() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        scenario.add(0, up.segment(Self.request))
        scenario.add(1, up.segment(Self.frame(invite("one"), mask: mask)), in: ["one"])
        scenario.quiet(from: 2, until: 400)
        let two = invite("two")
        scenario.add(401, up.segment(Self.frame(Array(two[..<2]), mask: mask, isFinal: false)), in: ["two"])
        scenario.add(402, up.segment(Self.frame(Array(two[2...]), opcode: 0, mask: mask)), in: ["two"])
        let outcome = try scenario.runAllWays {
            $0.limits.tcpSIPIdleTimeout = 60_000_000_000
            $0.limits.tcpStreamTimeout = 3_600_000_000_000
        }
        #expect(scenario.wrongFiles(outcome) == [])
    }

    /// permessage-deflate is not read: counted, and what follows is.
    @Test func compressedMessages() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        scenario.add(0, up.segment(Self.request))
        var compressed = Self.frame([1, 2, 3, 4], mask: mask)
        compressed[0] |= 0x40
        scenario.add(1, up.segment(compressed))
        scenario.add(2, up.segment(Self.frame(invite("c"), mask: mask)), in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.counter("websocket_compressed") == 1)
    }

    /// Other WebSocket connections and other HTTP are not ours.
    @Test func otherTraffic() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        var down = TCPSide(from: server, to: client, sequence: 1000)
        let page = Array("GET /index.html HTTP/1.1\r\nHost: b\r\n\r\n".utf8)
        scenario.add(0, up.segment(page))
        scenario.add(1, down.segment(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".utf8)))
        scenario.add(2, up.segment(Self.frame(Array(#"{"op":"subscribe","channel":"news"}"#.utf8), mask: mask)))
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.isEmpty)
        #expect(outcome.summary.ledger[.notVoIP] == 3)
    }

    /// A frame that claims to be endless costs no memory, and one that is none ends nothing but itself.
    @Test func hostileLengths() throws {
        var scenario = Scenario()
        var up = TCPSide(from: client, to: server, sequence: 1000)
        scenario.add(0, up.segment(Self.request))
        scenario.add(1, up.segment([0x81, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff] + mask))
        for index in 0..<40 {
            scenario.add(2 + Double(index) / 100, up.segment([UInt8](repeating: 65, count: 1400)))
        }
        var other = TCPSide(from: Peer("198.18.0.3", 1), to: server, sequence: 1000)
        scenario.add(3, other.segment(Self.request))
        scenario.add(3.1, other.segment([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))
        scenario.add(3.2, other.segment(Self.frame(invite("c"), mask: mask)), in: ["c"])
        let outcome = try scenario.runAllWays { $0.limits.tcpMemoryLimit = 1 << 16 }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.counter("websocket_refused") == 1)
        #expect(outcome.counter("tcp_parsers_evicted") == 0)
        #expect(outcome.summary.ledger.check() == nil)
    }
}
