import Calls
import PacketDecoding
import Testing

@testable import Engine

/// Legs of one call get one group; everything else keeps its own. For 1, 2, 3 and 8 workers.
@Suite struct CorrelationTests {
    private let phone = Peer("198.18.0.1", 5060)
    private let server = Peer("198.18.0.9", 5060)
    private let gateway = Peer("198.18.0.2", 5060)

    /// A leg with headers: INVITE, then 200 and ACK. Its users and addresses are its own unless said otherwise.
    private struct Leg {
        var id: String
        var from: Peer
        var to: Peer
        var caller: String
        var callee: String
        var extra = ""
        var answer = ""
        var tag: String

        init(_ id: String, _ number: Int, extra: String = "", answer: String = "") {
            self.id = id
            from = Peer("198.18.\(number).1", 5060)
            to = Peer("198.18.\(number).2", 5060)
            caller = "caller\(number)"
            callee = "callee\(number)"
            tag = "tag-\(number)"
            self.extra = extra
            self.answer = answer
        }

        func invite(_ scenario: inout Scenario, at time: Double) {
            scenario.sip(
                time, .request("INVITE", id, fromTag: tag, user: callee, from: caller, extra: extra), from, to)
        }

        func accept(_ scenario: inout Scenario, at time: Double) {
            var response = Message.response(200, "INVITE", id, fromTag: tag, user: callee)
            response.text = response.text.replacing("Content-Length", with: answer + "Content-Length")
            scenario.sip(time, response, to, from)
            scenario.sip(
                time + 0.01, .request("ACK", id, toTag: "callee", fromTag: tag, user: callee, from: caller), from, to)
        }

        func hangUp(_ scenario: inout Scenario, at time: Double) {
            scenario.sip(time, .request("BYE", id, cseq: 2, toTag: "callee", fromTag: tag), from, to)
            scenario.sip(time + 0.01, .response(200, "BYE", id, cseq: 2, fromTag: tag), to, from)
        }

        func whole(_ scenario: inout Scenario, at time: Double) {
            invite(&scenario, at: time)
            accept(&scenario, at: time + 0.5)
            hangUp(&scenario, at: time + 2)
        }
    }

    /// The legs whole, each a tenth of a second behind the one before.
    private func scenario(_ legs: Leg...) -> Scenario {
        var scenario = Scenario()
        for (place, leg) in legs.enumerated() { leg.whole(&scenario, at: Double(place) / 10) }
        return scenario
    }

    private func groups(_ scenario: Scenario, _ change: (inout EngineOptions) -> Void = { _ in }) throws
        -> [String: String]
    {
        groups(try scenario.runAllWays(change))
    }

    private func groups(_ outcome: Outcome) -> [String: String] {
        Dictionary(uniqueKeysWithValues: outcome.records.map { ($0.callID, $0.groupID) })
    }

    private let session = "ab30317f1a784dc48ff824d0d3715d86"
    private let other = "47755a9de7794ba387653f2099600ef2"
    private let null = "00000000000000000000000000000000"

    // MARK: Headers

    @Test(arguments: ["X-Call-ID: a\r\n", "X-CID: a\r\n", "x-cid :  a \r\n"])
    func aHeaderNamesTheOtherLeg(header: String) throws {
        let scenario = scenario(Leg("a", 1), Leg("b", 2, extra: header), Leg("c", 3))
        #expect(try groups(scenario) == ["a": "a", "b": "a", "c": "c"])
    }

    @Test func aLegIsNamedBeforeItIsThere() throws {
        let scenario = scenario(Leg("b", 2, extra: "X-Call-ID: a\r\n"), Leg("a", 1))
        #expect(try groups(scenario) == ["a": "b", "b": "b"])
    }

    @Test func twoLegsNameOneThatIsNotCaptured() throws {
        let scenario = scenario(Leg("b", 2, extra: "X-Call-ID: a\r\n"), Leg("c", 1, extra: "X-Call-ID: a\r\n"))
        #expect(try groups(scenario) == ["b": "b", "c": "b"])
    }

    @Test func theNamedLegHasEndedAndItsRecordHasLeft() throws {
        var scenario = Scenario()
        Leg("a", 1).whole(&scenario, at: 0)
        scenario.quiet(from: 3, until: 15)
        Leg("b", 2, extra: "X-Call-ID: a\r\n").whole(&scenario, at: 20)
        Leg("c", 3, extra: "X-Call-ID: a\r\n").whole(&scenario, at: 21)
        #expect(try groups(scenario) == ["a": "a", "b": "a", "c": "a"])
    }

