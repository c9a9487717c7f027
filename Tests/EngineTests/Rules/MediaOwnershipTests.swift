import Calls
import Testing

@testable import Engine

/// PRODUCT section 4, "Which call a media packet belongs to": each rule, for 1, 2, 3 and 8 workers.
@Suite struct MediaOwnershipTests {
    @Test func aCallOwnsMediaBetweenItsEndpoints() throws {
        let scenario = Call(id: "one").alone(packets: 50)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.map(\.state) == [.ended])
        #expect(outcome.record("one")?.streams.map(\.packets) == [50, 50])
    }

    @Test func theNewerCallTakesAPairReusedAfterALostBye() throws {
        var scenario = Scenario()
        let old = Call(id: "old")
        let new = Call(id: "new")
        old.setUp(&scenario, at: 0)
        old.talk(&scenario, from: 1, packets: 20)
        new.setUp(&scenario, at: 60)
        new.talk(&scenario, from: 61, packets: 20)
        new.hangUp(&scenario, at: 63)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("old")?.state == .active)
        #expect(outcome.record("new")?.state == .ended)
    }

    @Test func b2buaLegsThatNameOnePairShareIt() throws {
        var scenario = Scenario()
        // The B2BUA passes the session descriptions through: leg B is set up while leg A is.
        let b2bua = Peer("198.18.0.9", 5060)
        let legA = Call(id: "leg-a", callee: b2bua)
        let legB = Call(id: "leg-b", caller: b2bua)
        scenario.sip(0, .request("INVITE", "leg-a", sdp: Message.sdp(legA.callerMedia)), legA.caller, b2bua)
        scenario.sip(0.1, .request("INVITE", "leg-b", sdp: Message.sdp(legA.callerMedia)), b2bua, legB.callee)
        scenario.sip(0.2, .response(200, "INVITE", "leg-b", sdp: Message.sdp(legA.calleeMedia)), legB.callee, b2bua)
        scenario.sip(0.21, .request("ACK", "leg-b", toTag: "callee"), b2bua, legB.callee)
        scenario.sip(0.3, .response(200, "INVITE", "leg-a", sdp: Message.sdp(legA.calleeMedia)), b2bua, legA.caller)
        scenario.sip(0.4, .request("ACK", "leg-a", toTag: "callee"), legA.caller, b2bua)
        legA.talk(&scenario, from: 1, packets: 20, in: ["leg-a", "leg-b"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func phonesOnOneMediaServerPortAreToldApartByTheirOwnEndpoint() throws {
        var scenario = Scenario()
        let server = Peer("198.18.0.100", 40_000)
        var calls: [Call] = []
        for index in 1...5 {
            let phone = "198.18.1.\(index)"
            let call = Call(
                id: "phone-\(index)", caller: Peer(phone, 5060), callerMedia: Peer(phone, 10_000), calleeMedia: server)
            calls.append(call)
            call.setUp(&scenario, at: Double(index))
        }
        for (index, call) in calls.enumerated() { call.talk(&scenario, from: 10 + Double(index), packets: 10) }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test func aNATedPhonesMediaIsFoundByTheOtherEndpoint() throws {
        var scenario = Scenario()
        let call = Call(id: "nat", callerMedia: Peer("192.168.1.5", 10_000))
        let seenAs = Peer("198.18.0.77", 33_333)
        call.setUp(&scenario, at: 0)
        for index in 0..<20 {
            let time = 1 + Double(index) * 0.02
            scenario.rtp(time, seenAs, call.calleeMedia, sequence: UInt16(index), in: ["nat"])
            scenario.rtp(time + 0.001, call.calleeMedia, seenAs, sequence: UInt16(index), ssrc: 2, in: ["nat"])
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test func mediaOfAnEndpointSharedWithoutAPairIsNobodys() throws {
        var scenario = Scenario()
        let server = Peer("198.18.0.100", 40_000)
        for index in 1...2 {
            let phone = "198.18.1.\(index)"
            Call(id: "c\(index)", caller: Peer(phone, 5060), callerMedia: Peer(phone, 10_000), calleeMedia: server)
                .setUp(&scenario, at: Double(index))
        }
        scenario.rtp(5, Peer("198.18.9.9", 7000), server, sequence: 1, in: [])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.counters.first { $0.name == "media_ambiguous" }?.count == 1)
    }

    @Test func delayedOfferIsAnsweredInTheAck() throws {
        var scenario = Scenario()
        let call = Call(id: "delayed")
        scenario.sip(0, .request("INVITE", "delayed"), call.caller, call.callee)
        scenario.sip(
            0.2, .response(200, "INVITE", "delayed", sdp: Message.sdp(call.calleeMedia)), call.callee, call.caller)
        scenario.sip(
            0.3, .request("ACK", "delayed", toTag: "callee", sdp: Message.sdp(call.callerMedia)), call.caller,
            call.callee)
        call.talk(&scenario, from: 0.5, packets: 20)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test func earlyMediaAfterA183BelongsToTheCall() throws {
        var scenario = Scenario()
        let call = Call(id: "early")
        scenario.sip(0, .request("INVITE", "early", sdp: Message.sdp(call.callerMedia)), call.caller, call.callee)
        scenario.sip(
            0.1, .response(183, "INVITE", "early", sdp: Message.sdp(call.calleeMedia)), call.callee, call.caller)
        call.talk(&scenario, from: 0.2, packets: 20)
        scenario.sip(2, .response(486, "INVITE", "early"), call.callee, call.caller)
        scenario.sip(2.1, .request("ACK", "early", toTag: "callee"), call.caller, call.callee)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("early")?.state == .busy)
    }

    @Test func mediaUpToASecondBeforeItsSDPIsFound() throws {
        var scenario = Scenario()
        let call = Call(id: "late-sdp")
        // 1.5 s before: nobody's. Within a second: the call's.
        scenario.rtp(0, call.calleeMedia, call.callerMedia, sequence: 1, in: [])
        for index in 0..<10 {
            scenario.rtp(
                1 + Double(index) * 0.02, call.calleeMedia, call.callerMedia, sequence: UInt16(2 + index),
                in: ["late-sdp"])
        }
        call.setUp(&scenario, at: 1.5)
        call.talk(&scenario, from: 2, packets: 5)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aReInviteMovesTheMedia() throws {
        var scenario = Scenario()
        var call = Call(id: "moving")
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 1, packets: 10)
        call.callerMedia = Peer("198.18.0.55", 11_000)
        scenario.sip(
            2, .request("INVITE", "moving", cseq: 2, toTag: "callee", sdp: Message.sdp(call.callerMedia)), call.caller,
            call.callee)
        scenario.sip(
            2.1, .response(200, "INVITE", "moving", cseq: 2, sdp: Message.sdp(call.calleeMedia)), call.callee,
            call.caller)
        scenario.sip(2.2, .request("ACK", "moving", cseq: 2, toTag: "callee"), call.caller, call.callee)
        call.talk(&scenario, from: 3, packets: 10)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("moving")?.streams.count == 4)
    }

    @Test func holdAddressesAreNoEndpoints() throws {
        var scenario = Scenario()
        let nowhere = Peer("0.0.0.0", 10_000)
        for index in 1...2 {
            let call = Call(id: "hold-\(index)", callerMedia: nowhere, calleeMedia: Peer("198.18.3.\(index)", 20_000))
            call.setUp(&scenario, at: Double(index))
        }
        scenario.rtp(5, Peer("198.18.4.4", 9000), nowhere, sequence: 1, in: [])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.counters.first { $0.name == "media_ambiguous" } == nil)
    }

    @Test func copiesAreInTheFileAndNotInTheFigures() throws {
        var scenario = Scenario()
        let call = Call(id: "copies")
        call.setUp(&scenario, at: 0)
        for index in 0..<10 {
            let time = 1 + Double(index) * 0.02
            let payload = Frame.rtp(UInt16(index), ssrc: 7)
            scenario.add(time, Frame.udp(call.callerMedia, call.calleeMedia, payload), in: ["copies"])
            // The same packet behind a router: another TTL, other MACs.
            scenario.add(
                time + 0.0001, Frame.udp(call.callerMedia, call.calleeMedia, payload, ttl: 63, macTail: 9),
                in: ["copies"])
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let stream = try #require(outcome.record("copies")?.streams.first)
        #expect(stream.packets == 10)
        #expect(stream.copies == 10)
        #expect(stream.duplicates == 0)
        let deduplicated = try scenario.runAllWays { $0.calls.deduplicate = true }
        #expect(deduplicated.packetsByCall["copies"]?.count == 14)
        #expect(deduplicated.record("copies")?.streams.first?.copies == 10)
    }

    @Test func aPacketSentTwiceWithin10MillisecondsIsADuplicateNotACopy() throws {
        var scenario = Scenario()
        let call = Call(id: "twice")
        call.setUp(&scenario, at: 0)
        for index in 0..<10 {
            let payload = Frame.rtp(UInt16(index), ssrc: 7)
            // Sent twice, 9.9 ms apart; each seen again behind a router.
            for (sent, delay) in [(0.0, 0.0004), (0.0099, 0.0003)] {
                let time = 1 + Double(index) * 0.02 + sent
                scenario.add(time, Frame.udp(call.callerMedia, call.calleeMedia, payload), in: ["twice"])
                scenario.add(
                    time + delay, Frame.udp(call.callerMedia, call.calleeMedia, payload, ttl: 63, macTail: 9),
                    in: ["twice"])
            }
        }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let stream = try #require(outcome.record("twice")?.streams.first)
        #expect(stream.packets == 20)
        #expect(stream.duplicates == 10)
        #expect(stream.copies == 20)
    }
}
