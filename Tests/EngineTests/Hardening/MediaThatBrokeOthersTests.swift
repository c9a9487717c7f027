import Calls
import Testing

@testable import Engine

/// Media that has broken other programs (docs/hardening.md has the whole list).
@Suite struct MediaThatBrokeOthersTests {
    private let call = Call(id: "c")

    private func duringTheCall(_ payloads: [[UInt8]]) throws -> (Scenario, Outcome) {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 1, packets: 10)
        for (index, payload) in payloads.enumerated() {
            scenario.add(
                1.5 + Double(index) / 100, Frame.udp(call.callerMedia, call.calleeMedia, payload), in: ["c"])
        }
        call.hangUp(&scenario, at: 3)
        scenario.quiet(from: 4, until: 10)
        let outcome = try scenario.runAllWays()
        #expect(outcome.summary.ledger.check() == nil)
        #expect(scenario.wrongFiles(outcome) == [])
        return (scenario, outcome)
    }

    @Test func moreThanFiveMinutesWithoutSIP() throws {
        var scenario = Scenario()
        call.setUp(&scenario, at: 0)
        for second in 1..<900 {
            scenario.rtp(
                Double(second), call.callerMedia, call.calleeMedia, sequence: UInt16(second), in: ["c"])
        }
        call.hangUp(&scenario, at: 901)
        scenario.quiet(from: 902, until: 910)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.count == 1)
        #expect(outcome.record("c")?.streams.first?.packets == 899)
    }

    @Test func anSSRCThatChanges() throws {
        let (_, outcome) = try duringTheCall((10..<15).map { Frame.rtp($0, ssrc: 0xcccc_0002) })
        #expect(outcome.record("c")?.streams.count == 3)
    }

    @Test func oneSSRCInManyCalls() throws {
        var scenario = Scenario()
        let calls = Call.several(1...20)
        for call in calls { call.setUp(&scenario, at: 0) }
        // `talk` gives all of them the same two.
        for call in calls { call.talk(&scenario, from: 1, packets: 10) }
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.allSatisfy { $0.streams.map(\.packets) == [10, 10] })
    }

    @Test func rtcpOnTheMediaPort() throws {
        let report: [UInt8] = [0x80, 200, 0, 6] + [UInt8](repeating: 1, count: 24)
        let (_, outcome) = try duringTheCall([report, report])
        #expect(outcome.summary.ledger[.rtcp] == 2)
        #expect(outcome.record("c")?.streams.map(\.packets) == [10, 10])
    }

    /// A length of 65,535 words, a report count without reports, a packet of 4 bytes, one that ends in its header.
    @Test func rtcpThatSaysMoreThanItHas() throws {
        let (_, outcome) = try duringTheCall([
            [0x80, 200, 0xff, 0xff, 1, 2, 3, 4], [0x9f, 201, 0, 1, 1, 2, 3, 4], [0x80, 203, 0, 0], [0x80, 202, 0],
            [0x81, 202, 0, 2, 1, 2, 3, 4, 1, 200, 65, 65], [0xa0, 200, 0, 1, 0, 0, 0, 255],
        ])
        #expect(outcome.record("c")?.streams.map(\.packets) == [10, 10])
    }

    @Test func stunDTLSAndZRTPOnTheMediaPort() throws {
        let stun: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42] + [UInt8](repeating: 7, count: 12)
        let dtls: [UInt8] = [22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9]
        let zrtp: [UInt8] = [0x10, 0, 0, 1] + Array("ZRTP".utf8) + [0, 0, 0, 1, 0x50, 0x5a, 0, 3] + [0, 0, 0, 0]
        let (_, outcome) = try duringTheCall([stun, dtls, zrtp, [0], []])
        #expect(outcome.summary.ledger[.otherVoIP] == 5)
        #expect(outcome.record("c")?.streams.map(\.packets) == [10, 10])
    }

    /// Padding of 255 bytes in a packet of 172; 15 contributing sources and an extension of 65,535 words that are not there.
    @Test func rtpHeadersThatSayMoreThanThereIs() throws {
        var padded = Frame.rtp(10, ssrc: 0xaaaa_0001)
        padded[0] |= 0x20
        padded[padded.count - 1] = 255
        var sources = Frame.rtp(11, ssrc: 0xaaaa_0001)
        sources[0] |= 0x0f
        var extended = Frame.rtp(12, ssrc: 0xaaaa_0001)
        extended[0] |= 0x10
        extended.replaceSubrange(12..<16, with: [0xbe, 0xde, 0xff, 0xff])
        let short = Array(Frame.rtp(13, ssrc: 0xaaaa_0001)[..<12])
        let (_, outcome) = try duringTheCall([padded, sources, extended, short])
        #expect(outcome.record("c")?.streams.map(\.packets) == [14, 10])
    }

    @Test func aLastFragmentOfOneByteAndOneThatNeverComes() throws {
        var scenario = Scenario()
        let filler = "X: " + String(repeating: "x", count: 800) + "\r\n"
        let message = Message.request("INVITE", "c", sdp: Message.sdp(call.callerMedia), extra: filler)
        // Cut so that one byte is left for the last fragment.
        var payload = Array(message.text.utf8)
        while (payload.count + 8) % 8 != 1 { payload.append(10) }
        let parts = Frame.fragments(
            call.caller, call.callee, payload, at: [payload.count + 7], identification: 7)
        #expect(parts[1].count == 14 + 20 + 1)
        for (index, part) in parts.enumerated() { scenario.add(Double(index) / 100, part, in: ["c"]) }
        let lost = Frame.fragments(call.caller, call.callee, payload, at: [400], identification: 8)
        scenario.add(0.5, lost[0])
        scenario.quiet(from: 1, until: 40)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger[.fragmentIncomplete] == 1)
        #expect(outcome.summary.ledger.check() == nil)
    }
}