    @Test func ofItselfIsNoGroup() throws {
        var scenario = Scenario()
        Leg("a", 1, extra: "X-Call-ID: a\r\nX-CID: a\r\n").whole(&scenario, at: 0)
        Leg("b", 2, extra: "X-Call-ID: \r\n").whole(&scenario, at: 0)
        Leg("c", 3, extra: "X-Call-ID: \(String(repeating: "x", count: 5000))\r\n").whole(&scenario, at: 0)
        #expect(try groups(scenario) == ["a": "a", "b": "b", "c": "c"])
    }

    /// RFC 7989: the B2BUA passes the identifiers on; in the answer they are exchanged.
    @Test func sessionIdentifiersOfBothEnds() throws {
        var scenario = Scenario()
        let a = Leg(
            "a", 1, extra: "Session-ID: \(session);remote=\(null)\r\n",
            answer: "Session-ID: \(other);remote=\(session)\r\n")
        let b = Leg("b", 2, extra: "Session-ID: \(session.uppercased());remote=\(null)\r\n")
        // Knows only the other end's.
        let c = Leg("c", 3, extra: "Session-ID: \(other);remote=\(null)\r\n")
        let d = Leg("d", 4, extra: "Session-ID: \(null);remote=\(null)\r\n")
        a.invite(&scenario, at: 0)
        b.invite(&scenario, at: 0.1)
        b.accept(&scenario, at: 0.5)
        a.accept(&scenario, at: 0.6)
        c.whole(&scenario, at: 1)
        d.whole(&scenario, at: 1.1)
        Leg("e", 5, extra: "Session-ID: \(null)\r\n").whole(&scenario, at: 1.2)
        #expect(try groups(scenario) == ["a": "a", "b": "a", "c": "a", "d": "d", "e": "e"])
    }

    @Test func sessionIdentifierOfRFC7329() throws {
        let scenario = scenario(
            Leg("a", 1, extra: "Session-ID: \(session)\r\n"),
            Leg("b", 2, extra: "Session-ID: \(session)\r\n"),
            Leg("c", 3, extra: "Session-ID: not-an-identifier\r\n"),
            Leg("d", 4, extra: "Session-ID: not-an-identifier\r\n"))
        #expect(try groups(scenario) == ["a": "a", "b": "a", "c": "c", "d": "d"])
    }

