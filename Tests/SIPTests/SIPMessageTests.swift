import TestSupport
import Testing

@testable import SIP

let invite = """
    INVITE sip:bob@biloxi.example.com SIP/2.0
    Via: SIP/2.0/UDP pc33.atlanta.example.com:5060;branch=z9hG4bKnashds8;rport
    Via: SIP/2.0/TCP edge.atlanta.example.com;branch=z9hG4bKsecond
    Max-Forwards: 70
    To: Bob <sip:bob@biloxi.example.com>
    From: "Alice, A." <sip:alice@atlanta.example.com;user=phone>;tag=1928301774
    Call-ID: a84b4c76e66710@pc33.atlanta.example.com
    CSeq: 314159 INVITE
    Contact: <sip:alice@pc33.atlanta.example.com>
    Expires: 120
    User-Agent: Example/1.0 (test)
    P-Asserted-Identity: <tel:+4930123456>, "A" <sip:alice@atlanta.example.com>
    X-Call-ID: other-leg
    Content-Type: application/sdp
    Content-Length: 7

    v=0
    s=
    """

@Suite struct SIPMessageTests {
    @Test func requestHasItsRoutingFacts() throws {
        let parsed = try parse(invite)
        let message = parsed.message
        #expect(message.kind == .request)
        #expect(message.method == .invite)
        #expect(parsed.text(message.methodRange) == "INVITE")
        #expect(parsed.text(message.requestURI) == "sip:bob@biloxi.example.com")
        #expect(parsed.text(message.callID) == "a84b4c76e66710@pc33.atlanta.example.com")
        #expect(message.cseqNumber == 314_159)
        #expect(message.cseqMethod == .invite)
        #expect(parsed.text(message.fromTag) == "1928301774")
        #expect(parsed.text(message.from)?.hasPrefix("\"Alice, A.\" <sip:alice") == true)
        #expect(message.toTag == .absent)
        #expect(parsed.text(parsed.topVia.transport(in: parsed.bytes.span)) == "UDP")
        #expect(parsed.text(parsed.topVia.sentBy(in: parsed.bytes.span)) == "pc33.atlanta.example.com:5060")
        #expect(parsed.text(message.viaBranch) == "z9hG4bKnashds8")
        #expect(parsed.text(message.contact) == "<sip:alice@pc33.atlanta.example.com>")
        #expect(message.expires == 120)
        #expect(message.contentLength == 7)
        #expect(parsed.text(message.contentType) == "application/sdp")
        #expect(parsed.text(message.userAgent) == "Example/1.0 (test)")
        #expect(parsed.text(message.xCallID) == "other-leg")
        #expect(parsed.text(message.body) == "v=0\r\ns=")
        #expect(message.flags == [])
        #expect(!message.isTruncated)
        #expect(parsed.values("via").count == 2)
    }

    @Test func responseTakesItsMethodFromCSeq() throws {
        let parsed = try parse(
            """
            SIP/2.0 486 Busy Here
            v: SIP/2.0/TLS [2001:db8::9:1]:5061;received=192.0.2.1;branch=z9hG4bK87
            f: sip:a@example.com;tag=9fxced76sl
            t: "B \\"b\\" <x>" <sip:b@example.com>;x="1;tag=no";tag=8321234356
            i: 98asjd8
            CSeq: 17 INVITE
            l: 0
            Server: gate


            """)
        let message = parsed.message
        #expect(message.kind == .response)
        #expect(message.statusCode == 486)
        #expect(parsed.text(message.reasonPhrase) == "Busy Here")
        #expect(message.method == .invite)
        #expect(parsed.text(message.fromTag) == "9fxced76sl")
        #expect(parsed.text(message.toTag) == "8321234356")
        #expect(parsed.text(parsed.topVia.sentBy(in: parsed.bytes.span)) == "[2001:db8::9:1]:5061")
        #expect(parsed.text(message.viaBranch) == "z9hG4bK87")
        #expect(parsed.text(message.server) == "gate")
        #expect(message.flags == [])
    }

