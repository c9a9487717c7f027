import Testing

@testable import SIP

@Suite struct BodyTests {
    private func sdp(_ type: String?, _ body: String) throws -> String? {
        let header = type.map { "Content-Type: \($0)\n" } ?? ""
        let parsed = try parse("INVITE sip:a@b SIP/2.0\n\(header)\n\(body)")
        return parsed.text(parsed.message.sessionDescription(in: parsed.bytes.span))
    }

    @Test func theBodyIsTheDescription() throws {
        for type in ["application/sdp", "Application/SDP; charset=x", "application/sdp;x", nil] {
            #expect(try sdp(type, "v=0\ns=x\n") == "v=0\r\ns=x\r\n")
        }
        for type in [
            "application/sdpx", "text/plain", "", "multipart/mixed", "multipart/mixed;boundary=", "multipart/",
        ] {
            #expect(try sdp(type, "v=0\n") == nil)
        }
        #expect(try sdp(nil, "hello") == nil)
        #expect(try sdp("application/sdp", "") == nil)
    }

    @Test func aPartIsTheDescription() throws {
        let body = """
            preamble
            --b1
            Content-Type: text/plain

            v=0 text
            --b1x
            --b1 \t
            content-type  : application/sdp
            Content-Disposition: session

            v=0
            s=part
            --b1--
            epilogue
            """
        #expect(try sdp("multipart/mixed;boundary=b1", body) == "v=0\r\ns=part")
        #expect(try sdp("multipart/mixed; start=\"a;boundary=no\"; Boundary=\"b1\"", body) == "v=0\r\ns=part")
        #expect(try sdp("multipart/mixed;\n boundary=b1", body) == "v=0\r\ns=part")
        #expect(try sdp("multipart/mixed;boundary=b2", body) == nil)
        let cut = "--b1\nContent-Type: application/sdp\n\nv=0\ns=cut"
        #expect(try sdp("multipart/mixed;boundary=b1", cut) == "v=0\r\ns=cut")
    }

    @Test func oneMultipartMayBeInsideAnother() throws {
        func wrap(_ boundary: String, _ inner: String) -> String { "--\(boundary)\n\(inner)\n--\(boundary)--\n" }
        let core = wrap("c", "Content-Type: application/sdp\n\nv=0")
        let nested = wrap("b", "Content-Type: multipart/alternative;boundary=c\n\n\(core)")
        #expect(try sdp("multipart/mixed;boundary=b", nested) == "v=0")
        let deeper = wrap("a", "Content-Type: multipart/mixed;boundary=b\n\n\(nested)")
        #expect(try sdp("multipart/mixed;boundary=a", deeper) == nil)
    }
}
