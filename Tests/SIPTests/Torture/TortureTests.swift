import PacketDecoding
import Testing

@testable import SIP

/// The points of the RFC 4475 messages, in messages of our own.
@Suite struct TortureTests {
    /// 3.1.1.1: folding everywhere, empty values, white space before colons, unknown and odd headers, compact forms.
    @Test func shortTortuousInvite() throws {
        let parsed = try parse(
            """
            INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
            TO :
             sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
            from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
              ;
              tag = 98asjd8
            MaX-fOrWaRdS: 0068
            Call-ID: wsinv.ndaksdj@192.0.2.1
            Content-Length   : 7
            cseq: 0009
              INVITE
            Via  : SIP  /   2.0
             /UDP
                192.0.2.2;branch=390skdjuw
            s :
            NewFangledHeader:   newfangled value
             continued newfangled value
            UnknownHeaderWithUnusualValue: ;;,,;;,;
            Content-Type: application/sdp
            Route:
             <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
            v:  SIP  / 2.0  / TCP     spindle.example.com   ;
              branch  =   z9hG4bK9ikj8  ,
             SIP  /    2.0   / UDP  192.168.255.111   ; branch=
             z9hG4bK30239
            m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
                  newvalue ;
              secondparam ; q = 0.33

            v=0
            x
            """)
        #expect(parsed.text(parsed.message.toTag) == "1918181833n")
        #expect(parsed.text(parsed.message.fromTag) == "98asjd8")
        #expect(parsed.text(parsed.message.callID) == "wsinv.ndaksdj@192.0.2.1")
        #expect(parsed.message.cseqNumber == 9)
        #expect(parsed.message.cseqMethod == .invite)
        #expect(parsed.text(parsed.message.viaTransport) == "UDP")
        #expect(parsed.text(parsed.message.viaSentBy) == "192.0.2.2")
        #expect(parsed.text(parsed.message.viaBranch) == "390skdjuw")
        #expect(parsed.text(parsed.message.contentType) == "application/sdp")
        #expect(parsed.text(parsed.message.body) == "v=0\r\nx")
        #expect(parsed.message.flags.contains(.folded))
        #expect(parsed.values("s") == [""])
        #expect(parsed.values("newfangledheader") == ["newfangled value continued newfangled value"])
        #expect(
            NameAddress(parsed.bytes.span, in: parsed.message.from).displayName(in: parsed.bytes.span)
                == "J Rosenberg \\\"")
    }

    /// 3.1.1.2 and 3.1.1.5: methods are tokens and are not unescaped.
    @Test(arguments: ["!interesting-Method0123456789_*+`.%indeed'~", "RE%47IST%45R"])
    func anyTokenIsAMethod(method: String) throws {
        let parsed = try parse("\(method) sip:a@b SIP/2.0\nCSeq: 1 \(method)\nCall-ID: <\">;\n\n")
        #expect(parsed.message.method == .other)
        #expect(parsed.text(parsed.message.methodRange) == method)
        #expect(parsed.text(parsed.message.cseqMethodRange) == method)
        #expect(!parsed.message.flags.contains(.cseqMethodMismatch))
    }

    /// 3.1.1.12: UTF-8 in the reason phrase, and none at all in 3.1.1.13.
    @Test func unusualReasons() throws {
        let parsed = try parse("SIP/2.0 200 = 2**3 * 5**2 \u{43d}\u{43e} \u{441}\u{442}\u{43e}\nCSeq: 35 INVITE\n\n")
        #expect(parsed.text(parsed.message.reasonPhrase) == "= 2**3 * 5**2 \u{43d}\u{43e} \u{441}\u{442}\u{43e}")
        #expect(try parse("SIP/2.0 100 \nCSeq: 1 INVITE\n\n").message.statusCode == 100)
    }

    /// 3.1.2.1 to 3.1.2.9: what a server would refuse is still a message for a listener.
    @Test(arguments: [
        "INVITE sip:a@b SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\nContact: \"\" <> ;,\nCSeq: 8888 INVITE\n\n",
        "INVITE sip:a@b SIP/2.0\nContent-Length: 9999\nCSeq: 8888 INVITE\n\nv=0",
        "INVITE sip:a@b SIP/2.0\nContent-Length: -999\nCSeq: 8888 INVITE\n\nv=0",
        "INVITE sip:a@b SIP/2.0\nTo: \"Mr. J. User <sip:j.user@example.com>\nCSeq: 8888 INVITE\n\n",
        "INVITE <sip:user@example.com> SIP/2.0\nCSeq: 8888 INVITE\n\n",
        "INVITE sip:user@example.com; lr SIP/2.0\nCSeq: 8888 INVITE\n\n",
        "INVITE  sip:user@example.com  SIP/2.0\nCSeq: 8888 INVITE\n\n",
        "INVITE sip:user@example.com SIP/2.0 \nCSeq: 8888 INVITE\n\n",
        "INVITE sip:sip%3Auser%40example.com@company.com;other-param=summit SIP/2.0\nCSeq: 8888 INVITE\n\n",
        "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0\nCSeq: 8888 INVITE\n\n",
        "INVITE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0\nCSeq: 8888 INVITE\n\n",
    ])
    func invalidRequestsAreMessages(text: String) throws {
        let parsed = try parse(text)
        #expect(parsed.message.method == .invite)
        #expect(parsed.message.cseqNumber == 8_888)
    }

    /// 3.1.2.15: a display name that should be quoted.
    @Test func unquotedDisplayNames() throws {
        let parsed = try parse(
            "OPTIONS sip:t SIP/2.0\nFrom: Bell, Alexander <sip:a.g.bell@example.com>;tag=43\nTo: Watson, T.\n\n")
        #expect(parsed.text(parsed.message.fromTag) == "43")
        let from = NameAddress(parsed.bytes.span, in: parsed.message.from)
        #expect(parsed.text(from.uri) == "sip:a.g.bell@example.com")
        #expect(from.displayName(in: parsed.bytes.span) == "Bell, Alexander")
    }

    /// 3.1.2.16 and 3.1.2.17: another version is no message of ours.
    @Test func otherVersions() {
        for text in ["OPTIONS sip:t@example.org SIP/7.0\r\n\r\n", "SIP/7.0 200 OK\r\n\r\n"] {
            guard case .malformed(let malformation) = SIPMessage.parse(Array(text.utf8).span) else {
                Issue.record("\(text)")
                continue
            }
            #expect(malformation.fault == .version)
        }
    }

    /// 3.1.2.18: the CSeq names another method.
    @Test func mismatchedMethods() throws {
        let parsed = try parse("OPTIONS sip:a@b SIP/2.0\nCSeq: 8 INVITE\n\n")
        #expect(parsed.message.method == .options)
        #expect(parsed.message.flags.contains(.cseqMethodMismatch))
    }

    /// 3.3.8: single-valued headers that come twice.
    @Test func multipleValues() throws {
        let parsed = try parse(
            "INVITE sip:a@b SIP/2.0\nCSeq: 5 INVITE\nCall-ID: first\nCall-ID: second\nTo: <sip:x@y>\nTo: <sip:z@y>\nl: 5\nl: 3\n\nabcde"
        )
        #expect(parsed.text(parsed.message.callID) == "first")
        #expect(parsed.message.contentLength == 5)
        #expect(parsed.message.flags.contains(.repeatedHeader))
    }

    /// 3.1.1.10: the transport of a Via may be any.
    @Test(arguments: ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]) func transports(name: String) throws {
        let parsed = try parse("OPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/\(name) t1.example.com;branch=z9hG4bKkdjuw\n\n")
        #expect(parsed.text(parsed.message.viaTransport) == name)
        #expect(parsed.text(parsed.message.viaBranch) == "z9hG4bKkdjuw")
    }
}