    @Test func theConfiguredHeader() throws {
        let scenario = scenario(
            Leg("a", 1, extra: "P-Charging: one\r\n"),
            Leg("b", 2, extra: "p-charging: one\r\n"),
            Leg("c", 3, extra: "P-Charging: b\r\n"),
            Leg("d", 4, extra: "P-Charging: two\r\n"))
        let alone = ["a": "a", "b": "b", "c": "c", "d": "d"]
        #expect(try groups(scenario) == alone)
        #expect(
            try groups(scenario) { $0.calls.correlationHeader = "P-Charging" } == [
                "a": "a", "b": "a", "c": "a", "d": "d",
            ])
    }

    /// Two groups turn out to be one: the first leg of all names it, for the records that have not left.
    @Test func groupsAreJoined() throws {
        var scenario = Scenario()
        Leg("a", 1, extra: "Session-ID: \(session)\r\n").invite(&scenario, at: 0)
        Leg("b", 2, extra: "Session-ID: \(other)\r\n").invite(&scenario, at: 0.1)
        Leg("c", 3, extra: "X-Call-ID: b\r\n").invite(&scenario, at: 0.2)
        Leg("d", 4, extra: "X-Call-ID: a\r\n").invite(&scenario, at: 0.3)
        Leg("e", 5, extra: "Session-ID: \(session);remote=\(other)\r\n").invite(&scenario, at: 0.4)
        #expect(try groups(scenario) == ["a": "a", "b": "a", "c": "a", "d": "a", "e": "a"])
    }

    // MARK: Without headers

    private func leg(
        _ id: String, _ from: Peer, _ to: Peer, _ caller: String, _ callee: String, tag: String? = nil
    ) -> Leg {
        var leg = Leg(id, 1)
        (leg.from, leg.to, leg.caller, leg.callee, leg.tag) = (from, to, caller, callee, tag ?? "tag-" + id)
        return leg
    }

    /// The numbers are rewritten, the B2BUA calls from another port.
    @Test func theSameNumbersThroughAHost() throws {
        var scenario = Scenario()
        leg("a", phone, server, "+49301234567", "0897654321").invite(&scenario, at: 0)
        leg("b", Peer("198.18.0.9", 40_000), gateway, "004930-1234567", "+49897654321").invite(&scenario, at: 0.2)
        // A sequential fork much later, still ringing; and one from there on.
        leg("c", server, Peer("198.18.0.3", 5060), "0301234567", "7654321").invite(&scenario, at: 20)
        leg("d", Peer("198.18.0.3", 5062), Peer("198.18.0.4", 5060), "301234567", "7654321").invite(&scenario, at: 20.1)
        #expect(try groups(scenario) == ["a": "a", "b": "a", "c": "a", "d": "a"])
    }

    @Test func theSameTagThroughAHost() throws {
        var scenario = Scenario()
        leg("a", phone, server, "alice", "bob", tag: "kept").invite(&scenario, at: 0)
        leg("b", server, gateway, "anonymous", "robert", tag: "kept").invite(&scenario, at: 0.2)
        #expect(try groups(scenario) == ["a": "a", "b": "a"])
    }

    @Test func otherNumbersAreNoLegs() throws {
        var scenario = Scenario()
        leg("a", phone, server, "+49301234567", "0897654321").invite(&scenario, at: 0)
        leg("b", server, gateway, "+49301234568", "0897654321").invite(&scenario, at: 0.1)
        leg("c", server, gateway, "+49301234567", "0897654320").invite(&scenario, at: 0.2)
        #expect(try groups(scenario) == ["a": "a", "b": "b", "c": "c"])
    }

    @Test func anotherHostOrTheSamePhoneIsNoLeg() throws {
        var scenario = Scenario()
        leg("a", phone, server, "1234567", "7654321").invite(&scenario, at: 0)
        leg("b", gateway, Peer("198.18.0.3", 5060), "1234567", "7654321").invite(&scenario, at: 0.1)
        // The phone tries again.
        leg("c", phone, server, "1234567", "7654321").invite(&scenario, at: 0.2)
        #expect(try groups(scenario) == ["a": "a", "b": "b", "c": "c"])
    }

    @Test func anAnsweredOrRefusedCallGetsNoNewLeg() throws {
        var scenario = Scenario()
        let a = leg("a", phone, server, "1234567", "7654321")
        a.invite(&scenario, at: 0)
        a.accept(&scenario, at: 1)
        leg("b", server, gateway, "1234567", "7654321").invite(&scenario, at: 2)
        leg("c", phone, server, "1111111", "2222222").invite(&scenario, at: 3)
        scenario.sip(
            3.1, .response(486, "INVITE", "c", fromTag: "tag-c", user: "2222222"), server, phone)
        leg("d", server, gateway, "1111111", "2222222").invite(&scenario, at: 4)
        #expect(try groups(scenario) == ["a": "a", "b": "b", "c": "c", "d": "d"])
    }

    @Test func tooLateIsNoLeg() throws {
        var scenario = Scenario()
        leg("a", phone, server, "1234567", "7654321").invite(&scenario, at: 0)
        leg("b", server, gateway, "1234567", "7654321").invite(&scenario, at: 30.1)
        #expect(try groups(scenario) == ["a": "a", "b": "b"])
    }

    /// Two calls between the same numbers through the same host at once: nothing tells whose leg it is.
    @Test func severalThatFitAreNone() throws {
        var scenario = Scenario()
        leg("a", phone, server, "1234567", "7654321").invite(&scenario, at: 0)
        leg("b", Peer("198.18.0.7", 5060), server, "1234567", "7654321").invite(&scenario, at: 0.1)
        leg("c", server, gateway, "1234567", "7654321").invite(&scenario, at: 0.2)
        let outcome = try scenario.runAllWays()
        #expect(groups(outcome) == ["a": "a", "b": "b", "c": "c"])
        #expect(outcome.counter("legs_ambiguous") == 1)
    }

    /// Everything on 127.0.0.1, as in a laboratory: calls between the same two programs are no legs of each other.
    @Test func oneHost() throws {
        var scenario = Scenario()
        let caller = Peer("127.0.0.1", 5061)
        let middle = Peer("127.0.0.1", 5060)
        let callee = Peer("127.0.0.1", 5062)
        leg("a", caller, middle, "sipp", "service").invite(&scenario, at: 0)
        leg("b", caller, middle, "sipp", "service").invite(&scenario, at: 0.1)
        leg("c", Peer("127.0.0.1", 5063), Peer("127.0.0.1", 5064), "sipp", "service").invite(&scenario, at: 0.2)
        leg("d", caller, middle, "one", "two").invite(&scenario, at: 0.3)
        leg("e", middle, callee, "one", "two").invite(&scenario, at: 0.4)
        #expect(try groups(scenario) == ["a": "a", "b": "b", "c": "c", "d": "d", "e": "d"])
    }

    /// Rule (1) of media ownership: one names the pair while the other is being set up.
    @Test func aSharedPairOfMediaEndpoints() throws {
        var scenario = Scenario()
        let a = Call(id: "a", callee: Peer("198.18.0.9", 5060))
        let b = Call(id: "b", caller: Peer("198.18.0.10", 5060))
        func sdp(_ peer: Peer) -> String { Message.sdp(peer) }
        scenario.sip(0, .request("INVITE", "a", sdp: sdp(a.callerMedia), fromTag: "x"), a.caller, a.callee)
        scenario.sip(
            0.1, .request("INVITE", "b", sdp: sdp(a.callerMedia), fromTag: "y", user: "eve"), b.caller, b.callee)
        scenario.sip(
            0.2, .response(200, "INVITE", "b", sdp: sdp(a.calleeMedia), fromTag: "y", user: "eve"), b.callee, b.caller)
        scenario.sip(0.3, .response(200, "INVITE", "a", sdp: sdp(a.calleeMedia), fromTag: "x"), a.callee, a.caller)
        #expect(try groups(scenario) == ["a": "a", "b": "a"])
    }

    // MARK: Bounds

    @Test func aGroupHasSixtyFourLegsAtMost() throws {
        var scenario = Scenario()
        for number in 1...70 {
            Leg("leg-\(number)", number, extra: "Session-ID: \(session)\r\n").invite(
                &scenario, at: Double(number) / 100)
        }
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.count { $0.groupID == "leg-1" } == 64)
        #expect(outcome.counter("legs_refused") == 6)
    }

    @Test func aCallShowsEightKeysAtMost() throws {
        var scenario = Scenario()
        var leg = Leg("a", 1)
        for number in 0..<20 {
            leg.extra = "X-Call-ID: other-\(number)\r\n"
            scenario.sip(
                Double(number), .request("INVITE", "a", cseq: number + 1, fromTag: "x", extra: leg.extra), leg.from,
                leg.to)
        }
        let outcome = try scenario.runAllWays()
        #expect(outcome.counter("legs_refused") == 12)
    }

    /// Nothing is left of calls that have ended.
    @Test func allIsGivenBack() throws {
        var scenario = Scenario()
        for number in 1...50 {
            let id = "\(session.dropLast(2))\(10 + number % 7)"
            Leg("leg-\(number)", number, extra: "Session-ID: \(id);remote=\(other)\r\nX-CID: leg-\(number - 1)\r\n")
                .whole(&scenario, at: Double(number))
        }
        scenario.quiet(from: 60, until: 120)
        var most = 0
        var last = (groups: -1, keys: -1)
        try scenario.track { tracker, _ in
            most = max(most, tracker.correlation.groups.count)
            last = (tracker.correlation.groups.count, tracker.correlation.keys.count)
        }
        #expect(most > 0)
        #expect(last == (0, 0))
    }

    /// A flood of calls to one host leaves the candidates bounded, and a leg among them is found all the same.
    @Test func candidatesAreBounded() {
        var candidates = LegCandidates(maxCalls: 100_000)
        let peer = Endpoint(IPAddress(high: 0, low: 1), 5060)
        for number in 0..<UInt64(200_000) {
            let call = CallReference(slot: UInt32(number), generation: 1)
            candidates.add(
                number,
                LegCandidates.Candidate(call: call, source: peer, destination: peer, time: Int64(number) * 1000),
                besides: LegCandidates.Places(filler: -1))
        }
        #expect(candidates.count == LegCandidates.most)
        #expect(candidates.evicted == 200_000 - UInt64(LegCandidates.most))
        #expect(candidates.find(199_999, now: 200_000_000).count == 1)
        #expect(candidates.find(1, now: 200_000_000).isEmpty)
        // The same key for ever.
        for number in 0..<300_000 {
            let call = CallReference(slot: UInt32(number), generation: 1)
            let candidate = LegCandidates.Candidate(call: call, source: peer, destination: peer, time: 200_000_000)
            candidates.add(7, candidate, besides: candidates.find(7, now: 200_000_000))
        }
        #expect(candidates.find(7, now: 200_000_000).count == LegCandidates.maxPerKey)
    }

    @Test func keysAreBounded() {
        var keys = CorrelationKeys()
        for key in 0..<UInt64(CorrelationKeys.limit + 100) where keys.hasRoom(key, held: 0) {
            _ = keys.hold(key, group: 0)
        }
        #expect(keys.count == CorrelationKeys.limit && keys.refused == 100)
    }
}
