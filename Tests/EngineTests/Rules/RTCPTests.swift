import Calls
import RTP
import Testing

@testable import Engine

@Suite("RTCP of a call")
struct CallRTCPTests {
    let call = Call(id: "rtcp")
    var callerRTCP: Peer { Peer(call.callerMedia.address, call.callerMedia.port + 1) }
    var calleeRTCP: Peer { Peer(call.calleeMedia.address, call.calleeMedia.port + 1) }
    static let caller: UInt32 = 0xaaaa_0001
    static let callee: UInt32 = 0xbbbb_0001

    private func stream(_ outcome: Outcome, _ ssrc: UInt32) throws -> StreamRecord {
        try #require(outcome.record("rtcp")?.streams.first { $0.ssrc == ssrc })
    }

    /// The caller is 3 ms from us and back, the callee 40 ms; each keeps the other's report for a while. Loss and jitter
    /// are as the reports say, and beyond us two packets were lost.
    @Test func reportsOfBothSides() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 300)
        // The caller's report passes us at 2.0 and reaches the callee 20 ms later; 500 ms on, the callee reports, 20 ms
        // away: at 2.54. Its own report is answered 1 s later by the caller, 1.5 ms away and back.
        scenario.datagram(
            2.0, callerRTCP, calleeRTCP,
            RTCPBytes.senderReport(Self.caller, name: 0x1111_2222, packets: 76, octets: 76 * 160)
                + RTCPBytes.cname(Self.caller, "alice@a.example"), in: ["rtcp"])
        scenario.datagram(
            2.54, calleeRTCP, callerRTCP,
            RTCPBytes.senderReport(
                Self.callee, name: 0x3333_4444, packets: 103, octets: 103 * 160,
                blocks: [
                    RTCPBytes.block(
                        Self.caller, fraction: 5, lost: 2, highest: 100, jitter: 16, lastReport: 0x1111_2222, delay: 0.5
                    )
                ]), in: ["rtcp"])
        scenario.datagram(
            3.543, callerRTCP, calleeRTCP,
            RTCPBytes.receiverReport(
                Self.caller,
                blocks: [RTCPBytes.block(Self.callee, highest: 150, jitter: 8, lastReport: 0x3333_4444, delay: 1)]),
            in: ["rtcp"])
        scenario.datagram(6.7, callerRTCP, calleeRTCP, RTCPBytes.goodbye(Self.caller), in: ["rtcp"])
        call.hangUp(&scenario, at: 7)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let caller = try stream(outcome, Self.caller)
        let facts = try #require(caller.media.rtcp)
        #expect(facts.reports.senderReports == 1 && facts.reports.sentPackets == 76)
        #expect(facts.reports.sentOctets == 12160 && facts.reports.seenAtSenderReport?.packets == 76)
        #expect(facts.reports.cname == "alice@a.example" && facts.reports.receiverReports == 1)
        #expect(facts.reports.lastBlock?.cumulativeLost == 2 && facts.lostBeyond == 2)
        #expect(facts.reports.largestFraction == 5 && facts.meanJitter == 2_000_000)
        #expect(Scenario.seconds(facts.reports.goodbyeTime) == 6.7)
        let far = try #require(facts.reports.toReceiver.mean)
        let near = try #require(facts.toSender?.mean)
        #expect(abs(far - 40e6) < 20_000 && abs(near - 3e6) < 20_000)
        #expect(abs((caller.media.roundTrip ?? 0) - 43e6) < 40_000)
        let callee = try stream(outcome, Self.callee)
        #expect(callee.media.roundTrip == caller.media.roundTrip)
        #expect(callee.media.rtcp?.toSender?.mean == far && callee.media.rtcp?.lostBeyond == 0)
        #expect(outcome.record("rtcp")?.media?.besideRTP == [NamedCount("rtcp", 4)])
    }

    /// Reports behind each other on the RTP port (rtcp-mux), and of reduced size.
    @Test func multiplexed() throws {
        var scenario = Scenario()
        let lines = { (media: Peer) in
            SDPBytes.description(media.address, ["m=audio \(media.port) RTP/AVP 0", "a=rtcp-mux", "a=rtcp-rsize"])
        }
        call.setUp(&scenario, at: 0, offer: lines(call.callerMedia), answer: lines(call.calleeMedia))
        call.talk(&scenario, from: 0.5, packets: 100)
        scenario.datagram(
            1.0, call.callerMedia, call.calleeMedia, RTCPBytes.cname(Self.caller, "alice"), in: ["rtcp"])
        scenario.datagram(
            1.1, call.calleeMedia, call.callerMedia,
            RTCPBytes.receiverReport(9, blocks: [RTCPBytes.block(Self.caller, lost: -1)])
                + RTCPBytes.receiverReport(9, blocks: [RTCPBytes.block(Self.caller, lost: -3)]), in: ["rtcp"])
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let facts = try #require(try stream(outcome, Self.caller).media.rtcp)
        #expect(facts.reports.cname == "alice" && facts.reports.receiverReports == 2)
        #expect(facts.lostBeyond == -3)
        #expect(outcome.summary.ledger[.rtcp] == 2 && outcome.summary.ledger[.rtp] == 200)
    }

    /// A receiver that sends nothing asks by reference time (RFC 3611 sections 4.4 and 4.5) and reports its VoIP metrics.
    @Test func extendedReports() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.speak(&scenario, byCaller: true, from: 0.5, packets: 200)
        let reference = Frame.big32(0x0001_aaaa) + Frame.big32(0xbbbb_0000)
        scenario.datagram(
            1.0, calleeRTCP, callerRTCP,
            RTCPBytes.receiverReport(77, blocks: []) + RTCPBytes.extended(77, type: 4, reference), in: ["rtcp"])
        let answer = Frame.big32(77) + Frame.big32(0xaaaa_bbbb) + Frame.big32(65536)
        scenario.datagram(
            2.03, callerRTCP, calleeRTCP,
            RTCPBytes.senderReport(Self.caller, name: 5, packets: 77, octets: 1)
                + RTCPBytes.extended(Self.caller, type: 5, answer), in: ["rtcp"])
        var metrics = Frame.big32(Self.caller) + [UInt8](repeating: 127, count: 28)
        metrics.replaceSubrange(4..<6, with: [64, 0])
        scenario.datagram(
            2.5, calleeRTCP, callerRTCP, RTCPBytes.extended(77, type: 7, metrics), in: ["rtcp"])
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let facts = try #require(try stream(scenario.runAllWays(), Self.caller).media.rtcp)
        #expect(abs((facts.toSender?.mean ?? 0) - 30e6) < 20_000)
        #expect(facts.reports.voipMetrics?.lossRate == 64 && facts.reports.voipMetrics?.rFactor == nil)
    }

    /// The relay keeps the SSRC on both legs: reports go to the leg whose endpoints they run between.
    @Test func oneSSRCOnTwoLegs() throws {
        var scenario = Scenario()
        let relayToCallee = Peer("198.18.0.9", 30_000)
        let relayToCaller = Peer("198.18.0.9", 31_000)
        let proxy = Peer("198.18.0.9", 5060)
        scenario.sip(0, .request("INVITE", "rtcp", sdp: Message.sdp(call.callerMedia)), call.caller, proxy)
        scenario.sip(
            0.01, .request("INVITE", "rtcp", branch: "hop", sdp: Message.sdp(relayToCallee)), proxy, call.callee)
        scenario.sip(
            0.1, .response(200, "INVITE", "rtcp", branch: "hop", sdp: Message.sdp(call.calleeMedia)), call.callee, proxy
        )
        scenario.sip(0.11, .response(200, "INVITE", "rtcp", sdp: Message.sdp(relayToCaller)), proxy, call.caller)
        scenario.sip(0.2, .request("ACK", "rtcp", toTag: "callee"), call.caller, proxy)
        for index in 0..<100 {
            let time = 0.5 + Double(index) * 0.02
            scenario.rtp(
                time, call.callerMedia, relayToCaller, sequence: UInt16(index), ssrc: Self.caller, in: ["rtcp"])
            scenario.rtp(
                time + 0.001, relayToCallee, call.calleeMedia, sequence: UInt16(index), ssrc: Self.caller, in: ["rtcp"])
        }
        let farRelay = Peer("198.18.0.9", 30_001)
        scenario.datagram(
            1.0, calleeRTCP, farRelay,
            RTCPBytes.receiverReport(9, blocks: [RTCPBytes.block(Self.caller, lost: 4)]), in: ["rtcp"])
        scenario.sip(4, .request("BYE", "rtcp", cseq: 2, toTag: "callee"), call.caller, proxy)
        scenario.sip(4.1, .response(200, "BYE", "rtcp", cseq: 2), proxy, call.caller)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("rtcp"))
        #expect(record.streams.count == 2)
        #expect(record.streams.allSatisfy { $0.media.sentBy == .caller })
        #expect(record.streams[0].destination.description == "198.18.0.9:31000" && record.streams[0].media.rtcp == nil)
        #expect(record.streams[1].media.rtcp?.lostBeyond == 4)
    }

    /// Lengths past the datagram, a cut datagram, padding that is none, other people's SSRC: what is whole counts.
    @Test func brokenReports() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 50)
        var long = RTCPBytes.senderReport(Self.caller, packets: 7) + RTCPBytes.cname(Self.caller, "x")
        long[long.count - 9] = 99
        scenario.datagram(1.0, callerRTCP, calleeRTCP, long, in: ["rtcp"])
        var padded = RTCPBytes.receiverReport(1, blocks: [])
        padded[0] |= 0x20
        scenario.datagram(1.1, callerRTCP, calleeRTCP, padded, in: ["rtcp"])
        scenario.datagram(
            1.2, callerRTCP, calleeRTCP, RTCPBytes.senderReport(0xdead_beef, packets: 9), in: ["rtcp"])
        scenario.datagram(
            1.3, callerRTCP, calleeRTCP,
            RTCPBytes.receiverReport(1, blocks: [RTCPBytes.block(0xdead_beef, lost: 9)]), in: ["rtcp"])
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let counts = outcome.record("rtcp")?.media?.besideRTP
        #expect(counts == [NamedCount("rtcp", 2), NamedCount("rtcp_malformed", 2)])
        #expect(try stream(outcome, Self.caller).media.rtcp?.reports.sentPackets == 7)
        #expect(try stream(outcome, Self.callee).media.rtcp == nil)
    }

    /// SRTCP is counted and left closed.
    @Test func encrypted() throws {
        var scenario = Scenario()
        let lines = { (media: Peer) in
            SDPBytes.description(
                media.address,
                ["m=audio \(media.port) RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA"])
        }
        call.setUp(&scenario, at: 0, offer: lines(call.callerMedia), answer: lines(call.calleeMedia))
        call.talk(&scenario, from: 0.5, packets: 50)
        var secret = RTCPBytes.senderReport(Self.caller, packets: 7) + RTCPBytes.cname(Self.caller, "x")
        for place in 8..<secret.count { secret[place] ^= UInt8(truncatingIfNeeded: place &* 91 | 1) }
        secret += [0x80, 0, 0, 1] + [UInt8](repeating: 0x77, count: 10)
        scenario.datagram(1.0, callerRTCP, calleeRTCP, secret, in: ["rtcp"])
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        let record = try #require(outcome.record("rtcp"))
        #expect(record.media?.besideRTP == [NamedCount("srtcp", 1)])
        #expect(record.streams.allSatisfy { $0.media.isSecure == true && $0.media.keying == "sdes" })
        #expect(record.streams.allSatisfy { $0.media.rtcp == nil && $0.packets == 50 && $0.jitterMaximum != nil })
        #expect(record.streams.allSatisfy { $0.media.dtmf == nil })
    }

    /// Figures do not depend on where a datagram is cut into fragments.
    @Test func inFragments() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 50)
        let report = RTCPBytes.senderReport(Self.caller, packets: 7) + RTCPBytes.cname(Self.caller, "alice")
        for (index, frame) in Frame.fragments(callerRTCP, calleeRTCP, report, at: [16, 40], identification: 7)
            .enumerated()
        {
            scenario.add(1 + Double(index) * 0.001, frame, in: ["rtcp"])
        }
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(try stream(outcome, Self.caller).media.rtcp?.reports.cname == "alice")
    }
}
