import Calls
import PacketDecoding
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

    // MARK: Calls

    private let caller = Peer("198.18.0.1", 5060)
    private let callee = Peer("198.18.0.2", 5060)

    private func flood(_ scenario: inout Scenario, _ rate: Double, until end: Double) {
        for number in 0..<Int(end * rate) {
            let from = Peer("10.1.\(number >> 8 & 255).\(number & 255)", 5060)
            scenario.sip(Double(number) / rate, .request("INVITE", "flood\(number)"), from, callee)
        }
    }

    /// A flood takes half of the table, however much room there is besides.
    @Test func callsThatNobodyAnswersTakeHalfOfTheTable() throws {
        var scenario = Scenario()
        flood(&scenario, 3000, until: 1)
        var evicted: UInt64 = 0
        var most = 0
        try scenario.track(batch: 100) {
            $0.limits.maxCalls = 4000
        } _: { tracker, _ in
            evicted = tracker.counters.callsEvicted
            most = max(most, tracker.calls.count)
        }
        #expect(most == 2000)
        #expect(evicted == 1000)
    }

    /// The first INVITE is lost behind us, the one sent half a second later (RFC 3261 section 17.1.1.2) as well. For a
    /// call of one message there is room for 0.67 s.
    @Test func anInviteThatIsSentAgainOutlivesAFlood() throws {
        var scenario = Scenario()
        flood(&scenario, 3000, until: 2.5)
        for time in [0.4, 0.9, 1.9] { scenario.sip(time, .request("INVITE", "c"), caller, callee) }
        scenario.sip(2, .response(180, "INVITE", "c"), callee, caller)
        scenario.sip(2.4, .response(486, "INVITE", "c"), callee, caller)
        scenario.sip(2.4, .request("ACK", "c", toTag: "callee"), caller, callee)
        scenario.sort()
        let outcome = try scenario.runAllWays { $0.limits.maxCalls = 4000 }
        #expect(scenario.wrongFiles(outcome).filter { !$0.contains("flood") } == [])
        #expect(outcome.record("c")?.state == .busy)
        #expect(outcome.record("c")?.sipMessages.total == 6)
    }

    /// Requests within a dialog show an answer, where responses go another way.
    @Test func aCallSeenInOneDirectionOutlivesAFlood() throws {
        var scenario = Scenario()
        flood(&scenario, 3000, until: 2)
        scenario.sip(0.1, .request("INVITE", "c"), caller, callee)
        scenario.sip(0.2, .request("ACK", "c", toTag: "callee"), caller, callee)
        scenario.sip(1.9, .request("BYE", "c", toTag: "callee"), caller, callee)
        scenario.sort()
        let outcome = try scenario.runAllWays { $0.limits.maxCalls = 4000 }
        #expect(scenario.wrongFiles(outcome).filter { !$0.contains("flood") } == [])
        #expect(outcome.record("c")?.endReason != .evicted)
    }

    // MARK: Tables

    /// 20,000 flows of one packet each in ten seconds, and one that goes on.
    @Test func flowsOfOnePacketTakeLittleRoom() throws {
        var scenario = Scenario()
        for number in 0..<20_000 {
            let time = Double(number) / 2000
            let from = Peer("10.2.\(number >> 8).\(number & 255)", 4000)
            scenario.add(time, Frame.udp(from, callee, Frame.rtp(1, ssrc: 1)))
            if number % 4000 == 0 { scenario.add(time, Frame.udp(caller, callee, Frame.rtp(1, ssrc: 2))) }
        }
        var most = 0
        try scenario.track(batch: 100) { tracker, _ in most = max(most, tracker.flows.flows.count) }
        #expect((2000..<6000).contains(most))
    }

    @Test func endedCallsAreRememberedWithinTheirBound() {
        var ended = EndedCalls(limit: 3000)
        for number in 0..<10_000 {
            ended.remember(FlowHash(seed: 1)(UInt64(number)), until: Int64(number) + 5000)
            #expect(ended.count <= 3000)
        }
        func isKnown(_ number: Int, at now: Int64) -> Bool {
            ended.contains(FlowHash(seed: 1)(UInt64(number)), now: now)
        }
        #expect(!isKnown(6999, at: 0))
        #expect(isKnown(7000, at: 0) && isKnown(9999, at: 0))
        #expect(isKnown(7000, at: 11_999) && !isKnown(7000, at: 12_000))
        ended.expire(now: 12_000)
        #expect(ended.count == 2999)
        // The same Call-ID may end twice.
        ended.remember(1, until: 20_000)
        ended.remember(1, until: 30_000)
        ended.expire(now: 20_000)
        #expect(ended.contains(1, now: 29_999))
        ended.expire(now: 30_000)
        #expect(!ended.contains(1, now: 29_999) && ended.count == 0)
    }
}
