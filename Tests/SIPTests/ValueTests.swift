import Testing

@testable import SIP

@Suite struct ValueTests {
    private func address(_ text: String) -> (bytes: [UInt8], value: NameAddress) {
        let bytes = Array(text.utf8)
        return (bytes, NameAddress(bytes.span, in: ByteRange(0, bytes.count)))
    }

    @Test(
        arguments: [
            ("\"A. \\\"B\\\" \\\\\" <sip:a@b>;tag=1", "A. \"B\" \\", "sip:a@b", "1"),
            ("Alice Example  <sip:a@b;tag=no>;x=y;TAG=2", "Alice Example", "sip:a@b;tag=no", "2"),
            ("sip:a@b;tag=3", nil, "sip:a@b", "3"),
            ("<tel:+1-201;phone-context=x>", nil, "tel:+1-201;phone-context=x", nil),
            ("\"\" <sip:a@b> ; tag = 4 ", nil, "sip:a@b", "4"),
            ("\"unclosed <sip:a@b>;tag=5", nil, "", nil),
            ("<sip:unclosed", nil, "sip:unclosed", nil),
            ("", nil, "", nil),
            ("\"<;,>\" <sip:a@b>;q=\"a;tag=no\";tag=6", "<;,>", "sip:a@b", "6"),
        ] as [(String, String?, String, String?)])
    func nameAddress(text: String, display: String?, uri: String, tag: String?) {
        let (bytes, value) = address(text)
        #expect(value.displayName(in: bytes.span) == display)
        #expect(value.uri.string(in: bytes.span) == uri)
        let found = value.tag(in: bytes.span)
        #expect((found.isPresent ? found.string(in: bytes.span) : nil) == tag)
        // The parser of messages finds the same tag.
        let short = bytes.span.tag(in: ByteRange(0, bytes.count))
        #expect((short.isPresent ? short.string(in: bytes.span) : nil) == tag)
    }

    @Test func listsAreWalkedThrough() {
        let bytes = Array("\"a, b\" <sip:a@b,c>;x=\"1,2\", <tel:1> , sip:c@d".utf8)
        var uris: [String] = []
        var list = ByteRange(0, bytes.count)
        while list.isPresent {
            let element = NameAddress(bytes.span, in: list)
            uris.append(element.uri.string(in: bytes.span))
            list = element.rest
        }
        #expect(uris == ["sip:a@b,c", "tel:1", "sip:c@d"])
    }

    @Test(
        arguments: [
            ("sip:alice@example.com", SIPURI.Scheme.sip, "alice", "example.com", nil, ""),
            (
                "SIPS:alice:secret@example.com:5061;transport=tls?Subject=a;b", .sips, "alice", "example.com", 5061,
                ";transport=tls"
            ),
            ("sip:[2001:db8::1]:5060", .sip, nil, "2001:db8::1", 5060, ""),
            ("sip:192.0.2.1:99999", .sip, nil, "192.0.2.1", nil, ""),
            ("sip:a;b=c@host?x", .sip, "a;b=c", "host", nil, ""),
            ("tel:+1-201-555;phone-context=+1", .tel, "+1-201-555", nil, nil, ";phone-context=+1"),
            ("<sip:a@b>", .sip, "a", "b", nil, ""),
            ("http://x@y", .other, nil, nil, nil, ""), ("", .other, nil, nil, nil, ""),
            ("sip:", .sip, nil, "", nil, ""),
            ("sip:@", .sip, "", "", nil, ""), ("sip:[", .sip, nil, "", nil, ""),
        ] as [(String, SIPURI.Scheme, String?, String?, UInt16?, String)])
    func uri(written: String, scheme: SIPURI.Scheme, user: String?, host: String?, port: UInt16?, parameters: String) {
        let bytes = Array(written.utf8)
        let uri = SIPURI(bytes.span, in: ByteRange(0, bytes.count))
        func text(_ range: ByteRange) -> String? { range.isPresent ? range.string(in: bytes.span) : nil }
        #expect(uri.scheme == scheme)
        #expect(text(uri.user) == user)
        #expect(text(uri.host) == host)
        #expect(uri.port == port)
        #expect(uri.parameters.string(in: bytes.span) == parameters)
    }

    @Test func viaIsReadWithItsParameters() {
        let bytes = Array(
            "SIP / 2.0 / UDP 192.0.2.1:5060 ;rport=1234;received=192.0.2.9; branch = z9 , SIP/2.0/TCP x;branch=no".utf8)
        let via = Via(bytes.span, in: ByteRange(0, bytes.count))
        #expect(via.transport(in: bytes.span).string(in: bytes.span) == "UDP")
        #expect(via.sentBy(in: bytes.span).string(in: bytes.span) == "192.0.2.1:5060")
        #expect(via.branch(in: bytes.span).string(in: bytes.span) == "z9")
        #expect(via.received(in: bytes.span).string(in: bytes.span) == "192.0.2.9")
        #expect(via.rport(in: bytes.span) == 1234)
        let first = Array("SIP/2.0/TLS a, SIP/2.0/TCP b;branch=second".utf8)
        let top = Via(first.span, in: ByteRange(0, first.count))
        #expect(top.transport(in: first.span).string(in: first.span) == "TLS")
        #expect(top.sentBy(in: first.span).string(in: first.span) == "a")
        #expect(top.branch(in: first.span) == .absent)
        #expect(top.rport(in: first.span) == nil)
    }

    @Test func rangesAreClampedToTheBytes() {
        let bytes: [UInt8] = [1, 2, 3]
        #expect(bytes.span.bytes(ByteRange(2, 90)).count == 1)
        #expect(bytes.span.bytes(ByteRange(50, 90)).count == 0)
        #expect(ByteRange(-1, 3) == .absent)
        #expect(ByteRange(3, 1) == .absent)
        #expect(ByteRange(0, 1 << 40) == .absent)
    }
}
