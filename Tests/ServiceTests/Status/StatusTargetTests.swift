import Testing

@testable import Service

@Suite struct StatusTargetTests {
    @Test func whatIsEncodedIsData() throws {
        let target = try #require(StatusTarget("/calls/..%2f..%2Fetc%2fpasswd/pcap"))
        #expect(target.components == ["calls", "../../etc/passwd", "pcap"])
        #expect(StatusTarget("/calls/a%40b.example")?.components == ["calls", "a@b.example"])
        #expect(StatusTarget("/")?.components == [""])
        #expect(StatusTarget("/calls/")?.components == ["calls", ""])
        #expect(StatusTarget("//calls")?.components == ["", "calls"])
    }

    @Test func queries() throws {
        let target = try #require(StatusTarget("/calls?from=%2B49+1&to&x=a=b&&"))
        #expect(target.query.map(\.key) == ["from", "to", "x"])
        // A plus stays one: numbers have it.
        #expect(target.query.map(\.value) == ["+49+1", "", "a=b"])
    }

    @Test(arguments: [
        "", "calls", "http://other/calls", "*", "/%", "/%4", "/%zz", "/%ff", "/a?%", "/a?b=%c3%28", "/%C0%AF",
    ]) func whatIsNoTarget(_ text: String) {
        #expect(StatusTarget(text) == nil)
    }

    @Test func bounds() {
        #expect(StatusTarget("/" + String(repeating: "a", count: StatusTarget.longest - 1)) != nil)
        #expect(StatusTarget("/" + String(repeating: "a", count: StatusTarget.longest)) == nil)
        #expect(StatusTarget("/?" + String(repeating: "a&", count: StatusTarget.mostParameters)) != nil)
        #expect(StatusTarget("/?" + String(repeating: "a&", count: StatusTarget.mostParameters + 1)) == nil)
    }

    /// What the client encodes, the service decodes.
    @Test func bothSidesAgree() {
        for id in ["a/b?c#d%e@f", "../..", "ä😀 \n\u{1}", "", "%2f", "+49"] {
            #expect(StatusTarget("/calls/" + StatusSocket.encoded(id))?.components == ["calls", id])
        }
    }
}
