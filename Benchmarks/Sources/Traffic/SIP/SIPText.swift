/// The text of SIP messages (RFC 3261).
extension CallScript {
    public func appendText(of message: MessagePlan, to text: inout [UInt8]) {
        appendStartLine(of: message, to: &text)
        appendVias(of: message, to: &text)
        if message.status == nil { text.append(text: "Max-Forwards: 70\r\n") }
        appendParty(name: "From: ", isCaller: message.byCaller, message: message, isTo: false, to: &text)
        appendParty(name: "To: ", isCaller: !message.byCaller, message: message, isTo: true, to: &text)
        text.append(text: "Call-ID: ")
        text.append(string: truth.callID)
        text.append(text: "\r\nCSeq: ")
        text.append(decimal: message.sequence)
        text.append(UInt8(ascii: " "))
        text.append(string: message.method.rawValue)
        text.append(text: "\r\n")
        appendOtherHeaders(of: message, to: &text)
        guard let session = message.session else {
            text.append(text: "Content-Length: 0\r\n\r\n")
            return
        }
        var body: [UInt8] = []
        sessions[session].appendText(sessionID: seed, to: &body)
        text.append(text: "Content-Type: application/sdp\r\nContent-Length: ")
        text.append(decimal: body.count)
        text.append(text: "\r\n\r\n")
        text.append(contentsOf: body)
    }

    private func appendStartLine(of message: MessagePlan, to text: inout [UInt8]) {
        if let status = message.status {
            text.append(text: "SIP/2.0 ")
            text.append(decimal: status)
            text.append(UInt8(ascii: " "))
            text.append(text: reasonPhrase(status))
        } else {
            text.append(string: message.method.rawValue)
            text.append(text: " sip:")
            text.append(string: message.byCaller ? truth.toUser : truth.fromUser)
            text.append(UInt8(ascii: "@"))
            if message.method == .invite, message.toTag == 0 || message.method == .cancel {
                text.append(text: "callee.example")
            } else {
                (message.byCaller ? callee : caller).appendText(to: &text)
            }
            text.append(text: " SIP/2.0")
        }
        text.append(text: "\r\n")
    }

    /// Responses carry the Vias of their request, so both are made from the request's sender.
    private func appendVias(of message: MessagePlan, to text: inout [UInt8]) {
        let requester = Int(message.status == nil ? message.sender : message.receiver)
        var hop = message.hop
        var host = requester
        while true {
            text.append(text: "Via: SIP/2.0/")
            text.append(text: truth.transport.viaName)
            hosts[host].appendText(to: &text)
            text.append(text: ";branch=z9hG4bK")
            text.append(hex: seed &* 0x9E37_79B9 &+ UInt64(message.branch), digits: 8)
            text.append(hex: UInt64(message.branch) << 4 | UInt64(hop), digits: 4)
            text.append(text: ";rport\r\n")
            guard hop > 0 else { break }
            hop -= 1
            host += message.byCaller ? -1 : 1
        }
    }

    private func appendParty(
        name: StaticString, isCaller: Bool, message: MessagePlan, isTo: Bool, to text: inout [UInt8]
    ) {
        text.append(text: name)
        text.append(text: isCaller ? "\"Caller\" <sip:" : "<sip:")
        text.append(string: isCaller ? truth.fromUser : truth.toUser)
        text.append(text: isCaller ? "@caller.example>" : "@callee.example>")
        if isCaller {
            text.append(text: ";tag=")
            text.append(string: truth.fromTag)
        } else if message.toTag > 0 || !isTo {
            text.append(text: ";tag=")
            text.append(string: tagText(max(1, message.toTag)))
        }
        text.append(text: "\r\n")
    }

    /// The callee's tag of a fork.
    public func tagText(_ number: UInt8) -> String {
        var text: [UInt8] = []
        text.append(hex: seed &* (0x2545_F491_4F6C_DD1D &+ UInt64(number) * 2), digits: 10)
        return String(decoding: text, as: UTF8.self)
    }

    private func appendOtherHeaders(of message: MessagePlan, to text: inout [UInt8]) {
        let fromCaller = (message.status == nil) == message.byCaller
        if message.method == .invite, message.status ?? 200 > 100, message.status ?? 200 < 300 {
            text.append(text: "Contact: <sip:")
            text.append(string: fromCaller ? truth.fromUser : truth.toUser)
            text.append(UInt8(ascii: "@"))
            (fromCaller ? caller : callee).appendText(to: &text)
            text.append(text: truth.transport.uriParameter)
            text.append(text: "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\nSupported: timer, replaces\r\n")
        }
        text.append(text: fromCaller ? "User-Agent: lcgen caller\r\n" : "User-Agent: lcgen callee\r\n")
        switch message.extra {
        case .none: break
        case .challenge:
            text.append(text: message.status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate")
            text.append(text: ": Digest realm=\"callee.example\", nonce=\"")
            text.append(hex: seed, digits: 16)
            text.append(text: "\", algorithm=MD5, qop=\"auth\"\r\n")
        case .credentials:
            text.append(text: "Authorization: Digest username=\"caller\", realm=\"callee.example\", nonce=\"")
            text.append(hex: seed, digits: 16)
            text.append(text: "\", uri=\"sip:callee.example\", response=\"00112233445566778899aabbccddeeff\"\r\n")
        case .redirectContact:
            text.append(text: "Contact: <sip:")
            text.append(string: truth.toUser)
            text.append(text: "@elsewhere.example>;q=0.7\r\n")
        case .padding:
            for number in 0..<24 {
                text.append(text: "Record-Route: <sip:proxy")
                text.append(decimal: number)
                text.append(text: ".carrier.example:5060;lr;transport=udp;node=0123456789abcdefghijklmnop>\r\n")
            }
        }
    }

    private func reasonPhrase(_ status: Int) -> StaticString {
        switch status {
        case 100: "Trying"
        case 180: "Ringing"
        case 183: "Session Progress"
        case 200: "OK"
        case 302: "Moved Temporarily"
        case 401: "Unauthorized"
        case 404: "Not Found"
        case 407: "Proxy Authentication Required"
        case 481: "Call/Transaction Does Not Exist"
        case 486: "Busy Here"
        case 487: "Request Terminated"
        case 503: "Service Unavailable"
        default: "Response"
        }
    }
}

extension SIPTransport {
    /// In a Via (RFC 3261 section 20.42, RFC 4168 section 4, RFC 7118 section 5.2), with the space behind it.
    fileprivate var viaName: StaticString {
        switch self {
        case .udp: "UDP "
        case .tcp: "TCP "
        case .ws: "WS "
        case .sctp: "SCTP "
        }
    }

    /// Behind a Contact's address, with the end of the line.
    fileprivate var uriParameter: StaticString {
        switch self {
        case .udp: ">\r\n"
        case .tcp: ";transport=tcp>\r\n"
        case .ws: ";transport=ws>\r\n"
        case .sctp: ";transport=sctp>\r\n"
        }
    }
}
