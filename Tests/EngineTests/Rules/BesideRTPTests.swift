import Calls
import Testing

@testable import Engine

@Suite("What shares the media ports")
struct BesideRTPTests {
    let call = Call(id: "ports")

    /// STUN, DTLS, ZRTP, TURN and keepalives: in the file, counted, class other_voip, and no stream.
    @Test func otherProtocols() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 20)
        let stun: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42] + [UInt8](repeating: 7, count: 12)
        let dtls: [UInt8] = [22, 0xfe, 0xfd] + [UInt8](repeating: 0, count: 20)
        var zrtp: [UInt8] = [0x10, 0, 0, 1] + Array("ZRTP".utf8) + [0, 0, 0, 1, 0x50, 0x5a, 0, 3]
        zrtp += Array("Hello   ".utf8) + [0, 0, 0, 0]
        let channel: [UInt8] = [0x40, 1, 0, 4, 1, 2, 3, 4]
        for (place, bytes) in [stun, dtls, zrtp, channel, [0], [0x0d, 0x0a, 0x0d, 0x0a], [1, 2, 3, 4, 5, 6]]
            .enumerated()
        {
            scenario.datagram(1 + Double(place) * 0.1, call.callerMedia, call.calleeMedia, bytes, in: ["ports"])
        }
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("ports"))
        let expected = [
            NamedCount("stun", 1), NamedCount("turn_channel", 1), NamedCount("dtls", 1), NamedCount("zrtp", 1),
            NamedCount("keepalive", 2), NamedCount("other", 1),
        ]
        #expect(record.media?.besideRTP == expected)
        #expect(record.streams.count == 2 && record.streams.allSatisfy { $0.media.isSecure == false })
        #expect(outcome.summary.ledger[.otherVoIP] == 7)
    }

    /// After Conf2ACK the media is SRTP by ZRTP, whatever the SDP says.
    @Test func confirmedZRTP() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        let header: [UInt8] = [0x10, 0, 0, 1] + Array("ZRTP".utf8) + [0, 0, 0, 1, 0x50, 0x5a, 0, 3]
        scenario.datagram(
            0.5, call.callerMedia, call.calleeMedia, header + Array("Conf2ACK".utf8) + [0, 0, 0, 0], in: ["ports"])
        call.talk(&scenario, from: 1, packets: 20)
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("ports"))
        #expect(record.streams.allSatisfy { $0.media.isSecure == true && $0.media.keying == "zrtp" })
    }

    /// An offer of keys that the answer does not take up is not SRTP.
    @Test func refusedKeys() throws {
        var scenario = Scenario()
        let offer = SDPBytes.description(
            call.callerMedia.address,
            ["m=audio \(call.callerMedia.port) RTP/AVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA"])
        call.setUp(&scenario, at: 0, offer: offer, answer: Message.sdp(call.calleeMedia))
        call.talk(&scenario, from: 1, packets: 20)
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("ports"))
        #expect(record.streams.allSatisfy { $0.media.isSecure == false && $0.media.keying == nil })
    }

    /// Audio and video on one port (RFC 8843): the second `m=` line has port 0 and is not refused.
    @Test func bundle() throws {
        var scenario = Scenario()
        let lines = { (media: Peer) in
            SDPBytes.description(
                media.address,
                [
                    "a=group:BUNDLE a v", "m=audio \(media.port) RTP/AVP 0", "a=mid:a", "a=rtcp-mux",
                    "m=video 0 RTP/AVP 96", "a=mid:v", "a=bundle-only", "a=rtpmap:96 VP8/90000",
                ])
        }
        call.setUp(&scenario, at: 0, offer: lines(call.callerMedia), answer: lines(call.calleeMedia))
        call.talk(&scenario, from: 0.5, packets: 20)
        for index in 0..<20 {
            scenario.rtp(
                0.51 + Double(index) * 0.02, call.callerMedia, call.calleeMedia, sequence: UInt16(index), ssrc: 7,
                payloadType: 96, in: ["ports"])
        }
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("ports"))
        let video = try #require(record.streams.first { $0.ssrc == 7 })
        #expect(video.media.kind == "video" && video.clockRate == 90_000 && video.codec == "VP8")
        #expect(record.streams.filter { $0.media.kind == "audio" }.count == 2)
        #expect(record.media?.audio == .twoWay)
    }

    /// RTP with CSRC, extension and padding, also padding that is longer than the packet: counted as received.
    @Test func oddHeaders() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        for index in 0..<40 {
            var packet = RTPBytes(sequence: UInt16(index), timestamp: UInt32(index) * 160, ssrc: 5)
            switch index % 5 {
            case 1: packet.sources = [1, 2]
            case 2: packet.headerExtension = [1, 2, 3, 4]
            case 3: packet.padding = (4, 4)
            case 4: packet.padding = (255, 4)
            default: break
            }
            scenario.rtp(0.5 + Double(index) * 0.02, call.callerMedia, call.calleeMedia, packet, in: ["ports"])
        }
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let stream = try #require(outcome.record("ports")?.streams.first)
        #expect(stream.packets == 40 && stream.lostPackets == 0 && stream.jitterMaximum == 0)
    }

    private func fax(_ media: Peer) -> String {
        SDPBytes.description(
            media.address,
            ["m=audio 0 RTP/AVP 0", "m=image \(media.port) udptl t38", "a=T38FaxVersion:0"])
    }

    /// A call that turns into a fax on the same ports: UDPTL by its own sequence numbers, with losses, whatever the first
    /// bytes look like; no RTP stream is made of it.
    @Test func faxOverUDPTL() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 0.5, packets: 20)
        call.reinvite(&scenario, at: 2, cseq: 2, offer: fax(call.callerMedia), answer: fax(call.calleeMedia))
        var time = 2.1
        // 0x14fe would be DTLS, 0x8000 RTP, 0x80c8 RTCP.
        for first in [UInt16(0), 0x14f8, 0x2000, 0x7ff8, 0x80c0] {
            for number in 0..<20 where !(first == 0 && (5..<8).contains(number)) {
                let bytes =
                    Frame.big16(first + UInt16(number)) + [12] + [UInt8](repeating: 6, count: 12) + [0, 1, 1, 4]
                scenario.datagram(time, call.callerMedia, call.calleeMedia, bytes, in: ["ports"])
                time += 0.02
            }
        }
        scenario.datagram(time, call.calleeMedia, call.callerMedia, [0, 0, 1, 6, 0, 0], in: ["ports"])
        call.hangUp(&scenario, at: 6)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("ports"))
        #expect(record.streams.count == 2)
        let fax = try #require(record.media?.fax)
        #expect(fax.count == 2 && record.media?.besideRTP == [NamedCount("udptl", 98)])
        #expect(fax[0].packets == 97 && fax[0].bytes == 97 * 19 && fax[1].packets == 1)
        #expect(record.media?.holds == [])
    }

    @Test func faxLosesPackets() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0, offer: fax(call.callerMedia), answer: fax(call.calleeMedia))
        for (place, number) in [0, 1, 2, 6, 7, 8, 8, 10, 9, 11].enumerated() {
            let bytes = Frame.big16(UInt16(number)) + [3, 1, 2, 3, 0, 0]
            scenario.datagram(
                1 + Double(place) * 0.02, call.callerMedia, call.calleeMedia, bytes, in: ["ports"])
        }
        call.hangUp(&scenario, at: 6)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("ports"))
        let fax = try #require(record.media?.fax.first)
        #expect(fax.packets == 10 && fax.expectedPackets == 12 && fax.lostPackets == 3)
        #expect(fax.duplicates == 1 && fax.outOfOrder == 1)
        #expect(record.media?.audio == nil)
    }
}