/// The points of RFC 5118, SIP over IPv6.
@Suite struct IPv6TortureTests {
    /// 4.1 and 4.2: a reference in brackets, and one without them, which is wrong.
    @Test func references() throws {
        let good = try parse(
            "REGISTER sip:[2001:db8::10] SIP/2.0\nVia: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3\n\n")
        let uri = SIPURI(good.bytes.span, in: good.message.requestURI)
        #expect(good.text(uri.host) == "2001:db8::10")
        #expect(good.text(good.message.viaSentBy) == "[2001:db8::9:1]")
        let bad = try parse("REGISTER sip:2001:db8::10 SIP/2.0\nVia: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3\n\n")
        #expect(bad.message.method == .register)
    }

    /// 4.3 and 4.4: a port behind the reference, and one that is part of the address.
    @Test func ports() {
        for (text, port): (String, UInt16?) in [("sip:[2001:db8::10]:5070", 5_070), ("sip:[2001:db8::10:5070]", nil)] {
            let bytes = Array(text.utf8)
            #expect(SIPURI(bytes.span, in: ByteRange(0, bytes.count)).port == port)
        }
    }

    /// 4.5: received with and without brackets.
    @Test(arguments: ["[2001:db8::9:255]", "2001:db8::9:255"]) func received(address: String) throws {
        let parsed = try parse(
            "BYE sip:a@b SIP/2.0\nVia: SIP/2.0/UDP [2001:db8::9:1];received=\(address);branch=z9hG4bKas3\n\n")
        let via = Via(parsed.bytes.span, in: parsed.message.via)
        #expect(parsed.text(via.received(in: parsed.bytes.span)) == address)
        #expect(parsed.text(via.branch) == "z9hG4bKas3")
    }

    /// 4.6 and 4.10: addresses in SDP, IPv4-mapped ones meeting those on the wire.
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