    @Test(arguments: ["SIP/2.0 200\r\n", "SIP/2.0 200 \r\n", "SIP/2.0 200\n", "SIP/2.0 200", "sip/2.0 200 \n"])
    func reasonPhraseMayBeLeftOut(line: String) throws {
        let parsed = try parse(Array(line.utf8))
        #expect(parsed.message.statusCode == 200)
        #expect(parsed.message.reasonPhrase.isEmpty)
    }

    @Test func allMethodsAreNamed() throws {
        for method in Method.allCases {
            guard let name = method.name else { continue }
            let parsed = try parse("\(name) sip:a@b SIP/2.0\nCSeq: 1 \(name)\n\n")
            #expect(parsed.message.method == method)
            #expect(parsed.message.cseqMethod == method)
        }
        let other = try parse("Invite sip:a@b SIP/2.0\nCSeq: 1 Invite\n\n")
        #expect(other.message.method == .other)
        #expect(other.text(other.message.methodRange) == "Invite")
    }

    @Test func whiteSpaceFoldingAndCaseAreFree() throws {
        let parsed = try parse(
            """
            OPTIONS sip:a@b SIP/2.0
            CALL-ID \t:  x@y \t
            cSEQ:
              7
             OPTIONS
            subject: one
             two
            \tthree
            from:<sip:a@b>;TAG = abc
            TO :\tsip:b@c
            content-length   : 0


            """)
        #expect(parsed.text(parsed.message.callID) == "x@y")
        #expect(parsed.message.cseqNumber == 7)
        #expect(parsed.message.cseqMethod == .options)
        #expect(parsed.text(parsed.message.fromTag) == "abc")
        #expect(parsed.text(parsed.message.to) == "sip:b@c")
        #expect(parsed.message.contentLength == 0)
        #expect(parsed.values("subject") == ["one two three"])
        #expect(parsed.message.flags == [.folded, .missingVia])
    }

    @Test func lineFeedsAloneEndLines() throws {
        let text = invite
        let parsed = try parse(Array(text.utf8))
        #expect(parsed.text(parsed.message.callID) == "a84b4c76e66710@pc33.atlanta.example.com")
        #expect(parsed.text(parsed.message.body) == "v=0\ns=")
        #expect(parsed.message.flags == [.bareLF, .bodyShort])
    }

