@testable import SIP

extension TortureCase {
    /// Sections 3.2 to 3.4: about transactions, applications and RFC 2543. All of them are read.
    static let otherMessages: [TortureCase] = [
        TortureCase(
            "badbranch", "3.2.1", .request("OPTIONS"),
            startLine: "OPTIONS sip:b@torture.example SIP/2.0", via: "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK",
            lengthName: "l"),
        TortureCase(
            "insuf", "3.3.1", .request("INVITE"), callID: nil,
            flags: [.missingCallID, .missingFrom, .missingTo], isClean: false,
            """
            INVITE sip:b@torture.example SIP/2.0
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKk
            Content-Length: 0


            """),
        TortureCase(
            "unkscm", "3.3.2", .request("OPTIONS"),
            startLine: "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"),
        TortureCase(
            "novelsc", "3.3.3", .request("OPTIONS"),
            startLine: "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"),
        TortureCase(
            "unksm2", "3.3.4", .request("REGISTER"), toTag: nil,
            """
            REGISTER sip:torture.example SIP/2.0
            To: isbn:2983792873
            From: <http://www.torture.example>;tag=3234233
            Call-ID: call@torture
            CSeq: 1 REGISTER
            Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKk
            Max-Forwards: 70
            Contact: <name:John_Smith>
            l: 0


            """),
        TortureCase(
            "bext01", "3.3.5", .request("OPTIONS"),
            startLine: "OPTIONS sip:b@torture.example SIP/2.0",
            headers: [
                "Proxy-Require: nothingSupportsThis, nothingSupportsThisEither",
                "Require: nothingSupportsThis, nothingSupportsThisEither",
            ],
            lengthName: "l"),
        TortureCase(
            "invut", "3.3.6", .request("INVITE"), body: 3,
            """
            INVITE sip:b@torture.example SIP/2.0
            \(rest("INVITE"))
            Content-Type: application/unknownformat
            Content-Length: 3

            <a>
            """),
        TortureCase(
            "regaut01", "3.3.7", .request("REGISTER"),
            startLine: "REGISTER sip:torture.example SIP/2.0",
            headers: ["Authorization: NoOneKnowsThisScheme opaque-data=here"]),
        TortureCase(
            "multi01", "3.3.8", .request("INVITE"), callID: "first@torture", cseq: 5, toTag: nil,
            flags: [.repeatedHeader], isClean: false, body: 5,
            """
            INVITE sip:b@torture.example SIP/2.0
            CSeq: 5 INVITE
            Via: SIP/2.0/UDP 192.0.2.53;branch=z9hG4bKk
            Max-Forwards: 70
            Call-ID: first@torture
            Max-Forwards: 5
            CSeq: 59 INVITE
            Call-ID: second@torture
            From: sip:a@torture.example;tag=3413415
            To: sip:b@torture.example
            To: sip:c@torture.example;tag=other
            From: sip:d@torture.example;tag=2923420123
            Content-Length: 5
            Content-Length: 999

            v=0

            """),
        TortureCase(
            "mcl01", "3.3.9", .request("OPTIONS"), flags: [.repeatedHeader], isClean: false, body: 5,
            """
            OPTIONS sip:b@torture.example SIP/2.0
            \(rest("OPTIONS"))
            Content-Length: 13
            Content-Length: 5

            hello
            """),
        TortureCase(
            "bcast", "3.3.10", .response(200),
            """
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923
            Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23
            Call-ID: call@torture
            CSeq: 1 INVITE
            From: sip:a@torture.example;tag=83ff
            To: sip:b@torture.example
            Content-Length: 0


            """),
        TortureCase(
            "zeromf", "3.3.11", .request("OPTIONS"),
            """
            OPTIONS sip:b@torture.example SIP/2.0
            To: sip:b@torture.example
            From: sip:a@torture.example;tag=f
            Call-ID: call@torture
            CSeq: 1 OPTIONS
            Via: SIP/2.0/UDP h.example;branch=z9hG4bKk
            Max-Forwards: 0
            Content-Length: 0


            """),
        TortureCase(
            "cparam01", "3.3.12", .request("REGISTER"),
            startLine: "REGISTER sip:torture.example SIP/2.0", headers: ["Contact: sip:+1972@g.example;unknownparam"],
            lengthName: "l"),
        TortureCase(
            "cparam02", "3.3.13", .request("REGISTER"),
            startLine: "REGISTER sip:torture.example SIP/2.0", headers: ["Contact: <sip:+1972@g.example;unknownparam>"],
            lengthName: "l"),
        TortureCase(
            "regescrt", "3.3.14", .request("REGISTER"),
            startLine: "REGISTER sip:torture.example SIP/2.0",
            headers: ["Contact: <sip:b@h.example?Route=%3Csip:s.example%3E>"], lengthName: "l"),
        TortureCase(
            "sdp01", "3.3.15", .request("INVITE"),
            startLine: "INVITE sip:b@torture.example SIP/2.0", headers: ["Accept: text/nobodyKnowsThis"]),
        TortureCase(
            "inv2543", "3.4.1", .request("INVITE"), callID: "2543@torture", cseq: 1, body: 5,
            """
            INVITE sip:b@torture.example SIP/2.0
            Via: SIP/2.0/UDP iftgw.torture.example
            From: <sip:+1319@iftgw.torture.example;user=phone>
            Record-Route: <sip:b@example.com;maddr=ss1.example.com>
            To: sip:b@torture.example
            Call-ID: 2543@torture
            CSeq: 1 INVITE
            Contact: <sip:+1319@iftgw.torture.example;user=phone>
            Content-Type: application/sdp

            v=0

            """),
    ]
}
