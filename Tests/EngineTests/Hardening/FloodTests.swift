import Calls
import Testing

@testable import Engine

/// Floods that fill a table: who makes room (docs/decisions/0012-floods.md).
@Suite struct FloodTests {
    /// A connection of the flood that sends its request a byte at a time.
    private struct SlowSender {
        private var side: TCPSide
        private var sent = 0
        private static let text = Array("INVITE sip:victim@b.example SIP/2.0".utf8)

        init(_ number: Int) {
            side = TCPSide(from: Peer("10.0.\(number >> 8).\(number & 255)", 30_000))
        }

        mutating func next() -> [UInt8] {
            defer { sent += 1 }
            return side.segment([Self.text[sent % Self.text.count]])
        }
    }

    /// 3,000 connections that begin like SIP, where 2,048 are looked at, send a byte each in turn. Beside them a request
    /// comes a byte at a time, and another over WebSocket, whose handshake is answered after 0.2 s.
    @Test func connectionsThatMayBecomeSIPGiveWayToOthers() throws {
        var scenario = Scenario()
        var senders = (0..<3000).map(SlowSender.init)
        for step in 0..<12_000 {
            scenario.add(Double(step) / 2000, senders[step % senders.count].next())
        }
        var slow = TCPSide(sequence: 1000)
        for (index, byte) in TCPSide.invite("bytes").enumerated() {
            scenario.add(2 + Double(index) / 1000, slow.segment([byte]), in: ["bytes"])
        }
        var client = TCPSide(from: Peer("198.18.0.3", 40_000), to: Peer("198.18.0.4", 80))
        var server = TCPSide(from: client.to, to: client.from)
        let protocols = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
        scenario.add(4, client.segment(Array("GET / HTTP/1.1\r\nHost: b\r\nSec-WebSocket-Key: x\r\n\(protocols)".utf8)))
        scenario.add(4.2, server.segment(Array("HTTP/1.1 101 Switching Protocols\r\n\(protocols)".utf8)))
        let frame = WebSocketTests.frame(TCPSide.invite("socket"), mask: [0x11, 0x22, 0x33, 0x44])
        for (index, byte) in frame.enumerated() {
            scenario.add(4.3 + Double(index) / 1000, client.segment([byte]), in: ["socket"])
        }
        scenario.sort()
        let outcome = try scenario.runAllWays { $0.limits.maxStreamParsers = 100 }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("bytes")?.sipMessages.total == 1)
        #expect(outcome.record("socket")?.sipMessages.total == 1)
        #expect(outcome.counter("tcp_candidates_evicted") > 1000)
        #expect(outcome.summary.ledger.check() == nil)
    }
}
