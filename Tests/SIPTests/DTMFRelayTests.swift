import TestSupport
import Testing

@testable import SIP

@Suite("Key presses in INFO")
struct DTMFRelayTests {
    func relay(_ type: String, _ body: String) -> DTMFRelay? {
        let text =
            "INFO sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bKx\r\nFrom: <sip:a@a.example>;tag=1\r\n"
            + "To: <sip:b@b.example>;tag=2\r\nCall-ID: x\r\nCSeq: 2 INFO\r\nContent-Type: \(type)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let bytes = Array(text.utf8)
        guard case .message(let message) = SIPMessage.parse(bytes.span) else { return nil }
        return DTMFRelay(message, in: bytes.span)
    }

    func digit(_ type: String, _ body: String) -> String? {
        relay(type, body).map { String(decoding: [$0.digit], as: UTF8.self) }
    }

    @Test func relayBodies() {
        let whole = relay("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")
        #expect(whole?.digit == UInt8(ascii: "5") && whole?.durationMs == 160)
        #expect(relay("application/dtmf-relay", "Signal= 1\nDuration= 250")?.durationMs == 250)
        #expect(digit("Application/DTMF-Relay; charset=utf-8", "signal=#") == "#")
        #expect(digit("application/dtmf-relay", "Duration=160\r\nSignal=*") == "*")
        #expect(
            digit("application/dtmf-relay", "Signal=10") == "*" && digit("application/dtmf-relay", "Signal=11") == "#")
        #expect(
            digit("application/dtmf-relay", "Signal=12") == "A" && digit("application/dtmf-relay", "Signal=d") == "D")
        #expect(digit("application/dtmf-relay", "Signal=16") == "!")
        #expect(relay("application/dtmf-relay", "Signal=5\r\nDuration=-3")?.durationMs == nil)
    }

    @Test func plainBodies() {
        #expect(digit("application/dtmf", "7") == "7" && digit("application/dtmf", " 7\r\n") == "7")
        #expect(digit("application/dtmf", "Signal=7\r\nDuration=100") == "7")
        #expect(digit("application/dtmf", "11") == "#" && digit("application/dtmf", "hookflash") == nil)
    }

    @Test func noKeys() {
        for body in ["", "\r\n\r\n", "Signal=\r\n", "Signal=17", "Signal=9999999999999999999", "x", "Signal", "=5"] {
            #expect(digit("application/dtmf-relay", body) == nil)
        }
        #expect(digit("application/dtmfx", "5") == nil && digit("application/sdp", "5") == nil)
        #expect(digit("text/plain", "5") == nil && digit("application/dtm", "5") == nil)
    }

    @Test func everyPrefix() {
        let body = "Signal=5\r\nDuration=160\r\n"
        for count in 0...body.utf8.count { _ = relay("application/dtmf-relay", String(body.prefix(count))) }
    }
}
