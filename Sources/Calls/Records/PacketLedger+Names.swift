extension PacketClass {
    /// The name in the output; the malformed layers are keys of an object of their own in JSON.
    public var name: String {
        switch self {
        case .sip: "sip"
        case .sipTransport: "sip_transport"
        case .tcpUnresolved: "tcp_unresolved"
        case .rtp: "rtp"
        case .rtcp: "rtcp"
        case .otherVoIP: "other_voip"
        case .notVoIP: "not_voip"
        case .fragment: "fragment"
        case .fragmentIncomplete: "fragment_incomplete"
        case .malformedLink: "malformed_link"
        case .malformedIP: "malformed_ip"
        case .malformedTransport: "malformed_transport"
        case .queueDropped: "queue_dropped"
        }
    }
}

extension PacketOwnership {
    public var name: String {
        switch self {
        case .inCall: "in_call"
        case .noCall: "no_call"
        case .notSelected: "not_selected"
        }
    }
}
