/// SIP methods that we send.
public enum SIPMethod: String, CaseIterable, Sendable {
    case invite = "INVITE"
    case ack = "ACK"
    case bye = "BYE"
    case cancel = "CANCEL"
    case options = "OPTIONS"
    case register = "REGISTER"
}

public enum SIPTransport: String, Sendable { case udp, tcp, ws, sctp }

/// What counts about one message, copies left out.
public struct SIPMessageFacts: Sendable {
    public var method: SIPMethod
    /// Nil for a request.
    public var status: Int?
    public var transport: SIPTransport
}

/// Messages by method (requests) and status (responses).
struct MessageCounts {
    private(set) var total = 0
    private(set) var methods: [(SIPMethod, Int)] = []
    private(set) var statuses: [(Int, Int)] = []
    private(set) var transports: [(SIPTransport, Int)] = []

    mutating func count(_ message: SIPMessageFacts) {
        total += 1
        if let place = transports.firstIndex(where: { $0.0 == message.transport }) {
            transports[place].1 += 1
        } else {
            transports.append((message.transport, 1))
        }
        if let status = message.status {
            if let place = statuses.firstIndex(where: { $0.0 == status }) {
                statuses[place].1 += 1
            } else {
                statuses.append((status, 1))
            }
        } else if let place = methods.firstIndex(where: { $0.0 == message.method }) {
            methods[place].1 += 1
        } else {
            methods.append((message.method, 1))
        }
    }

    func write(to json: inout JSONText, transports: Bool = false) {
        json.key("sip_messages")
        json.open("{")
        json.key("total")
        json.number(total)
        json.key("methods")
        json.open("{")
        for (method, count) in methods {
            json.key(method.rawValue)
            json.number(count)
        }
        json.close("}")
        json.key("statuses")
        json.open("{")
        for (status, count) in statuses.sorted(by: { $0.0 < $1.0 }) {
            json.key("\(status)")
            json.number(count)
        }
        json.close("}")
        if transports {
            json.key("transports")
            json.open("{")
            for (transport, count) in self.transports {
                json.key(transport.rawValue)
                json.number(count)
            }
            json.close("}")
        }
        json.close("}")
    }
}
