@testable import SIP

extension TortureCase {
    /// Section 3.1.2: an element answers these with 400 or drops them. A listener reports that they were sent.
    static let invalidMessages: [TortureCase] = [
        TortureCase(
            "badinv01", "3.1.2.1", .request("INVITE"),
            startLine: "INVITE sip:b@torture.example SIP/2.0", via: "SIP/2.0/UDP 192.0.2.15;;,;,,",
            headers: ["Contact: \"Joe\" <sip:joe@torture.example>;;;;", "Contact: \"\" <> ;,"]),
        TortureCase(
            "clerr", "3.1.2.2", .request("INVITE"), flags: [.bodyShort], isClean: false, body: 5,
            """
            INVITE sip:b@torture.example SIP/2.0
            \(rest("INVITE"))
            Content-Type: application/sdp
            Content-Length: 9999

            v=0

            """),
        TortureCase(
            "ncl", "3.1.2.3", .request("INVITE"), flags: [.badContentLength], isClean: false, body: 5,
            """
            INVITE sip:b@torture.example SIP/2.0
            \(rest("INVITE"))
            Content-Type: application/sdp
            Content-Length: -999

            v=0

            """),
        TortureCase(
            "scalar02", "3.1.2.4", .request("REGISTER"), cseq: nil, flags: [.badCSeq], isClean: false,
            """
            REGISTER sip:torture.example SIP/2.0
            Via: SIP/2.0/TCP h.example;branch=z9hG4bKt
            To: <sip:b@torture.example>
            From: <sip:a@torture.example>;tag=f
            Call-ID: call@torture
            CSeq: 36893488147419103232 REGISTER
            Max-Forwards: 300
            Expires: 10000000000000000000000000000000
            Contact: <sip:a@h.example>;expires=280297596632815
            Content-Length: 0


            """),
        TortureCase(
            "scalarlg", "3.1.2.5", .response(503), cseq: nil, flags: [.badCSeq], isClean: false,
            """
            SIP/2.0 503 Service Unavailable
            Via: SIP/2.0/TCP h.example;branch=z9hG4bKt
            To: <sip:b@torture.example>;tag=t
            From: <sip:a@torture.example>;tag=f
            Call-ID: call@torture
            CSeq: 9292394834772304023312 OPTIONS
            Retry-After: 949302838503028349304023988
            Content-Length: 0


            """),
        TortureCase(
            "quotbal", "3.1.2.6", .request("INVITE"),
            """
            INVITE sip:b@torture.example SIP/2.0
            To: "Mr. B <sip:b@torture.example>
            From: sip:a@torture.example;tag=f
            Max-Forwards: 70
            Call-ID: call@torture
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKk
            Content-Length: 0


            """),
        TortureCase(
            "ltgtruri", "3.1.2.7", .request("INVITE"),
            startLine: "INVITE <sip:b@torture.example> SIP/2.0"),
        TortureCase(
            "lwsruri", "3.1.2.8", .request("INVITE"),
            startLine: "INVITE sip:b@torture.example; lr SIP/2.0"),
        TortureCase(
            "lwsstart", "3.1.2.9", .request("INVITE"), flags: [.looseStartLine],
            startLine: "INVITE  sip:b@torture.example  SIP/2.0"),
        TortureCase(
            "trws", "3.1.2.10", .request("OPTIONS"), flags: [.looseStartLine],
            startLine: "OPTIONS sip:b@torture.example SIP/2.0  "),
        TortureCase(
            "escruri", "3.1.2.11", .request("INVITE"),
            startLine: "INVITE sip:b@torture.example?Route=%3Csip:c.example%3E SIP/2.0"),
        TortureCase(
            "baddate", "3.1.2.12", .request("INVITE"),
            startLine: "INVITE sip:b@torture.example SIP/2.0", headers: ["Date: Fri, 01 Jan 2010 16:00:00 EST"]),
        TortureCase(
            "regbadct", "3.1.2.13", .request("REGISTER"),
            startLine: "REGISTER sip:torture.example SIP/2.0",
            headers: ["Contact: sip:b@torture.example?Route=%3Csip:s.example%3E"], lengthName: "l"),
        TortureCase(
            "badaspec", "3.1.2.14", .request("OPTIONS"),
            startLine: "OPTIONS sip:b@torture.example SIP/2.0", via: "SIP/2.0/UDP t1.torture.example;branch=z9hG4bKk",
            from: "< sip:a@torture.example >;tag=f", to: "< sip:b@torture.example >", lengthName: "l"),
        TortureCase(
            "baddn", "3.1.2.15", .request("OPTIONS"),
            startLine: "OPTIONS sip:b@torture.example SIP/2.0", via: "SIP/2.0/UDP t1.torture.example;branch=z9hG4bKk",
            from: "Bell, A. <sip:a@torture.example>;tag=f", to: "Watson, T. <sip:b@torture.example>", lengthName: "l"),
        TortureCase(
            "badvers", "3.1.2.16", .malformed(.version),
            startLine: "OPTIONS sip:b@torture.example SIP/7.0", lengthName: "l"),
        TortureCase(
            "mismatch01", "3.1.2.17", .request("OPTIONS"), flags: [.cseqMethodMismatch], isClean: false,
            startLine: "OPTIONS sip:b@torture.example SIP/2.0", cseqMethod: "INVITE", lengthName: "l"),
        TortureCase(
            "mismatch02", "3.1.2.18", .request("NEWMETHOD"), flags: [.cseqMethodMismatch], isClean: false,
            startLine: "NEWMETHOD sip:b@torture.example SIP/2.0", cseqMethod: "INVITE", lengthName: "l"),
        TortureCase(
            "bigcode", "3.1.2.19", .malformed(.statusCode),
            startLine: "SIP/2.0 4294967301 better not break the receiver", lengthName: "l"),
    ]
}
