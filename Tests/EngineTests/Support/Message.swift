/// A SIP message of a call, as text.
struct Message {
    var callID: String
    var text: String

    static func request(
        _ method: String, _ callID: String, cseq: Int = 1, toTag: String? = nil, branch: String? = nil,
        sdp: String? = nil,
        fromTag: String = "caller", user: String = "bob", from: String = "alice", cseqMethod: String? = nil,
        extra: String = ""
    ) -> Message {
        let to = toTag.map { ";tag=" + $0 } ?? ""
        return make(
            callID, "\(method) sip:\(user)@b.example SIP/2.0", branch ?? "\(method)\(cseq)",
            "<sip:\(from)@a.example>;tag=\(fromTag)",
            "<sip:\(user)@b.example>\(to)", cseq, cseqMethod ?? method, sdp, extra)
    }

    static func response(
        _ status: Int, _ method: String, _ callID: String, cseq: Int = 1, toTag: String? = "callee",
        branch: String? = nil, sdp: String? = nil, fromTag: String = "caller", user: String = "bob",
        reason: String = "Reason"
    ) -> Message {
        let to = toTag.map { ";tag=" + $0 } ?? ""
        return make(
            callID, "SIP/2.0 \(status) \(reason)", branch ?? "\(method)\(cseq)", "<sip:alice@a.example>;tag=\(fromTag)",
            "<sip:\(user)@b.example>\(to)", cseq, method, sdp, "")
    }

    /// The first message of a call that offers to talk at 198.18.0.1.
    static func invite(_ id: String, extra: String = "") -> Message {
        .request("INVITE", id, sdp: sdp(Peer("198.18.0.1", 10_000)), extra: extra)
    }

    var bytes: [UInt8] { Array(text.utf8) }

    private static func make(
        _ callID: String, _ line: String, _ branch: String, _ from: String, _ to: String, _ cseq: Int, _ method: String,
        _ sdp: String?, _ extra: String
    ) -> Message {
        let body = sdp ?? ""
        let type = sdp == nil ? "" : "Content-Type: application/sdp\r\n"
        return Message(
            callID: callID,
            text:
                "\(line)\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK\(callID)\(branch)\r\nFrom: \(from)\r\nTo: \(to)\r\n"
                + "Call-ID: \(callID)\r\nCSeq: \(cseq) \(method)\r\n\(extra)\(type)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    static func sdp(_ media: Peer, direction: String = "sendrecv", formats: String = "0") -> String {
        "v=0\r\no=- 1 1 IN IP4 \(media.address)\r\ns=-\r\nc=IN IP4 \(media.address)\r\nt=0 0\r\n"
            + "m=audio \(media.port) RTP/AVP \(formats)\r\na=\(direction)\r\n"
    }
}

/// The two ends of a call: where they signal and where their media is.
struct Call {
    var id: String
    var caller = Peer("198.18.0.1", 5060)
    var callee = Peer("198.18.0.2", 5060)
    var callerMedia = Peer("198.18.0.1", 10_000)
    var calleeMedia = Peer("198.18.0.2", 20_000)

    /// Calls that share no address but the callee's for signalling: `c1`, `c2` …
    static func several(_ numbers: ClosedRange<Int>) -> [Call] {
        numbers.map { number in
            Call(
                id: "c\(number)", caller: Peer("198.18.1.\(number)", 5060),
                callerMedia: Peer("198.18.1.\(number)", 10_000), calleeMedia: Peer("198.18.2.\(number)", 20_000))
        }
    }

    /// All of a call: set up from `time` on, talking from the first second, hung up at the third.
    func whole(_ scenario: inout Scenario, at time: Double, packets: Int) {
        setUp(&scenario, at: time)
        talk(&scenario, from: time + 1, packets: packets)
        hangUp(&scenario, at: time + 3)
    }

    /// A capture of nothing but the whole call.
    func alone(packets: Int) -> Scenario {
        var scenario = Scenario()
        whole(&scenario, at: 0, packets: packets)
        return scenario
    }

    /// INVITE, 180, 200, ACK from `time` on, 100 ms apart.
    func setUp(_ scenario: inout Scenario, at time: Double) {
        scenario.sip(time, .request("INVITE", id, sdp: Message.sdp(callerMedia)), caller, callee)
        scenario.sip(time + 0.1, .response(180, "INVITE", id), callee, caller)
        scenario.sip(time + 0.2, .response(200, "INVITE", id, sdp: Message.sdp(calleeMedia)), callee, caller)
        scenario.sip(time + 0.3, .request("ACK", id, toTag: "callee"), caller, callee)
    }

    /// BYE by the caller and its 200, 10 ms apart.
    func hangUp(_ scenario: inout Scenario, at time: Double) {
        scenario.sip(time, .request("BYE", id, cseq: 2, toTag: "callee"), caller, callee)
        scenario.sip(time + 0.01, .response(200, "BYE", id, cseq: 2), callee, caller)
    }

    /// RTP both ways, one packet each 20 ms.
    func talk(_ scenario: inout Scenario, from: Double, packets: Int, in calls: [String]? = nil) {
        for index in 0..<packets {
            let time = from + Double(index) * 0.02
            scenario.rtp(
                time, callerMedia, calleeMedia, sequence: UInt16(index), ssrc: 0xaaaa_0001, in: calls ?? [id])
            scenario.rtp(
                time + 0.001, calleeMedia, callerMedia, sequence: UInt16(index), ssrc: 0xbbbb_0001, in: calls ?? [id])
        }
    }
}
