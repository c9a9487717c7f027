import TestSupport
import Testing

@testable import SIP

/// Nothing on the wire brings a parser down.
@Suite struct RobustnessTests {
    static let seeds: [[UInt8]] =
        [
            wire(invite),
            wire(
                """
                SIP/2.0 183 Session Progress
                v: SIP/2.0/TLS [2001:db8::1]:5061 ; branch = "z9\\"q" ; rport=5061;received=192.0.2.1, SIP/2.0/UDP x
                f: "A \\"q\\" <x>" <sip:%61lice:pw@[2001:db8::2]:5060;lr?x=y>;tag=1
                t: <tel:+49-30-(12)>;tag=2
                i: folded
                 call
                CSeq : 4294967295
                  INVITE
                m: *
                P-Preferred-Identity: sip:+49%2030@x
                c: multipart/mixed; boundary="b 1"
                l: 400

                --b 1
                Content-Type: multipart/alternative;boundary=c

                --c
                Content-Type: application/sdp

                v=0
                o=- 1 1 IN IP6 2001:db8::1
                c=IN IP6 2001:db8::1
                m=audio 4000/2 RTP/AVP 0 97
                a=rtpmap:97 opus/48000/2
                a=fmtp:97 x=1
                a=rtcp:4005 IN IP4 192.0.2.1
                a=candidate:1 1 UDP 1 192.0.2.4 50000 typ host
                a=ptime:20
                m=image 65535 udptl t38
                --c--
                --b 1--
                """),
        ]

    @Test(arguments: seeds.indices) func everyPrefixIsRead(index: Int) {
        let seed = Self.seeds[index]
        for length in 0...seed.count { exercise(Array(seed[..<length])) }
    }

    /// A cut message never gains a value: what it has is what the whole one has, or the beginning of the last line's.
    @Test(arguments: seeds.indices) func aPrefixHasNoOtherCallID(index: Int) throws {
        let seed = Self.seeds[index]
        let whole = try parse(seed)
        for length in 0...seed.count {
            let prefix = Array(seed[..<length])
            guard case .message(let message) = SIPMessage.parse(prefix.span, isCut: true) else { continue }
            let parsed = Parsed(bytes: prefix, message: message)
            // A folded line may go on behind the cut.
            let callID = parsed.text(message.callID) ?? ""
            #expect(callID.isEmpty || whole.text(whole.message.callID)?.hasPrefix(callID) == true)
            #expect(message.isTruncated || length == seed.count || message.body.count == whole.message.body.count)
        }
    }

    @Test(arguments: seeds.indices) func singleBytesOfAnyValueAreRead(index: Int) {
        let seed = Self.seeds[index]
        for position in stride(from: 0, to: seed.count, by: 5) {
            for value: UInt8 in [
                0, 9, 10, 13, 32, 34, 37, 42, 44, 45, 47, 58, 59, 60, 61, 62, 64, 91, 92, 93, 127, 255,
            ] {
                var changed = seed
                changed[position] = value
                exercise(changed)
            }
        }
    }

    @Test func mutatedMessagesAreRead() {
        var generator = SeededRandom(printedFor: "mutated messages")
        for _ in 0..<4_000 {
            var bytes = Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &generator)]
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: index)
                case 3: bytes.removeLast(bytes.count - 1 - index)
                default:
                    let end = Int.random(in: index..<bytes.count, using: &generator)
                    bytes.insert(contentsOf: bytes[index...end], at: Int.random(in: 0..<bytes.count, using: &generator))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            exercise(bytes)
        }
    }
}

/// Inputs that have broken other programs.
@Suite struct PeersInputsTests {
    private static let names = [
        "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length", "Content-Type", "Expires",
        "P-Asserted-Identity", "P-Preferred-Identity", "User-Agent", "Server", "Reason", "X-Call-ID", "Session-ID",
        "Warning", "Max-Forwards",
    ]

