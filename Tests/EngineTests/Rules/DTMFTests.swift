import Calls
import Testing

@testable import Engine

@Suite("Key presses of a call")
struct CallDTMFTests {
    let call = Call(id: "dtmf")
    static let ssrc: UInt32 = 0xaaaa_0001

    private func begin(_ scenario: inout Scenario) {
        call.setUp(
            &scenario, at: 0, offer: SDPBytes.withEvents(call.callerMedia),
            answer: SDPBytes.withEvents(call.calleeMedia))
        call.talk(&scenario, from: 0.5, packets: 50)
    }

    private func text(_ events: [DTMFRecord]) -> String { String(decoding: events.map(\.digit), as: UTF8.self) }

    /// Keys with all, with lost and with no end packets; speech goes on in the same stream.
    @Test func telephoneEvents() throws {
        var scenario = Scenario()
        begin(&scenario)
        var sequence: UInt16 = 50
        for (place, lost) in [Set<Int>(), [0, 1], [5, 6, 7], [1, 2, 3, 4, 5, 6]].enumerated() {
            sequence = scenario.press(
                2 + Double(place) * 0.5, UInt8(place + 9), call.callerMedia, call.calleeMedia, sequence: sequence,
                timestamp: 20_000 + UInt32(place) * 4000, ssrc: Self.ssrc, lost: lost, in: ["dtmf"])
        }
        call.speak(&scenario, byCaller: true, from: 4.2, packets: 10, first: sequence)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("dtmf"))
        let stream = try #require(record.streams.first { $0.ssrc == Self.ssrc })
        #expect(stream.media.dtmf == "9*#A" && text(record.dtmf) == "9*#A")
        #expect(stream.media.dtmfEvents.map(\.duration) == [120, 120, 100, 120].map { Int64($0) * 1_000_000 })
        #expect(record.dtmf.map { Scenario.seconds($0.time) } == [2.0, 2.54, 3.0, 3.5])
        #expect(record.dtmf.allSatisfy { $0.by == .caller && $0.source == .rtp })
        #expect(stream.lostPackets == 2 + 3 + 6 && stream.packets == 50 + 32 - 11 + 10)
        // Negotiated, and nothing pressed.
        #expect(record.streams.first { $0.ssrc != Self.ssrc }?.media.dtmf == "")
    }

    /// The payload is behind CSRC list and header extension and before the padding, whatever they hold.
    @Test func eventsBehindHeaderParts() throws {
        var scenario = Scenario()
        begin(&scenario)
        for (place, shape) in [0, 1, 2, 3].enumerated() {
            var packet = RTPBytes(
                sequence: UInt16(50 + place), timestamp: 20_000 + UInt32(place) * 4000, ssrc: Self.ssrc)
            packet.payloadType = 101
            packet.payload = [UInt8(place + 1), 0x8a, 3, 32]
            if shape & 1 != 0 { packet.sources = [7, 8, 9] }
            if shape & 2 != 0 {
                packet.headerExtension = [0x10, 0xff, 0, 0, 0, 0, 0, 0]
                packet.padding = (4, 4)
            }
            scenario.rtp(2 + Double(place) * 0.5, call.callerMedia, call.calleeMedia, packet, in: ["dtmf"])
        }
        // Padding longer than the packet: received, and no key.
        var odd = RTPBytes(sequence: 54, timestamp: 40_000, ssrc: Self.ssrc)
        odd.payloadType = 101
        odd.payload = [9, 0x8a, 3, 32]
        odd.padding = (200, 4)
        scenario.rtp(4, call.callerMedia, call.calleeMedia, odd, in: ["dtmf"])
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("dtmf"))
        let stream = try #require(record.streams.first { $0.ssrc == Self.ssrc })
        #expect(stream.media.dtmf == "1234" && stream.packets == 55 && stream.lostPackets == 0)
        #expect(stream.media.dtmfEvents.map(\.duration) == Array(repeating: 100_000_000, count: 4))
    }

    /// Payload type 101 without telephone-event in SDP is not one; nor is what SRTP carries.
    @Test func onlyWhereNegotiated() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        scenario.press(
            1, 5, call.callerMedia, call.calleeMedia, sequence: 0, timestamp: 0, ssrc: Self.ssrc, in: ["dtmf"])
        call.hangUp(&scenario, at: 3)
        scenario.sort()
        #expect(try scenario.runAllWays().record("dtmf")?.streams.first?.media.dtmf == nil)

        var secure = Scenario()
        let lines = { (media: Peer) in
            SDPBytes.description(
                media.address,
                [
                    "m=audio \(media.port) UDP/TLS/RTP/SAVP 0 101", "a=rtpmap:101 telephone-event/8000",
                    "a=fingerprint:sha-256 AA:BB",
                ])
        }
        call.setUp(&secure, at: 0, offer: lines(call.callerMedia), answer: lines(call.calleeMedia))
        secure.press(
            1, 5, call.callerMedia, call.calleeMedia, sequence: 0, timestamp: 0, ssrc: Self.ssrc, in: ["dtmf"])
        call.hangUp(&secure, at: 3)
        secure.sort()
        let stream = try #require(try secure.runAllWays().record("dtmf")?.streams.first)
        #expect(stream.media.dtmf == nil && stream.media.isSecure == true && stream.media.keying == "dtls")
    }

    /// A relay shows each press twice, in two streams.
    @Test func throughARelay() throws {
        var scenario = Scenario()
        let relayToCallee = Peer("198.18.0.9", 30_000)
        let relayToCaller = Peer("198.18.0.9", 31_000)
        let proxy = Peer("198.18.0.9", 5060)
        let sdp = SDPBytes.withEvents
        scenario.sip(0, .request("INVITE", "dtmf", sdp: sdp(call.callerMedia, "sendrecv")), call.caller, proxy)
        scenario.sip(
            0.01, .request("INVITE", "dtmf", branch: "hop", sdp: sdp(relayToCallee, "sendrecv")), proxy, call.callee)
        scenario.sip(
            0.1, .response(200, "INVITE", "dtmf", branch: "hop", sdp: sdp(call.calleeMedia, "sendrecv")), call.callee,
            proxy)
        scenario.sip(0.11, .response(200, "INVITE", "dtmf", sdp: sdp(relayToCaller, "sendrecv")), proxy, call.caller)
        for place in 0..<3 {
            let time = 1 + Double(place) * 0.2
            for (delay, from, to) in [(0, call.callerMedia, relayToCaller), (0.003, relayToCallee, call.calleeMedia)] {
                scenario.press(
                    time + delay, 1, from, to, sequence: UInt16(place * 8), timestamp: UInt32(place) * 1600,
                    ssrc: Self.ssrc, in: ["dtmf"])
            }
        }
        scenario.sip(4, .request("BYE", "dtmf", cseq: 2, toTag: "callee"), call.caller, proxy)
        scenario.sip(4.1, .response(200, "BYE", "dtmf", cseq: 2), proxy, call.caller)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("dtmf"))
        #expect(record.streams.map(\.media.dtmf) == ["111", "111"])
        #expect(text(record.dtmf) == "111")
        #expect(record.dtmf.map { Scenario.seconds($0.time) } == [1.0, 1.2, 1.4])
    }

    /// INFO with both body types, repeated, over two hops; in order of time with telephone events.
    @Test func info() throws {
        var scenario = Scenario()
        begin(&scenario)
        func info(_ time: Double, cseq: Int, _ type: String, _ body: String, branch: String? = nil, byCaller: Bool) {
            let (from, to) = byCaller ? (call.caller, call.callee) : (call.callee, call.caller)
            var message = Message.request(
                "INFO", "dtmf", cseq: cseq, toTag: byCaller ? "callee" : "caller", branch: branch, sdp: body,
                fromTag: byCaller ? "caller" : "callee")
            message.text = message.text.replacing("application/sdp", with: type)
            scenario.sip(time, message, from, to)
        }
        info(2.0, cseq: 2, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", byCaller: true)
        info(2.1, cseq: 2, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", byCaller: true)
        info(2.2, cseq: 2, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", branch: "hop", byCaller: true)
        scenario.press(
            2.5, 7, call.callerMedia, call.calleeMedia, sequence: 50, timestamp: 20_000, ssrc: Self.ssrc, in: ["dtmf"])
        info(3.0, cseq: 3, "application/dtmf-relay", "Signal= 10 \r\nDuration= 250\r\n", byCaller: false)
        info(3.2, cseq: 4, "application/dtmf", "#", byCaller: true)
        info(3.4, cseq: 5, "application/dtmf-relay", "Signal=x\r\n", byCaller: true)
        info(3.6, cseq: 6, "text/plain", "5", byCaller: true)
        call.hangUp(&scenario, at: 5)
        scenario.sort()
        let record = try #require(try scenario.runAllWays().record("dtmf"))
        #expect(text(record.dtmf) == "57*#")
        #expect(record.dtmf.map(\.source) == [.info, .rtp, .info, .info])
        #expect(record.dtmf.map(\.by) == [.caller, .caller, .callee, .caller])
        #expect(record.dtmf.map(\.duration) == [160_000_000, 120_000_000, 250_000_000, nil])
        #expect(record.dtmf.map { Scenario.seconds($0.time) } == [2.0, 2.5, 3.0, 3.2])
    }
}
