@testable import SIP

extension TortureCase {
    /// RFC 5118, SIP and IPv6. `isClean` is about the headers; what an address means is asserted in `IPv6TortureTests`.
    static let ipv6Messages: [TortureCase] = [
        TortureCase(
            "ipv6-good", "4.1", .request("REGISTER"),
            startLine: "REGISTER sip:[2001:db8::10] SIP/2.0", via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt",
            headers: ["Contact: \"C\" <sip:c@[2001:db8::1]>"]),
        TortureCase(
            "ipv6-bad", "4.2", .request("REGISTER"),
            startLine: "REGISTER sip:2001:db8::10 SIP/2.0", via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt"),
        TortureCase(
            "port-ambiguous", "4.3", .request("REGISTER"),
            startLine: "REGISTER sip:[2001:db8::10:5070] SIP/2.0", via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt"),
        TortureCase(
            "port-unambiguous", "4.4", .request("REGISTER"),
            startLine: "REGISTER sip:[2001:db8::10]:5070 SIP/2.0", via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt"),
        TortureCase(
            "via-received-param-with-delim", "4.5", .request("BYE"),
            startLine: "BYE sip:[2001:db8::10] SIP/2.0",
            via: "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKt"),
        TortureCase(
            "via-received-param-no-delim", "4.5", .request("OPTIONS"),
            startLine: "OPTIONS sip:[2001:db8::10] SIP/2.0",
            via: "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKt"),
        TortureCase(
            "ipv6-in-sdp", "4.6", .request("INVITE"), body: 50,
            startLine: "INVITE sip:b@[2001:db8::10] SIP/2.0", via: "SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKt",
            description: "v=0\nc=IN IP6 2001:db8::20\nm=audio 6000 RTP/AVP 0"),
        TortureCase(
            "mult-ip-in-header", "4.7", .request("BYE"),
            startLine: "BYE sip:b@host.example.net SIP/2.0", via: "SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKt",
            headers: [
                "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKj",
                "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bKb;received=[2001:db8::9:255]",
            ]),
        TortureCase(
            "mult-ip-in-sdp", "4.8", .request("INVITE"), body: 96,
            startLine: "INVITE sip:b@[2001:db8::10] SIP/2.0", via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt",
            description:
                "v=0\nc=IN IP4 192.0.2.1\nm=audio 22334 RTP/AVP 0\nm=video 6024 RTP/AVP 107\nc=IN IP6 2001:db8::1"),
        TortureCase(
            "ipv4-mapped-ipv6", "4.9", .request("INVITE"), body: 53,
            startLine: "INVITE sip:b@torture.example SIP/2.0",
            via: "SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKt",
            headers: ["Contact: \"T. desk phone\" <sip:t@[::ffff:192.0.2.2]>"],
            description: "v=0\nc=IN IP6 ::ffff:192.0.2.2\nm=audio 123 RTP/AVP 0"),
        TortureCase(
            "ipv6-bug-abnf-3-colons", "4.10", .request("OPTIONS"),
            startLine: "OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0",
            via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt"),
        TortureCase(
            "ipv6-correct-abnf-2-colons", "4.10", .request("OPTIONS"),
            startLine: "OPTIONS sip:user@[2001:db8::192.0.2.1] SIP/2.0",
            via: "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKt"),
    ]
}