    @Test(arguments: names) func emptyAndOversizeValues(name: String) throws {
        let long = String(repeating: "a", count: 60_000)
        for value in [
            "", " ", ";", ",", "\"", "<", ">", "=", "\\", long, "\"" + long, "<" + long, long + ">", ";" + long,
        ] {
            let parsed = try parse("BYE sip:a@b SIP/2.0\n\(name):\(value)\nX-Last: kept\n\n")
            #expect(parsed.values("X-Last") == ["kept"])
            exercise(parsed.bytes)
        }
    }

    /// Long runs of one separator, where searching again from the beginning would take minutes.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [",", ";", "\"", "<", ">", "=", "\\", " ", "\r\n ", ":", "a,", "\",", "%", "--"])
    func longRunsOfSeparatorsAreLinear(text: String) throws {
        let run = String(repeating: text, count: 20_000 / text.utf8.count)
        for name in ["From", "Via", "P-Asserted-Identity", "Content-Type", "CSeq"] {
            let message = "BYE sip:\(run) SIP/2.0\r\n\(name): \(run)\r\n\r\n\(run)"
            exercise(Array(message.utf8))
        }
    }

    @Test func textualWarning() throws {
        let parsed = try parse("SIP/2.0 488 Not Acceptable Here\nWarning: something went wrong\nCall-ID: c\n\n")
        #expect(parsed.text(parsed.message.callID) == "c")
    }

    @Test func noCallIDIsStillAMessage() throws {
        let parsed = try parse("INVITE sip:a@b SIP/2.0\nCSeq: 1 INVITE\n\n")
        #expect(parsed.message.flags.contains(.missingCallID))
        #expect(parsed.message.method == .invite)
    }

    @Test(arguments: [
        "../../etc/passwd", "a...b", "a\u{0}b", String(repeating: "x", count: 2_000), "\u{7f}\u{1}", "ä",
        "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
    ])
    func oddCallIDsAreKeptAsWritten(id: String) throws {
        let parsed = try parse("BYE sip:a@b SIP/2.0\nCall-ID: \(id)\nCSeq: 1 BYE\n\n")
        #expect(parsed.text(parsed.message.callID) == id)
    }

    @Test func longCallIDsDifferAtTheirEnd() throws {
        let stem = String(repeating: "x", count: 100)
        let one = try parse("BYE sip:a@b SIP/2.0\nCall-ID: \(stem)1\n\n")
        let two = try parse("BYE sip:a@b SIP/2.0\nCall-ID: \(stem)2\n\n")
        #expect(one.text(one.message.callID) != two.text(two.message.callID))
    }

    @Test func sdpEndingInAnUnfinishedMediaLine() throws {
        for end in [
            "m=X", "m=", "m", "m=audio", "m=audio ", "m=audio 70000", "m=audio 70000 RTP/AVP 0", "a=rtcp:",
            "a=candidate:", "c=", "a=",
        ] {
            let parsed = try parse(
                "INVITE sip:a@b SIP/2.0\nContent-Type: application/sdp\n\nv=0\nc=IN IP4 192.0.2.1\n\(end)")
            var endpoints = SDPEndpoints()
            endpoints.collect(parsed.bytes.span.bytes(parsed.message.sessionDescription(in: parsed.bytes.span)))
            #expect(endpoints.items == [])
        }
    }

    @Test func telURIs() throws {
        let parsed = try parse("INVITE tel:+49301234 SIP/2.0\nFrom: <tel:+1-201-555;isub=1>;tag=x\nTo: tel:110\n\n")
        let from = NameAddress(parsed.bytes.span, in: parsed.message.from)
        #expect(parsed.text(SIPURI(parsed.bytes.span, in: from.uri).user) == "+1-201-555")
        #expect(parsed.text(parsed.message.fromTag) == "x")
        #expect(parsed.text(SIPURI(parsed.bytes.span, in: parsed.message.requestURI).user) == "+49301234")
    }
}
