import Calls
import Testing

@testable import Engine

/// SIP over SCTP (RFC 4168) in chunks of every shape.
@Suite struct SCTPTests {
    private let a = Peer("198.18.0.1", 5060)
    private let b = Peer("198.18.0.2", 5060)

    /// An IPv4 packet with an SCTP packet of these chunks.
    private func packet(_ from: Peer, _ to: Peer, tag: UInt32 = 7, _ chunks: [UInt8]...) -> [UInt8] {
        let body =
            Frame.big16(from.port) + Frame.big16(to.port) + Frame.big32(tag) + [0, 0, 0, 0] + chunks.flatMap { $0 }
        return Frame.ethernet(1) + Frame.ipv4(from, to, 132, 64, body.count) + body
    }

    private func chunk(_ type: UInt8, _ flags: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, flags] + Frame.big16(UInt16(4 + value.count)) + value
            + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    /// B and E bits: 2 and 1.
    private func data(_ tsn: UInt32, _ payload: [UInt8], _ flags: UInt8 = 3, stream: UInt16 = 0) -> [UInt8] {
        chunk(0, flags, Frame.big32(tsn) + Frame.big16(stream) + [0, 0, 0, 0, 0, 0] + payload)
    }

    private let sack: [UInt8] = [3, 0, 0, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]

    private func text(_ message: Message) -> [UInt8] { message.bytes }
    private func invite(_ id: String) -> [UInt8] { text(.invite(id)) }

    @Test func aCall() throws {
        var scenario = Scenario()
        let ok = text(.response(200, "INVITE", "c", sdp: Message.sdp(Peer("198.18.0.2", 20_000))))
        scenario.add(0, packet(a, b, tag: 0, chunk(1, 0, [UInt8](repeating: 1, count: 16))))
        scenario.add(0.1, packet(b, a, chunk(2, 0, [UInt8](repeating: 1, count: 16))))
        scenario.add(1, packet(a, b, data(1, invite("c"))), in: ["c"])
        scenario.add(1.1, packet(b, a, sack))
        scenario.add(2, packet(b, a, sack, data(50, ok, stream: 4)), in: ["c"])
        scenario.add(2.1, packet(a, b, sack, data(2, text(.request("ACK", "c", toTag: "callee")), 7)), in: ["c"])
        scenario.add(9, packet(a, b, data(3, text(.request("BYE", "c", cseq: 2, toTag: "callee")))), in: ["c"])
        // Sent again because the SACK was late: no second message.
        scenario.add(9.2, packet(a, b, data(3, text(.request("BYE", "c", cseq: 2, toTag: "callee")))), in: ["c"])
        scenario.add(9.3, packet(b, a, data(51, text(.response(200, "BYE", "c", cseq: 2)))), in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("c"))
        #expect(record.state == .ended)
        #expect(record.transport == "sctp")
        #expect(record.sipMessages.total == 5)
        #expect(record.sipRetransmissions == 0)
        #expect(outcome.summary.sipMessages.transports == [NamedCount("sctp", 5)])
        #expect(outcome.summary.ledger[.sip] == 6)
        #expect(outcome.summary.ledger[.sipTransport] == 3)
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func bundledChunksOfTwoCalls() throws {
        var scenario = Scenario()
        scenario.add(1, packet(a, b, data(1, invite("one")), sack, data(2, invite("two"))), in: ["one", "two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.total == 2)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// Three fragments, the last with the next message in one packet; in every order.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func fragments(_ order: [Int]) throws {
        var scenario = Scenario()
        let one = invite("one")
        let frames: [(bytes: [UInt8], calls: [String])] = [
            (packet(a, b, data(.max, Array(one[..<100]), 2)), ["one"]),
            (packet(a, b, data(0, Array(one[100..<200]), 0)), ["one"]),
            (packet(a, b, data(1, Array(one[200...]), 1), data(2, invite("two"))), ["one", "two"]),
        ]
        for (step, number) in order.enumerated() {
            scenario.add(1 + Double(step), frames[number].bytes, in: frames[number].calls)
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.total == 2)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// The last fragment never comes.
    @Test func anIncompleteMessage() throws {
        var scenario = Scenario()
        scenario.add(1, packet(a, b, data(1, Array(invite("one").prefix(100)), 2)))
        scenario.add(2, packet(a, b, data(9, invite("two"))), in: ["two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger[.fragmentIncomplete] == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// In IP fragments.
    @Test func inFragmentsOfIP() throws {
        var scenario = Scenario()
        let whole = Array(packet(a, b, data(1, invite("c")))[34...])
        let cut = 200
        let head = Frame.ethernet(1) + Frame.ipv4(a, b, 132, 64, cut, 9, 0x2000) + whole[..<cut]
        let tail = Frame.ethernet(1) + Frame.ipv4(a, b, 132, 64, whole.count - cut, 9, UInt16(cut / 8)) + whole[cut...]
        scenario.add(1, tail, in: ["c"])
        scenario.add(1.1, head, in: ["c"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
    }

    /// A new association between the same endpoints counts its TSNs anew.
    @Test func anotherAssociation() throws {
        var scenario = Scenario()
        scenario.add(1, packet(a, b, data(1, invite("one"))), in: ["one"])
        scenario.add(2, packet(a, b, tag: 8, data(1, invite("two"))), in: ["two"])
        scenario.add(3, packet(a, b, tag: 0, chunk(1, 0, [UInt8](repeating: 1, count: 16))))
        scenario.add(4, packet(a, b, tag: 8, data(1, invite("three"))), in: ["three"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.sipMessages.total == 3)
    }

    /// Other SCTP (M3UA, Diameter) is passed over, in fragments too.
    @Test func otherTraffic() throws {
        var scenario = Scenario()
        let (c, d) = (Peer("198.18.0.1", 2905), Peer("198.18.0.2", 2905))
        for index in 0..<50 {
            let payload = [1, 0, 1, 1] + [UInt8](repeating: UInt8(index), count: 100)
            scenario.add(Double(index), packet(c, d, data(UInt32(index), payload, UInt8(index % 4))))
        }
        scenario.add(60, packet(c, d, Array(data(9, [1, 2, 3]).prefix(6))))
        scenario.add(61, Frame.ethernet(1) + Frame.ipv4(c, d, 132, 64, 5) + [1, 2, 3, 4, 5])
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.isEmpty)
        #expect(outcome.summary.ledger[.notVoIP] == 51)
        #expect(outcome.summary.ledger[.malformedTransport] == 1)
        #expect(outcome.counter("sctp_malformed") == 2)
        #expect(outcome.summary.ledger.check() == nil)
    }
}
