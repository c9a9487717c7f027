import PacketDecoding
import Reassembly

/// An SCTP association between two endpoints, as the tracker knows it. Several addresses of one host are several of these.
struct Association {
    /// By direction: 0 runs from the endpoint that compares lower to the other.
    var streams: InlineArray<2, SCTPStreams> = [SCTPStreams(), SCTPStreams()]
    /// What each side's packets must carry; another one is another association between the same endpoints.
    var verificationTags: InlineArray<2, UInt32> = [0, 0]
    var lastSeen: Int64
    /// It has shown a SIP start line.
    var isSIP = false
    /// Packets seen before it had.
    var undecidedPackets: UInt64 = 0
}

/// SCTP associations within their bound. SIP over SCTP is rare and other SCTP is not, so an association is remembered only
/// once it begins or shows SIP.
struct AssociationTable {
    struct Key: Hashable {
        var low: Endpoint
        var high: Endpoint
    }

    static let maxAssociations = 4096
    /// Without a packet for this long it is forgotten, nanoseconds.
    static let idleTimeout: Int64 = 300_000_000_000
    /// How long fragments wait for the others of their message, nanoseconds.
    static let fragmentTimeout: Int64 = 30_000_000_000

    var associations: [Key: Association] = [:]

    /// Those that have been idle longest, when there is no room: a quarter at once, so that a flood does not look for
    /// one with every packet.
    func idlest() -> [Key] {
        let ordered = associations.sorted { $0.value.lastSeen < $1.value.lastSeen }
        return ordered.prefix(AssociationTable.maxAssociations / 4).map(\.key)
    }

    func idle(since time: Int64) -> [Key] { associations.filter { $0.value.lastSeen < time }.map(\.key) }
}