    @Test func missingAndEmptyHeadersAreFlagged() throws {
        let none = try parse("BYE sip:a@b SIP/2.0\n\n")
        #expect(
            none.message.flags.isSuperset(of: [.missingCallID, .missingCSeq, .missingFrom, .missingTo, .missingVia]))
        let empty = try parse("BYE sip:a@b SIP/2.0\nCall-ID:\nCSeq: \nFrom:\nTo:\nVia:\nContent-Length:\nExpires:\n\n")
        #expect(empty.message.flags.contains(.missingCallID))
        #expect(empty.message.callID.isPresent)
        #expect(empty.message.flags.contains(.badCSeq))
        #expect(empty.message.flags.contains(.badContentLength))
    }

    @Test func firstOfRepeatedHeadersCounts() throws {
        let parsed = try parse("BYE sip:a@b SIP/2.0\nCall-ID: one\ni: two\nCSeq: 1 BYE\nCSeq: 2 ACK\n\n")
        #expect(parsed.text(parsed.message.callID) == "one")
        #expect(parsed.message.cseqNumber == 1)
        #expect(parsed.message.flags.contains(.repeatedHeader))
    }

    @Test func oddLinesAreSkipped() throws {
        let parsed = try parse("BYE sip:a@b SIP/2.0\n leading blank\nnonsense\n: no name\nno name: x\nCall-ID: c\n\n")
        #expect(parsed.message.flags.contains(.oddLine))
        #expect(parsed.text(parsed.message.callID) == "c")
    }

    @Test func cutCallIDIsNotTaken() throws {
        let cut = try parse(wire("BYE sip:a@b SIP/2.0\nCSeq: 1 BYE\nCall-ID: abc"), isCut: true)
        #expect(cut.message.callID == .absent)
        #expect(cut.message.cseqMethod == .bye)
        #expect(cut.message.flags.isSuperset(of: [.lastLineCut, .headersUnterminated, .missingCallID]))
        let whole = try parse(wire("BYE sip:a@b SIP/2.0\nCSeq: 1 BYE\nCall-ID: abc"))
        #expect(whole.text(whole.message.callID) == "abc")
        #expect(whole.message.isTruncated)
    }

    @Test func bodyIsLimitedByContentLength() throws {
        let long = try parse("BYE sip:a@b SIP/2.0\nContent-Length: 3\n\nabcdef")
        #expect(long.text(long.message.body) == "abc")
        #expect(long.message.flags.contains(.bytesAfterBody))
        let short = try parse("BYE sip:a@b SIP/2.0\nContent-Length: 30\n\nabcdef")
        #expect(short.text(short.message.body) == "abcdef")
        #expect(short.message.isTruncated)
        for bad in ["-1", "1x", "0x10", "4294967296", "99999999999999999999999"] {
            let parsed = try parse("BYE sip:a@b SIP/2.0\nContent-Length: \(bad)\n\nabcdef")
            #expect(parsed.message.flags.contains(.badContentLength))
            #expect(parsed.text(parsed.message.body) == "abcdef")
        }
    }

    @Test func threeOutcomesAreDifferent() {
        func outcome(_ text: String) -> ParsedMessage { SIPMessage.parse(Array(text.utf8).span) }
        for text in [
            "", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "hello\r\n", "INVITE\r\n", "SIP", "\u{1}\u{2}", "* sip SIP\r\n",
        ] {
            #expect(outcome(text) == .notSIP, "\(text)")
        }
        #expect(outcome("SIP/3.0 200 OK\r\n") == .malformed(SIPMalformation(fault: .version, offset: 4)))
        #expect(outcome("INVITE sip:a SIP/7.0\r\n") == .malformed(SIPMalformation(fault: .version, offset: 13)))
        #expect(outcome("SIP/2.0 4294967301 OK\r\n") == .malformed(SIPMalformation(fault: .statusCode, offset: 8)))
        #expect(outcome("SIP/2.0 099 OK\r\n") == .malformed(SIPMalformation(fault: .statusCode, offset: 8)))
        #expect(outcome("INVITE sip:a@b") == .malformed(SIPMalformation(fault: .startLineCut, offset: 14)))
    }

    @Test func leadingLineBreaksAreSkipped() throws {
        let parsed = try parse("\n\nBYE sip:a@b SIP/2.0\nCall-ID: c\n\n")
        #expect(parsed.text(parsed.message.methodRange) == "BYE")
        #expect(parsed.message.flags.contains(.leadingLineBreaks))
    }

    @Test func cseqIsReadAsFarAsItGoes() throws {
        for (value, number, method, bad): (String, UInt32, SIP.Method, Bool) in [
            ("4711 BYE", 4711, .bye, false), ("0009 BYE", 9, .bye, false), ("4294967296 BYE", 0, .bye, true),
            ("BYE", 0, .bye, true), ("1", 1, .other, true), ("1BYE", 0, .bye, true), ("-1 BYE", 0, .other, true),
        ] {
            let parsed = try parse("BYE sip:a@b SIP/2.0\nCSeq: \(value)\n\n")
            #expect(parsed.message.cseqNumber == number, "\(value)")
            #expect(parsed.message.cseqMethod == method, "\(value)")
            #expect(parsed.message.flags.contains(.badCSeq) == bad, "\(value)")
        }
    }
}
