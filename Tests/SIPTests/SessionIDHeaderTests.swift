import TestSupport
import Testing

@testable import SIP

/// RFC 7989 section 5 (whose example this is) and RFC 7329.
struct SessionIDHeaderTests {
    private func header(_ text: String) -> SessionIDHeader {
        let bytes = Array(text.utf8)
        return SessionIDHeader(bytes.span, in: ByteRange(0, bytes.count))
    }

    private let local = SessionIDHeader.Identifier(high: 0xab30_317f_1a78_4dc4, low: 0x8ff8_24d0_d371_5d86)
    private let remote = SessionIDHeader.Identifier(high: 0x4775_5a9d_e779_4ba3, low: 0x8765_3f20_9960_0ef2)

    @Test func bothEnds() {
        let found = header("ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2")
        #expect(found.local == local && found.remote == remote)
    }

    @Test(arguments: [
        "AB30317F1A784DC48FF824D0D3715D86 ; Remote = 47755A9DE7794BA387653F2099600EF2",
        "  ab30317f1a784dc48ff824d0d3715d86;generic=x;remote=47755a9de7794ba387653f2099600ef2;more",
    ])
    func written(text: String) {
        let found = header(text)
        #expect(found.local == local && found.remote == remote)
    }

    @Test func theOtherEndIsNotKnownYet() {
        let found = header("ab30317f1a784dc48ff824d0d3715d86;remote=00000000000000000000000000000000")
        #expect(found.local == local && found.remote == nil)
    }

    /// RFC 7329: nothing but the identifier.
    @Test func theOlderForm() {
        let found = header("ab30317f1a784dc48ff824d0d3715d86")
        #expect(found.local == local && found.remote == nil)
    }

    @Test(arguments: [
        "", ";", ";remote=", "remote=", "ab30317f1a784dc48ff824d0d3715d8", "ab30317f1a784dc48ff824d0d3715d867",
        "ab30317f-1a78-4dc4-8ff8-24d0d3715d86", "xb30317f1a784dc48ff824d0d3715d86",
        "00000000000000000000000000000000;remote", "ab30317f1a784dc48ff824d0d3715d86x",
    ])
    func noIdentifier(text: String) {
        let found = header(text)
        #expect(found.local == nil && found.remote == nil)
    }

    @Test func everyPrefixHasAnOutcome() {
        let text = "ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2"
        for length in 0...text.utf8.count {
            let found = header(String(text.prefix(length)))
            #expect((found.local != nil) == (length >= 32))
            #expect((found.remote != nil) == (length == text.utf8.count))
        }
    }

    /// `+4930…`, `004930…` and `030…` end alike; names are compared as a whole.
    @Test(arguments: [
        ("+49301234567", "1234567"), ("0049301234567", "1234567"), ("0301234567", "1234567"),
        ("030-123.45(67)", "1234567"),
        ("12345", "12345"), ("*31#12345", "3112345"), ("%2B49301234567", "1234567"), ("Alice", "alice"),
        ("al%69ce", "alice"),
        ("", ""), ("1234567;phone-context=x", "1234567"),
        (String(repeating: "x", count: 100), String(repeating: "x", count: 64)),
    ])
    func suffixOfAUser(user: String, suffix: String) {
        let bytes = Array(user.utf8)
        var text = Array("x".utf8)
        UserSuffix.append(bytes.span, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == "x" + suffix)
    }

    @Test func bothHeadersThatNameACallID() {
        for name in ["X-Call-ID", "x-cid", "X-CID", "x-call-id"] {
            let bytes = Array("INVITE sip:a@b SIP/2.0\r\n\(name): other\r\nCall-ID: own\r\n\r\n".utf8)
            guard case .message(let message) = SIPMessage.parse(bytes.span) else {
                Issue.record("no message")
                return
            }
            #expect(message.xCallID.string(in: bytes.span) == "other")
            #expect(message.callID.string(in: bytes.span) == "own")
        }
    }
}
