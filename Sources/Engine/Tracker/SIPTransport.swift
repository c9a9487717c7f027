import PacketDecoding

/// What carried a SIP message.
enum SIPTransport: UInt8, Sendable, CaseIterable {
    case udp, tcp, ws, sctp

    var name: String {
        switch self {
        case .udp: "udp"
        case .tcp: "tcp"
        case .ws: "ws"
        case .sctp: "sctp"
        }
    }

    /// What a capture agent says of it: TLS and WebSocket are TCP to HEP.
    init(ipProtocol: UInt8) {
        switch ipProtocol {
        case IPProtocol.tcp: self = .tcp
        case SCTPHeader.ipProtocol: self = .sctp
        default: self = .udp
        }
    }
}
