import Testing

@testable import Engine

/// IPv6, ICMP errors, and fragments in every order.
@Suite struct NetworkTests {
    @Test func aCallOverIPv6() throws {
        var scenario = Scenario()
        let (caller, callee): ((UInt8, UInt16), (UInt8, UInt16)) = ((1, 5060), (2, 5060))
        let (from, to): ((UInt8, UInt16), (UInt8, UInt16)) = ((1, 10_000), (2, 20_000))
        func sdp(_ media: (UInt8, UInt16)) -> String {
            "v=0\r\no=- 1 1 IN IP6 2001:db8::\(media.0)\r\ns=-\r\nc=IN IP6 2001:db8::\(media.0)\r\nt=0 0\r\n"
                + "m=audio \(media.1) RTP/AVP 0\r\n"
        }
        func sip(_ time: Double, _ message: Message, _ from: (UInt8, UInt16), _ to: (UInt8, UInt16)) {
            scenario.add(time, Frame.udp6(from, to, Array(message.text.utf8)), in: ["c"])
        }
        sip(0, .request("INVITE", "c", sdp: sdp(from)), caller, callee)
        sip(0.1, .response(200, "INVITE", "c", sdp: sdp(to)), callee, caller)
        sip(0.2, .request("ACK", "c", toTag: "callee"), caller, callee)
        for index in 0..<10 {
            scenario.add(
                1 + Double(index) / 50, Frame.udp6(from, to, Frame.rtp(UInt16(index), ssrc: 1)), in: ["c"])
        }
        // Somebody else on the same port.
        scenario.add(2, Frame.udp6((9, 10_000), (8, 20_000), Frame.rtp(1, ssrc: 1)))
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let stream = try #require(outcome.record("c")?.streams.first)
        #expect(stream.packets == 10)
        #expect(stream.source.description == "[2001:db8::1]:10000")
    }

    @Test(arguments: [28, 60, 200]) func anICMPErrorBelongsToTheCallItQuotes(_ bytes: Int) throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 1, packets: 3)
        let media = Frame.udp(call.callerMedia, call.calleeMedia, Frame.rtp(9, ssrc: 1))
        let other = Frame.udp(Peer("198.18.9.1", 1234), Peer("198.18.9.2", 4321), Frame.rtp(9, ssrc: 1))
        scenario.add(
            2, Frame.portUnreachable(call.calleeMedia, call.callerMedia, quoting: media, bytes: bytes), in: ["c"])
        scenario.add(
            2.1, Frame.portUnreachable(Peer("198.18.9.2", 0), Peer("198.18.9.1", 0), quoting: other, bytes: bytes))
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.streams.map(\.packets) == [3, 3])
        #expect(outcome.summary.ledger[.otherVoIP] == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }

    // MARK: Fragments

    private let a = Peer("198.18.0.1", 5060)
    private let b = Peer("198.18.0.2", 5060)

    private func invite() -> [UInt8] {
        Array(
            Message.request("INVITE", "c", extra: "Subject: " + String(repeating: "x", count: 3000) + "\r\n").text.utf8)
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 0, 1, 1, 2], [2, 2, 1, 0], [0, 1, 2, 1, 0]])
    func fragmentsInAnyOrderAndTwice(_ order: [Int]) throws {
        let fragments = Frame.fragments(a, b, invite(), at: [1480, 2960], identification: 7)
        var scenario = Scenario()
        for (step, index) in order.enumerated() { scenario.add(Double(step) / 100, fragments[index], in: ["c"]) }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.summary.ledger[.sip] == 1)
        #expect(outcome.summary.ledger[.fragment] == UInt64(order.count - 1))
    }

    /// IPv4 fragments that overlap: each of them carried a byte.
    @Test func overlappingFragments() throws {
        let message = invite()
        let one = Frame.fragments(a, b, message, at: [1480, 2960], identification: 7)
        let other = Frame.fragments(a, b, message, at: [800, 2000], identification: 7)
        var scenario = Scenario()
        for (step, frame) in [one[0], other[1], one[2], one[1]].enumerated() {
            scenario.add(Double(step) / 100, frame, in: ["c"])
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.sipMessages.total == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }
}
