@testable import SIP

extension TortureCase {
    /// Section 3.1.1: valid, however odd.
    static let validMessages: [TortureCase] = [
        TortureCase(
            "wsinv", "3.1.1.1", .request("INVITE"), callID: "ws.1@torture", cseq: 9, toTag: "t1", flags: [.folded],
            body: 8,
            """
            INVITE sip:b@torture.example;unknownparam SIP/2.0
            TO :
             sip:b@torture.example ;   tag    = t1
            from   : "A \\\\\\""       <sip:a@torture.example>
              ;
              tag = f1
            MaX-fOrWaRdS: 0068
            Call-ID: ws.1@torture
            Content-Length   : 8
            cseq: 0009
              INVITE
            Via  : SIP  /   2.0
             /UDP
                192.0.2.2;branch=z9
            s :
            NewFangledHeader:   new
             more;;,,;;,;
            UnknownHeaderWithUnusualValue: ;;,,;;,;
            Content-Type: application/sdp
            Route:
             <sip:services.torture.example;lr;unknownwith=value;unknown-no-value>
            v:  SIP  / 2.0  / TCP     spindle.torture.example   ;
              branch  =   z9hG4bK9  ,
             SIP  /    2.0   / UDP  192.168.255.111   ; branch=
             z9hG4bK3
            m:"Q \\"\\"" <sip:a@torture.example> ; newparam =
                  newvalue ;
              secondparam ; q = 0.33

            v=0
            x

            """),
        TortureCase(
            "intmeth", "3.1.1.2", .request("!interesting-Method0123456789_*+`.%indeed'~"),
            """
            !interesting-Method0123456789_*+`.%indeed'~ sip:1_un&u=s$a,l;pa?ss/word:pw&pw=pw$,@torture.example SIP/2.0
            \(rest("!interesting-Method0123456789_*+`.%indeed'~"))
            Content-Length: 0
            ext-%h!s_t*o`r'en~.+: \u{fb00}


            """),
        TortureCase(
            "esc01", "3.1.1.3", .request("INVITE"), body: 5,
            startLine: "INVITE sip:sips%3Aa%40torture.example@b.example SIP/2.0",
            headers: ["Contact: <sip:cal%6Cer@h.example;%6C%72;n%61me=v%61lue%25%34%31>"], description: "v=0\n"),
        TortureCase(
            "escnull", "3.1.1.4", .request("REGISTER"),
            """
            REGISTER sip:torture.example SIP/2.0
            \(rest("REGISTER"))
            Contact: <sip:%00@h.example>
            Contact: <sip:%00%00@h.example>
            L:0


            """),
        TortureCase(
            "esc02", "3.1.1.5", .request("RE%47IST%45R"),
            startLine: "RE%47IST%45R sip:torture.example SIP/2.0", via: "SIP/2.0/TCP h.example;branch=z9hG4bK209%fz",
            headers: ["Contact: <sip:a@h.example>", "C%6Fntact: <sip:b@h.example>"], lengthName: "l"),
        TortureCase(
            "lwsdisp", "3.1.1.6", .request("OPTIONS"), callID: "lws@torture", cseq: 60,
            """
            OPTIONS sip:b@torture.example SIP/2.0
            To: sip:b@torture.example
            From: a<sip:a@torture.example>;tag=323
            Max-Forwards: 70
            Call-ID: lws@torture
            CSeq: 60 OPTIONS
            Via: SIP/2.0/UDP h.example;branch=z9hG4bKk
            l: 0


            """),
        TortureCase(
            "longreq", "3.1.1.7", .request("INVITE"), callID: "long" + String(repeating: "I", count: 70) + "@torture",
            cseq: 3_882_340, body: 5,
            """
            INVITE sip:\(String(repeating: "u", count: 400))@torture.example SIP/2.0
            To: "\(String(repeating: "n", count: 900))" <sip:b@torture.example:6000;p\(String(repeating: "p", count: 300))=v;r>
            F: sip:\(String(repeating: "a", count: 600))@torture.example;tag=12982982982984;q\(String(repeating: "q", count: 300))=\(String(repeating: "w", count: 300))
            Call-ID: long\(String(repeating: "I", count: 70))@torture
            CSeq: 3882340 INVITE
            \(String(repeating: "Unknown", count: 20)): \(String(repeating: "value;", count: 200))
            Via: SIP/2.0/TCP sip33.torture.example
            v: SIP/2.0/TCP sip32.torture.example
            V: SIP/2.0/UDP sip31.torture.example;branch=\(String(repeating: "b", count: 800))
            Max-Forwards: 70
            Content-Type: application/sdp
            l: 5

            v=0

            """),
        TortureCase(
            "dblreq", "3.1.1.8", .request("REGISTER"), flags: [.bytesAfterBody], isClean: false,
            """
            REGISTER sip:torture.example SIP/2.0
            \(rest("REGISTER"))
            Content-Length: 0


            INVITE sip:b@torture.example SIP/2.0
            \(rest("INVITE"))
            Content-Length: 0


            """),
        TortureCase(
            "semiuri", "3.1.1.9", .request("OPTIONS"),
            startLine: "OPTIONS sip:user;par=u%40b.example@torture.example SIP/2.0",
            headers: ["Accept: application/sdp, application/pkcs7-mime"], lengthName: "l"),
        TortureCase(
            "transports", "3.1.1.10", .request("OPTIONS"),
            startLine: "OPTIONS sip:b@torture.example SIP/2.0",
            headers: [
                "Via: SIP/2.0/SCTP t2.torture.example;branch=z9hG4bKk2",
                "Via: SIP/2.0/TLS t3.torture.example;branch=z9hG4bKk3",
                "Via: SIP/2.0/UNKNOWN t4.torture.example;branch=z9hG4bKk4",
                "Via: SIP/2.0/TCP t5.torture.example;branch=z9hG4bKk5",
            ],
            lengthName: "l"),
        TortureCase(
            "mpart01", "3.1.1.11", .request("MESSAGE"), body: 70,
            bytes: wire(
                """
                MESSAGE sip:b@torture.example SIP/2.0
                \(rest("MESSAGE"))
                Content-Type: multipart/mixed;boundary=7a9c
                Content-Length: 70


                """) + wire("--7a9c\nContent-Transfer-Encoding: binary\n\n") + [0x30, 0x82, 0x00, 0x0d, 0x0a, 0xff]
                + wire("\nHello\n--7a9c--\n")),
        TortureCase(
            "unreason", "3.1.1.12", .response(200),
            startLine: "SIP/2.0 200 = 2**3 * 5**2 \u{43d}\u{43e} \u{441}\u{442}\u{43e}"),
        TortureCase(
            "noreason", "3.1.1.13", .response(100),
            startLine: "SIP/2.0 100\u{20}"),
    ]
}
