import Calls
import Testing

@testable import Engine

@Suite("What became of a call's audio")
struct AudioFactsTests {
    let call = Call(id: "audio")

    private func facts(_ scenario: Scenario) throws -> MediaFacts {
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        return try #require(outcome.record("audio")?.media)
    }

    @Test func bothWays() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 100)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let facts = try facts(scenario)
        #expect(facts.audio == .twoWay && facts.audioFrom == [.caller, .callee] && facts.missingAudioFrom == [])
        #expect(facts.callerAudioDelay == 300_000_000 && facts.calleeAudioDelay == 301_000_000)
        #expect(facts.isLate == false && facts.earlyMediaFrom == [] && facts.holds == [])
    }

    @Test func oneWayAndNone() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.speak(&scenario, byCaller: false, from: 0.5, packets: 100)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        var found = try facts(scenario)
        #expect(found.audio == .oneWay && found.audioFrom == [.callee] && found.missingAudioFrom == [.caller])

        scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        found = try facts(scenario)
        #expect(found.audio == MediaFacts.Audio.none && found.missingAudioFrom == [.caller, .callee])

        // Too short to miss anything: 1.9 s.
        scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 2.1)
        scenario.sort()
        found = try facts(scenario)
        #expect(found.audio == MediaFacts.Audio.none && found.missingAudioFrom == [])
    }

    /// One way because the session wants it so.
    @Test func sendOnly() throws {
        var scenario = Scenario()
        call.setUp(
            &scenario, at: 0, offer: Message.sdp(call.callerMedia, direction: "sendonly"),
            answer: Message.sdp(call.calleeMedia, direction: "recvonly"))
        call.speak(&scenario, byCaller: true, from: 0.5, packets: 100)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let facts = try facts(scenario)
        #expect(facts.audio == .oneWay && facts.missingAudioFrom == [] && facts.holds == [])
    }

    /// INVITE, 183 and what the callee's side says then.
    private var announcement: Scenario {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "audio", sdp: Message.sdp(call.callerMedia)), call.caller, call.callee)
        scenario.sip(
            0.1, .response(183, "INVITE", "audio", sdp: Message.sdp(call.calleeMedia)), call.callee, call.caller)
        call.speak(&scenario, byCaller: false, from: 0.2, packets: 100)
        return scenario
    }

    @Test func early() throws {
        var scenario = announcement
        scenario.sip(
            1.2, .response(200, "INVITE", "audio", sdp: Message.sdp(call.calleeMedia)), call.callee, call.caller)
        scenario.sip(1.3, .request("ACK", "audio", toTag: "callee"), call.caller, call.callee)
        call.speak(&scenario, byCaller: true, from: 3.5, packets: 50)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        let record = try #require(outcome.record("audio"))
        let facts = try #require(record.media)
        #expect(facts.earlyMediaFrom == [.callee] && facts.audio == .twoWay)
        #expect(facts.calleeAudioDelay == 0 && facts.callerAudioDelay == 2_300_000_000 && facts.isLate == true)
        // At 0.2, 0.22 … 1.18, and at 1.2 just before the answer.
        #expect(record.streams.map(\.media.earlyPackets) == [51, 0])
    }

    /// A call that is refused has nothing but early media.
    @Test func refusedWithAnnouncement() throws {
        var scenario = announcement
        scenario.sip(3, .response(404, "INVITE", "audio"), call.callee, call.caller)
        scenario.sip(3.1, .request("ACK", "audio", toTag: "callee"), call.caller, call.callee)
        let outcome = try scenario.runAllWays()
        let facts = try #require(outcome.record("audio")?.media)
        #expect(facts.earlyMediaFrom == [.callee] && facts.audio == nil && facts.missingAudioFrom == [])
        #expect(outcome.record("audio")?.streams.first?.media.earlyPackets == 100)
    }

    /// Media that came before the answer that named it is early too, though it finds its call later.
    @Test func earlierThanItsAnswer() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "audio", sdp: nil), call.caller, call.callee)
        call.speak(&scenario, byCaller: false, from: 0.5, packets: 20)
        scenario.sip(
            0.71, .response(200, "INVITE", "audio", sdp: Message.sdp(call.calleeMedia)), call.callee, call.caller)
        scenario.sip(
            0.8, .request("ACK", "audio", toTag: "callee", sdp: Message.sdp(call.callerMedia)), call.caller, call.callee
        )
        call.speak(&scenario, byCaller: false, from: 0.9, packets: 10, first: 20)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("audio"))
        #expect(record.streams.first?.packets == 30 && record.streams.first?.media.earlyPackets == 11)
        #expect(record.media?.earlyMediaFrom == [.callee] && record.media?.calleeAudioDelay == 0)
    }

    private func hold(_ media: Peer, _ direction: String) -> String { Message.sdp(media, direction: direction) }

    /// RFC 3264 section 8.4: hold and resume by the caller, by the callee, and by both at once.
    @Test func holds() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 20)
        let (caller, callee) = (call.callerMedia, call.calleeMedia)
        call.reinvite(
            &scenario, at: 2, cseq: 2, offer: hold(caller, "sendonly"), answer: hold(callee, "recvonly"))
        // A session refresh changes nothing.
        call.reinvite(
            &scenario, at: 3, cseq: 3, offer: hold(caller, "sendonly"), answer: hold(callee, "recvonly"))
        // The callee holds as well.
        call.reinvite(
            &scenario, at: 4, cseq: 9, byCaller: false, offer: hold(callee, "inactive"),
            answer: hold(caller, "inactive"))
        // The caller lets go; the callee does not.
        call.reinvite(
            &scenario, at: 5, cseq: 4, offer: hold(caller, "sendrecv"), answer: hold(callee, "sendonly"))
        call.reinvite(
            &scenario, at: 6, cseq: 10, byCaller: false, offer: hold(callee, "sendrecv"),
            answer: hold(caller, "sendrecv"))
        call.hangUp(&scenario, at: 8)
        scenario.sort()
        let facts = try facts(scenario)
        #expect(facts.holds.map(\.by) == [.caller, .callee])
        #expect(facts.holds.map { Scenario.seconds($0.start) } == [2.01, 4.01])
        #expect(facts.holds.map { Scenario.seconds($0.end) } == [5.01, 6.01])
        #expect(facts.missingAudioFrom == [])
    }

    /// RFC 2543: `c=0.0.0.0`. Refused re-INVITEs change nothing, and what is still held at the end has no end.
    @Test func holdByAddress() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 20)
        let nowhere = Message.sdp(Peer("0.0.0.0", call.callerMedia.port))
        scenario.sip(
            2, .request("INVITE", "audio", cseq: 2, toTag: "callee", sdp: nowhere), call.caller, call.callee)
        scenario.sip(2.1, .response(491, "INVITE", "audio", cseq: 2), call.callee, call.caller)
        scenario.sip(2.2, .request("ACK", "audio", cseq: 2, toTag: "callee"), call.caller, call.callee)
        call.reinvite(&scenario, at: 3, cseq: 3, offer: nowhere, answer: Message.sdp(call.calleeMedia))
        call.hangUp(&scenario, at: 8)
        scenario.sort()
        let facts = try facts(scenario)
        #expect(facts.holds.map(\.by) == [.caller] && facts.holds.map { Scenario.seconds($0.start) } == [3.01])
        #expect(facts.holds[0].end == nil)
    }

    /// What held means for silence: the callee may not send, the caller has music.
    @Test func heldSideIsNotMissing() throws {
        var scenario = Scenario()
        call.setUp(
            &scenario, at: 0, offer: Message.sdp(call.callerMedia), answer: hold(call.calleeMedia, "inactive"))
        call.reinvite(
            &scenario, at: 1.5, cseq: 2, offer: Message.sdp(call.callerMedia),
            answer: hold(call.calleeMedia, "sendrecv"))
        call.speak(&scenario, byCaller: true, from: 2, packets: 20)
        call.hangUp(&scenario, at: 3.4)
        scenario.sort()
        // 1.89 s of being allowed to.
        #expect(try facts(scenario).missingAudioFrom == [])
    }

    /// Comfort noise (RFC 3389): silence, no loss. PT 19 and a dynamic type count as 13 does.
    @Test func silence() throws {
        for type in [UInt8(13), 19, 98] {
            var scenario = Scenario()
            let offer = { (media: Peer) in
                SDPBytes.description(
                    media.address, ["m=audio \(media.port) RTP/AVP 0 13 98", "a=rtpmap:98 CN/8000"])
            }
            call.setUp(&scenario, at: 0, offer: offer(call.callerMedia), answer: offer(call.calleeMedia))
            var sequence: UInt16 = 0
            // Two spurts of ten packets; behind the first, comfort noise at 0, 200 and 400 ms, then speech at 600 ms.
            for (spurt, begin) in [0.5, 1.3].enumerated() {
                for place in 0..<10 {
                    var packet = RTPBytes(
                        sequence: sequence, timestamp: UInt32((begin - 0.5) * 8000) + UInt32(place) * 160, ssrc: 1)
                    packet.marker = place == 0
                    scenario.rtp(
                        begin + Double(place) * 0.02, call.callerMedia, call.calleeMedia, packet, in: ["audio"])
                    sequence += 1
                }
                guard spurt == 0 else { continue }
                for place in 0..<3 {
                    var packet = RTPBytes(
                        sequence: sequence, timestamp: 1600 + UInt32(place) * 1600, ssrc: 1)
                    packet.payloadType = type
                    packet.payload = [60]
                    scenario.rtp(
                        0.7 + Double(place) * 0.2, call.callerMedia, call.calleeMedia, packet, in: ["audio"])
                    sequence += 1
                }
            }
            call.hangUp(&scenario, at: 4)
            scenario.sort()
            let stream = try #require(try scenario.runAllWays().record("audio")?.streams.first)
            #expect(stream.lostPackets == 0 && stream.packets == 23 && stream.codec == "PCMU")
            #expect(stream.media.comfortNoisePackets == 3 && stream.media.silences == 1)
            #expect(stream.media.silence == 600_000_000)
            #expect(stream.jitterMaximum ?? 1 < 1)
        }
    }
}
