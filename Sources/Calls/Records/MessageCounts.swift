/// A number with its name, in a list whose order is the order of the output.
public struct NamedCount: Equatable, Sendable {
    public var name: String
    public var count: UInt64

    public init(_ name: String, _ count: UInt64) {
        self.name = name
        self.count = count
    }
}

/// SIP messages by method and by status code.
public struct MessageCounts: Equatable, Sendable {
    /// How many different methods, status codes or transports are told apart; what comes later counts in the total only.
    public static let distinctLimit = 256
    /// Room made at once: INVITE, ACK and BYE, or 100, 180 and 200.
    private static let usual = 3

    public var total: UInt64 = 0
    /// Requests, in the order in which the methods appeared.
    public private(set) var methods: [NamedCount] = []
    /// Responses, ascending.
    public private(set) var statuses: [(code: UInt16, count: UInt64)] = []
    /// In the order in which they appeared; used by the summary.
    public private(set) var transports: [NamedCount] = []

    public init() {}

    public mutating func count(method: String, times: UInt64 = 1) {
        total &+= times
        MessageCounts.add(method, times, to: &methods)
    }

    public mutating func count(status: UInt16, times: UInt64 = 1) {
        total &+= times
        let index = statuses.firstIndex { $0.code >= status } ?? statuses.count
        if index < statuses.count, statuses[index].code == status {
            statuses[index].count &+= times
        } else if statuses.count < MessageCounts.distinctLimit {
            if statuses.isEmpty { statuses.reserveCapacity(MessageCounts.usual) }
            statuses.insert((status, times), at: index)
        }
    }

    /// Leaves the total alone: every message has a method or a status as well.
    public mutating func count(transport: String, times: UInt64 = 1) {
        MessageCounts.add(transport, times, to: &transports)
    }

    /// Adds the counts of a worker or a call.
    public mutating func add(_ other: MessageCounts) {
        let sum = total &+ other.total
        for method in other.methods { count(method: method.name, times: method.count) }
        for status in other.statuses { count(status: status.code, times: status.count) }
        for transport in other.transports { count(transport: transport.name, times: transport.count) }
        total = sum
    }

    private static func add(_ name: String, _ times: UInt64, to counts: inout [NamedCount]) {
        if let index = counts.firstIndex(where: { $0.name == name }) {
            counts[index].count &+= times
        } else if counts.count < distinctLimit {
            if counts.isEmpty { counts.reserveCapacity(usual) }
            counts.append(NamedCount(name, times))
        }
    }

    public static func == (left: MessageCounts, right: MessageCounts) -> Bool {
        left.total == right.total && left.methods == right.methods && left.transports == right.transports
            && left.statuses.elementsEqual(right.statuses) { $0.code == $1.code && $0.count == $1.count }
    }
}
