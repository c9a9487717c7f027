/// What a captured packet turned out to be; every packet has exactly one class.
///
/// The order is that of the output. Packets refused by a limit are counted by the limit's name, with
/// `PacketLedger.countRefused`.
@frozen
public enum PacketClass: UInt8, CaseIterable, Sendable {
    case sip
    /// A TCP segment without payload on a SIP connection.
    case sipTransport
    /// TCP whose protocol cannot be told.
    case tcpUnresolved
    case rtp, rtcp
    /// STUN, DTLS, T.38 … of a media endpoint.
    case otherVoIP
    case notVoIP
    /// Part of a datagram that was reassembled.
    case fragment
    case fragmentIncomplete
    case malformedLink, malformedIP, malformedTransport
    /// Live: dropped between capture thread and decoding.
    case queueDropped
}

/// Whose a captured packet is; the second breakdown, with the same sum.
@frozen
public enum PacketOwnership: UInt8, CaseIterable, Sendable {
    case inCall, noCall
    /// Of a call that `-u` left out.
    case notSelected
}

/// Accounts for every captured packet twice: by class and by owner.
///
/// The three numbers of a packet are counted where each is known, so that the balance means something: captured by the
/// source, the class by the tracker, the owner by whoever decides it. Ledgers of several threads are merged.
public struct PacketLedger: Equatable, Sendable {
    public static let refusedLimitCount = 64

    public private(set) var captured: UInt64 = 0
    /// Read from the device, not part of `captured`.
    public var kernelDropped: UInt64 = 0
    public var interfaceDropped: UInt64 = 0
    /// By the limit's name, in the order in which the limits first refused something.
    public private(set) var refused: [NamedCount] = []

    @usableFromInline var classes = InlineArray<13, UInt64>(repeating: 0)
    @usableFromInline var ownerships = InlineArray<3, UInt64>(repeating: 0)

    public init() {}

    public mutating func countCaptured(_ packets: UInt64 = 1) { captured &+= packets }

    @inlinable
    public mutating func count(_ class: PacketClass, _ packets: UInt64 = 1) {
        classes[Int(`class`.rawValue)] &+= packets
    }

    @inlinable
    public mutating func count(_ ownership: PacketOwnership, _ packets: UInt64 = 1) {
        ownerships[Int(ownership.rawValue)] &+= packets
    }

    /// A packet becomes something else, as a fragment does when its datagram never completes.
    public mutating func move(_ packets: UInt64 = 1, from old: PacketClass, to new: PacketClass) {
        classes[Int(old.rawValue)] &-= packets
        classes[Int(new.rawValue)] &+= packets
    }

    /// A packet that was counted for this owner belongs to somebody else, who is to be counted next.
    public mutating func withdraw(_ ownership: PacketOwnership) { ownerships[Int(ownership.rawValue)] &-= 1 }

    /// The packet's class is the limit that refused it.
    public mutating func countRefused(by limit: String, _ packets: UInt64 = 1) {
        if let index = refused.firstIndex(where: { $0.name == limit }) {
            refused[index].count &+= packets
        } else if refused.count < PacketLedger.refusedLimitCount {
            refused.append(NamedCount(limit, packets))
        } else {
            // There are not that many limits; should there be, the sum has to stay right.
            refused[refused.count - 1].count &+= packets
        }
    }

    public mutating func merge(_ other: PacketLedger) {
        captured &+= other.captured
        kernelDropped &+= other.kernelDropped
        interfaceDropped &+= other.interfaceDropped
        for index in PacketClass.allCases { count(index, other[index]) }
        for index in PacketOwnership.allCases { count(index, other[index]) }
        for limit in other.refused { countRefused(by: limit.name, limit.count) }
    }

    public subscript(class: PacketClass) -> UInt64 { classes[Int(`class`.rawValue)] }
    public subscript(ownership: PacketOwnership) -> UInt64 { ownerships[Int(ownership.rawValue)] }

    public var sumOfClasses: UInt64 {
        PacketClass.allCases.reduce(0) { $0 &+ self[$1] } &+ refused.reduce(0) { $0 &+ $1.count }
    }

    public var sumOfOwnerships: UInt64 { PacketOwnership.allCases.reduce(0) { $0 &+ self[$1] } }

    /// nil when captured = Σ classes = Σ ownership.
    public func check() -> LedgerImbalance? {
        let imbalance = LedgerImbalance(
            captured: captured, sumOfClasses: sumOfClasses, sumOfOwnerships: sumOfOwnerships)
        return imbalance.captured == imbalance.sumOfClasses && imbalance.captured == imbalance.sumOfOwnerships
            ? nil : imbalance
    }

    public static func == (left: PacketLedger, right: PacketLedger) -> Bool {
        left.captured == right.captured && left.kernelDropped == right.kernelDropped
            && left.interfaceDropped == right.interfaceDropped && left.refused == right.refused
            && PacketClass.allCases.allSatisfy { left[$0] == right[$0] }
            && PacketOwnership.allCases.allSatisfy { left[$0] == right[$0] }
    }
}

/// Three sums that should be one: a defect of ours, to be reported at the end of the run.
public struct LedgerImbalance: Error, Equatable, Sendable {
    public var captured: UInt64
    public var sumOfClasses: UInt64
    public var sumOfOwnerships: UInt64
}
