/// What is sent at a sniffer to use up its memory or its time. Ordinary calls go on beside it.
public enum Attack: String, CaseIterable, Sendable {
    /// INVITEs of ever new Call-IDs that nobody answers, each with its session description.
    case invites
    /// Such INVITEs, each refused by the server and acknowledged.
    case rejected
    /// OPTIONS and REGISTER of ever new Call-IDs.
    case registers
    /// TCP connections with the first segment of a message and then only segments behind a hole.
    case holes
    /// First and middle fragments of IPv4 datagrams whose rest never comes.
    case fragments
    /// The same with IPv6.
    case fragments6
    /// Header sections without end and bodies of a megabyte over TCP.
    case giants
    /// Media flows that fall into one place of a hash table whose seed is 0.
    case collisions
    /// A media flow for every packet; a million packets are a million flows.
    case flows
    /// Messages a byte at a time on many connections, none ever complete.
    case bytes
    /// REGISTER and OPTIONS inside of 8 to 40 carriers of all kinds, some of whose packets are fragmented at every level.
    case tunnels

    public var summary: String {
        switch self {
        case .invites: "INVITEs of new Call-IDs, never answered"
        case .rejected: "INVITEs of new Call-IDs, each refused and acknowledged"
        case .registers: "REGISTER and OPTIONS of new Call-IDs"
        case .holes: "SIP over TCP, half a message and segments behind a hole"
        case .fragments: "IPv4 fragments that never complete"
        case .fragments6: "IPv6 fragments that never complete"
        case .giants: "header sections without end and huge bodies over TCP"
        case .collisions: "media flows of one hash under a known seed"
        case .flows: "a new media flow with every packet, of no call"
        case .bytes: "SIP over TCP a byte at a time, never complete"
        case .tunnels: "REGISTER and OPTIONS in up to 40 tunnels in one another, some in fragments"
        }
    }

    /// What their Call-IDs begin with.
    public static let callIDPrefix = "attack-"
}
