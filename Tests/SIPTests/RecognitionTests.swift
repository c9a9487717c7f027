import Testing

@testable import SIP

@Suite struct RecognitionTests {
    private func look(_ text: String) -> SIPLikelihood { looksLikeSIP(Array(text.utf8).span) }

    @Test func requestsAndResponsesAreRecognised() {
        for text in [
            "INVITE sip:a@b SIP/2.0\r\n", "INVITE sip:a@b SIP/2.0\n", "\r\n\r\nBYE tel:123 SIP/2.0\r\n",
            "SIP/2.0 200 OK\r\n", "SIP/2.0 200", "SIP/2.0 603\r\n", "INVITE  sip:a@b  SIP/2.0  \r\n",
            "INVITE sip:a@b; lr SIP/2.0\r\n", "INVITE <sip:a@b> SIP/2.0\r\n", "FOO.bar x:y SIP/2.0\r\n",
            "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\r\n",
        ] {
            #expect(look(text) == .yes, "\(text)")
        }
    }

    @Test func otherProtocolsAreNot() {
        for text in [
            "GET /sip HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "OPTIONS rtsp://x RTSP/1.0\r\n", "RTSP/1.0 200 OK\r\n",
            "220 mail.example.com ESMTP\r\n", "INVITE\r\n", "INVITE \r\n", "INVITE SIP/2.0\r\n", "SIP/2.0 2000 OK\r\n",
            "SIP/2.0 20x OK\r\n", "SIP/1.0 200 OK\r\n", "SIPS: x\r\n", "(a) b SIP/2.0\r\n", "Via: SIP/2.0\r\n",
        ] {
            #expect(look(text) == .no, "\(text)")
        }
        #expect(looksLikeSIP([0x80, 0, 1, 2].span) == .no)
        #expect(looksLikeSIP([0x16, 3, 1].span) == .no)
        #expect(looksLikeSIP([0, 1, 0, 0].span) == .no)
        #expect(looksLikeSIP([UInt8](repeating: UInt8(ascii: "a"), count: 65).span) == .no)
    }

    @Test(arguments: ["INVITE sip:alice@example.com SIP/2.0\r\n", "SIP/2.0 180", "\r\n\r\nREGISTER sip:x SIP/2.0\n"])
    func everyPrefixNeedsMore(text: String) {
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count { #expect(looksLikeSIP(Array(bytes[..<length]).span) == .needMore) }
        #expect(looksLikeSIP(bytes.span) == .yes)
    }

    @Test func waitingForAStartLineIsBounded() {
        let long = Array("INVITE sip:".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 8_192)
        #expect(looksLikeSIP(long.span) == .no)
        #expect(looksLikeSIP(Array(long[..<8_192]).span) == .needMore)
    }
}
