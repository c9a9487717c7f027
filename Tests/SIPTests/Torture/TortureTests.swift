import PacketDecoding
import TestSupport
import Testing

@testable import SIP

/// What is read in the messages of RFC 4475 beyond what their table says.
@Suite struct TortureTests {
    /// 3.1.1.1: folding everywhere, empty values, white space before colons, unknown and odd headers, compact forms.
    @Test func shortTortuousInvite() throws {
        let parsed = try TortureCase.parsed("wsinv")
        #expect(parsed.text(parsed.message.toTag) == "t1")
        #expect(parsed.text(parsed.message.fromTag) == "f1")
        #expect(parsed.text(parsed.message.callID) == "ws.1@torture")
        #expect(parsed.message.cseqNumber == 9)
        #expect(parsed.message.cseqMethod == .invite)
        #expect(parsed.text(parsed.topVia.transport(in: parsed.bytes.span)) == "UDP")
        #expect(parsed.text(parsed.topVia.sentBy(in: parsed.bytes.span)) == "192.0.2.2")
        #expect(parsed.text(parsed.message.viaBranch) == "z9")
        #expect(parsed.text(parsed.message.contentType) == "application/sdp")
        #expect(parsed.text(parsed.message.body) == "v=0\r\nx\r\n")
        #expect(parsed.message.flags.contains(.folded))
        #expect(parsed.values("s") == [""])
        #expect(parsed.values("newfangledheader") == ["new more;;,,;;,;"])
        #expect(
            NameAddress(parsed.bytes.span, in: parsed.message.from).displayName(in: parsed.bytes.span) == "A \\\"")
    }

    /// 3.1.1.2 and 3.1.1.5: methods are tokens and are not unescaped.
    @Test(arguments: [
        ("intmeth", "!interesting-Method0123456789_*+`.%indeed'~"), ("esc02", "RE%47IST%45R"),
    ])
    func anyTokenIsAMethod(name: String, method: String) throws {
        let parsed = try TortureCase.parsed(name)
        #expect(parsed.message.method == .other)
        #expect(parsed.text(parsed.message.methodRange) == method)
        #expect(parsed.text(parsed.message.cseqMethodRange) == method)
        #expect(!parsed.message.flags.contains(.cseqMethodMismatch))
    }

    /// 3.1.1.12: UTF-8 in the reason phrase, and none at all in 3.1.1.13.
    @Test func unusualReasons() throws {
        let parsed = try TortureCase.parsed("unreason")
        #expect(parsed.text(parsed.message.reasonPhrase) == "= 2**3 * 5**2 \u{43d}\u{43e} \u{441}\u{442}\u{43e}")
        #expect(try TortureCase.parsed("noreason").message.statusCode == 100)
    }

    /// 3.1.2.15: a display name that should be quoted.
    @Test func unquotedDisplayNames() throws {
        let parsed = try TortureCase.parsed("baddn")
        #expect(parsed.text(parsed.message.fromTag) == "f")
        let from = NameAddress(parsed.bytes.span, in: parsed.message.from)
        #expect(parsed.text(from.uri) == "sip:a@torture.example")
        #expect(from.displayName(in: parsed.bytes.span) == "Bell, A.")
    }

    /// 3.1.2.16: another version is no message of ours; here in a response.
    @Test func otherVersions() {
        guard case .malformed(let malformation) = SIPMessage.parse(Array("SIP/7.0 200 OK\r\n\r\n".utf8).span) else {
            Issue.record("it is read")
            return
        }
        #expect(malformation.fault == .version)
    }

    /// 3.3.8: single-valued headers that come twice.
    @Test func multipleValues() throws {
        let parsed = try TortureCase.parsed("multi01")
        #expect(parsed.text(parsed.message.callID) == "first@torture")
        #expect(parsed.message.contentLength == 5)
        #expect(parsed.message.flags.contains(.repeatedHeader))
    }

    /// 3.1.1.10: the transport of a Via may be any.
    @Test(arguments: ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]) func transports(name: String) throws {
        let parsed = try parse("OPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/\(name) t1.example.com;branch=z9hG4bKkdjuw\n\n")
        #expect(parsed.text(parsed.topVia.transport(in: parsed.bytes.span)) == name)
        #expect(parsed.text(parsed.message.viaBranch) == "z9hG4bKkdjuw")
    }
}

/// What is read in the messages of RFC 5118, SIP over IPv6, beyond what their table says.
@Suite struct IPv6TortureTests {
    /// 4.1: a reference in brackets. (4.2, without them, is wrong, and read.)
    @Test func references() throws {
        let good = try TortureCase.parsed("ipv6-good")
        let uri = SIPURI(good.bytes.span, in: good.message.requestURI)
        #expect(good.text(uri.host) == "2001:db8::10")
        #expect(good.text(good.topVia.sentBy(in: good.bytes.span)) == "[2001:db8::9:1]")
    }

    /// 4.3 and 4.4: a port behind the reference, and one that is part of the address.
    @Test func ports() throws {
        for (name, port): (String, UInt16?) in [("port-unambiguous", 5_070), ("port-ambiguous", nil)] {
            let parsed = try TortureCase.parsed(name)
            #expect(SIPURI(parsed.bytes.span, in: parsed.message.requestURI).port == port)
        }
    }

    /// 4.5: received with and without brackets.
    @Test(arguments: [
        ("via-received-param-with-delim", "[2001:db8::9:255]"), ("via-received-param-no-delim", "2001:db8::9:255"),
    ])
    func received(name: String, address: String) throws {
        let parsed = try TortureCase.parsed(name)
        let via = Via(parsed.bytes.span, in: parsed.message.via)
        #expect(parsed.text(via.received(in: parsed.bytes.span)) == address)
        #expect(parsed.text(via.branch(in: parsed.bytes.span)) == "z9hG4bKt")
    }

    /// 4.6 and 4.9: addresses in SDP, IPv4-mapped ones meeting those on the wire.
    @Test func addressesInSDP() {
        var endpoints = SDPEndpoints()
        endpoints.collect(
            wire(
                "c=IN IP6 2001:db8::20\nm=audio 6000 RTP/AVP 0\nm=video 6024 RTP/AVP 107\nc=IN IP6 ::ffff:192.0.2.10\n"
            ).span)
        #expect(
            endpoints.items.map { "\($0.endpoint)" } == [
                "[2001:db8::20]:6000", "[2001:db8::20]:6001", "192.0.2.10:6024", "192.0.2.10:6025",
            ])
    }
}
