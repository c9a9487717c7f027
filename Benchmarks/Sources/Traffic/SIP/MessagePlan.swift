/// One SIP message to be sent: small, because the text is made only when it leaves.
public struct MessagePlan: Sendable {
    /// What the message carries beyond the usual headers.
    public enum Extra: Sendable {
        case none
        case challenge
        case credentials
        case redirectContact
        /// Headers that make the message larger than an Ethernet frame.
        case padding
    }

    public var time: UInt64
    public var method: SIPMethod
    /// Nil for a request.
    public var status: Int?
    public var sequence: UInt32
    /// Distinguishes the transactions of a call; the text of the branch is made from it and `hop`.
    public var branch: UInt32
    /// Whether the caller began the transaction (and so stands in From).
    public var byCaller: Bool
    /// Places in the call's `hosts`.
    public var sender: UInt8
    public var receiver: UInt8
    /// 0: no tag yet; above: which of the forks' tags.
    public var toTag: UInt8 = 0
    /// Place in the call's `sessions`.
    public var session: Int?
    /// Which hop of the path: a proxy puts its own Via on top.
    public var hop: UInt8 = 0
    public var extra = Extra.none
    public var isRetransmission = false
    /// The same event seen again on another hop.
    public var isRelayed = false
    /// Part of the exchange that ends the call.
    public var marksEnd = false

    public init(
        time: UInt64, method: SIPMethod, status: Int?, sequence: UInt32, branch: UInt32, byCaller: Bool,
        sender: UInt8, receiver: UInt8
    ) {
        (self.time, self.method, self.status, self.sequence) = (time, method, status, sequence)
        (self.branch, self.byCaller, self.sender, self.receiver) = (branch, byCaller, sender, receiver)
    }
}

/// What an SDP body says (RFC 8866).
public struct SessionPlan: Sendable {
    public var media: Endpoint
    public var codecs: [Codec]
    public var direction: StaticString = "sendrecv"
    /// The old way of holding: connection address 0.0.0.0 (RFC 2543).
    public var holdsByZeroAddress = false
    public var telephoneEvents = false
    public var version: UInt32 = 1

    public init(media: Endpoint, codecs: [Codec]) { (self.media, self.codecs) = (media, codecs) }
}

/// One call: who takes part, what is said, and the truth about it.
public final class CallScript {
    public let truth: CallTruth
    /// Signalling endpoints along the path, caller first, callee last.
    public var hosts: [Endpoint]
    public var sessions: [SessionPlan] = []
    public var messages: [MessagePlan] = []
    public var vlans: [UInt16] = []
    /// Every packet is seen twice.
    public var copied = false
    public var fragmentation = Fragmentation.none
    /// What the caller writes in Contact, when it is not the address it is seen from.
    public var callerContact: Endpoint?
    public var tags: [UInt64] = []
    public let seed: UInt64

    public enum Fragmentation: Sendable { case none, inOrder, reversed, duplicated }

    public init(truth: CallTruth, hosts: [Endpoint], seed: UInt64) {
        (self.truth, self.hosts, self.seed) = (truth, hosts, seed)
    }

    var caller: Endpoint { callerContact ?? hosts[0] }
    var callee: Endpoint { hosts[hosts.count - 1] }
}
