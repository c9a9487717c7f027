import Calls
import Testing

@testable import Engine

/// Signalling that has broken other programs, through the whole engine. docs/hardening.md has the whole list, with the
/// tests of other suites.
@Suite struct InputsThatBrokeOthersTests {
    private let call = Call(id: "c")

    /// An INVITE whose headers and body are as given, a whole ordinary call beside it.
    private func beside(_ text: String, over tcp: Bool = false) throws -> Outcome {
        var scenario = Scenario()
        let from = Peer("198.18.7.1", 5060)
        if tcp {
            var side = TCPSide(from: from)
            scenario.add(0, side.opening)
            scenario.add(0.01, side.segment(text.utf8))
        } else {
            scenario.add(0, Frame.udp(from, Peer("198.18.7.2", 5060), Array(text.utf8)))
        }
        call.setUp(&scenario, at: 1)
        call.talk(&scenario, from: 2, packets: 5)
        call.hangUp(&scenario, at: 3)
        scenario.quiet(from: 4, until: 10)
        let outcome = try scenario.runAllWays()
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.record("c")?.state == .ended)
        #expect(outcome.packetsByCall["c"]?.count == 16)
        return outcome
    }

    private func invite(_ headers: String, body: String = "") -> String {
        "INVITE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bKx\r\nFrom: <sip:a@a>;tag=1\r\n"
            + "To: <sip:b@b>\r\nCSeq: 1 INVITE\r\n\(headers)\r\n\r\n\(body)"
    }

    @Test(arguments: [
        "Content-Length: -1", "Content-Length: 99999", "Content-Length: 4294967296", "Content-Length: x",
        "l: 3", "Content-Length:", "X: y",
    ]) func anyContentLength(_ header: String) throws {
        for tcp in [false, true] {
            let outcome = try beside(invite("Call-ID: odd\r\n\(header)", body: "v=0\r\n"), over: tcp)
            // Over UDP the datagram ends the message whatever it says.
            if !tcp { #expect(outcome.record("odd") != nil) }
        }
    }

    @Test(arguments: ["Via", "From", "To", "CSeq", "Contact", "Content-Type", "User-Agent", "Warning"])
    func anEmptyOrHugeHeader(_ name: String) throws {
        for value in ["", String(repeating: "a", count: 20_000), String(repeating: ",", count: 20_000)] {
            let outcome = try beside(invite("Call-ID: odd\r\n\(name): \(value)"))
            #expect(outcome.record("odd") != nil)
        }
    }

    @Test func noCallID() throws {
        let outcome = try beside(invite("X: y"))
        #expect(outcome.records.count == 1)
        #expect(outcome.counter("sip_without_call_id") == 1)
    }

    @Test func aFoldedHeaderAndBareLineFeeds() throws {
        let outcome = try beside(invite("Call-ID:\r\n odd\r\nSubject: a\r\n\tb"))
        #expect(outcome.record("odd") != nil)
        let bare = invite("Call-ID: bare").split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(try beside(bare.joined(separator: "\n")).record("bare") != nil)
    }

    @Test func callIDsThatDifferBehindTheirHundredthByte() throws {
        let stem = String(repeating: "x", count: 100)
        var scenario = Scenario()
        for end in ["1", "2"] {
            Call(id: stem + end, callerMedia: Peer("198.18.0.1", end == "1" ? 10_000 : 10_002)).setUp(&scenario, at: 0)
        }
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.count == 2)
        #expect(Set(outcome.records.flatMap(\.files)).count == 2)
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test(arguments: ["m=audio 70000 RTP/AVP 0", "m=X", "m=", "m=audio -1 RTP/AVP 0", "m=audio 4000/99999 RTP/AVP 0"])
    func anSDPThatEndsInABadMediaLine(_ line: String) throws {
        let body = "v=0\r\no=- 1 1 IN IP4 198.18.7.1\r\ns=-\r\nc=IN IP4 198.18.7.1\r\nt=0 0\r\n\(line)"
        let text = invite(
            "Call-ID: odd\r\nContent-Type: application/sdp\r\nContent-Length: \(body.utf8.count)", body: body)
        #expect(try beside(text).record("odd") != nil)
    }

    @Test func telURIs() throws {
        let text = invite("Call-ID: odd").split(separator: "\r\n", omittingEmptySubsequences: false).map {
            if $0.hasPrefix("INVITE") { return "INVITE tel:+49301234 SIP/2.0" }
            return $0.hasPrefix("From") ? "From: <tel:+1-201>;tag=1" : String($0)
        }
        let record = try #require(try beside(text.joined(separator: "\r\n")).record("odd"))
        #expect(record.from.user == "+1-201")
        #expect(record.requestURI == "tel:+49301234")
    }

    @Test func forkedRingingWithSeveralToTagsIsOneCall() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE", "c", sdp: Message.sdp(call.callerMedia)), call.caller, call.callee)
        for tag in ["one", "two", "three"] {
            scenario.sip(0.1, .response(180, "INVITE", "c", toTag: tag), call.callee, call.caller)
        }
        let answer = Message.response(200, "INVITE", "c", toTag: "two", sdp: Message.sdp(call.calleeMedia))
        scenario.sip(0.2, answer, call.callee, call.caller)
        scenario.sip(0.3, .request("ACK", "c", toTag: "two"), call.caller, call.callee)
        call.talk(&scenario, from: 1, packets: 3)
        scenario.sip(2, .request("BYE", "c", cseq: 2, toTag: "two"), call.caller, call.callee)
        scenario.sip(2.01, .response(200, "BYE", "c", cseq: 2, toTag: "two"), call.callee, call.caller)
        scenario.quiet(from: 3, until: 10)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("c")?.state == .ended)
        #expect(outcome.record("c")?.to.tag == "two")
    }

    @Test func timestampsThatRunBackwards() throws {
        var scenario = Scenario()
        // Packet time stands still at the first one, so all of them come less than a second before their SDP.
        for index in (0..<20).reversed() {
            scenario.rtp(Double(index), call.callerMedia, call.calleeMedia, sequence: UInt16(index), in: ["c"])
        }
        call.setUp(&scenario, at: 5)
        call.talk(&scenario, from: 1, packets: 5)
        call.hangUp(&scenario, at: 3)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func aCaptureOfNothing() throws {
        let outcome = try Scenario().runAllWays()
        #expect(outcome.records.isEmpty)
        #expect(outcome.summary.ledger == PacketLedger())
    }
}
