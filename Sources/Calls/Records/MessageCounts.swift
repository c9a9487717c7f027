import SIP
import Tables

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
///
/// Of a call they are counted where the call lies, and taken apart only for who writes them.
public struct MessageCounts: Sendable {
    /// How many different methods, status codes or transports are told apart; what comes later counts in the total only.
    public static let distinctLimit = 256

    /// A kind of message and how many there were, in one word.
    private struct Kind: BitwiseCopyable {
        /// A status code, or `method` and a method's number, or `other` and a place in `others`.
        static let method: UInt64 = 1 << 16
        static let other: UInt64 = 1 << 17

        private var word: UInt64
        /// Of the word, for the count.
        private static let bits: UInt64 = 44

        init(_ code: UInt64, times: UInt64) { word = code << Kind.bits | times }

        var code: UInt64 { word >> Kind.bits }
        var count: UInt64 { word & (1 << Kind.bits - 1) }
        var isStatus: Bool { code < Kind.method }
        /// A status code, a method's number, a place in `others`.
        var number: Int { Int(truncatingIfNeeded: code & 0xffff) }

        mutating func add(_ times: UInt64) { word &+= times }
    }

    public private(set) var total: UInt64 = 0
    /// In the order in which they appeared. INVITE, ACK, BYE, 100, 180 and 200 are the usual ones.
    private var kinds = ShortList<6, Kind>(filler: Kind(0, times: 0))
    /// Methods without a name in `Method`.
    private var others: [String] = []
    /// In the order in which they appeared; used by the summary.
    public private(set) var transports: [NamedCount] = []

    public init() {}

    public mutating func count(_ message: SIPMessage, _ bytes: Span<UInt8>) {
        if message.kind == .response {
            count(status: message.statusCode)
        } else if message.method != .other {
            count(method: message.method)
        } else {
            count(method: message.methodRange.string(in: bytes))
        }
    }

    /// - Parameter method: none that is `other`.
    public mutating func count(method: Method, times: UInt64 = 1) {
        total &+= times
        add(Kind.method | UInt64(method.rawValue), times)
    }

    public mutating func count(method: String, times: UInt64 = 1) {
        let known = Method(method.utf8Span.span)
        if known != .other { return count(method: known, times: times) }
        total &+= times
        if let place = others.firstIndex(of: method) {
            add(Kind.other | UInt64(truncatingIfNeeded: place), times)
        } else if add(Kind.other | UInt64(truncatingIfNeeded: others.count), times) {
            others.append(method)
        }
    }

    public mutating func count(status: UInt16, times: UInt64 = 1) {
        total &+= times
        add(UInt64(status), times)
    }

    /// Leaves the total alone: every message has a method or a status as well.
    public mutating func count(transport: String, times: UInt64 = 1) {
        if let index = transports.firstIndex(where: { $0.name == transport }) {
            transports[index].count &+= times
        } else if transports.count < MessageCounts.distinctLimit {
            transports.append(NamedCount(transport, times))
        }
    }

    /// False if there are too many kinds for it.
    @discardableResult
    private mutating func add(_ code: UInt64, _ times: UInt64) -> Bool {
        for index in kinds.indices where kinds[index].code == code {
            kinds[index].add(times)
            return true
        }
        let new = Kind(code, times: times)
        guard kinds.count < MessageCounts.distinctLimit || hasRoom(for: new) else { return false }
        kinds.append(new)
        return true
    }

    private func hasRoom(for new: Kind) -> Bool {
        kinds.count { $0.isStatus == new.isStatus } < MessageCounts.distinctLimit
    }

    // MARK: For who writes them

    /// Requests, in the order in which the methods appeared.
    public func forEachMethod(_ body: (_ name: String, _ count: UInt64) -> Void) {
        for index in kinds.indices where !kinds[index].isStatus {
            let number = kinds[index].number
            let isOther = kinds[index].code >= Kind.other
            let method = Method(rawValue: UInt8(truncatingIfNeeded: number))
            body(isOther ? others[number] : method?.name ?? "other", kinds[index].count)
        }
    }

    /// Responses, ascending.
    public func forEachStatus(_ body: (_ code: UInt16, _ count: UInt64) -> Void) {
        var last = -1
        while let next = leastStatus(above: last) {
            body(UInt16(truncatingIfNeeded: next.number), next.count)
            last = next.number
        }
    }

    /// There are few, so that to look at all for each costs less than a list in order.
    private func leastStatus(above last: Int) -> Kind? {
        var least: Kind?
        for index in kinds.indices where kinds[index].isStatus && kinds[index].number > last {
            if let least, least.number < kinds[index].number { continue }
            least = kinds[index]
        }
        return least
    }

    public var methods: [NamedCount] {
        var list: [NamedCount] = []
        forEachMethod { list.append(NamedCount($0, $1)) }
        return list
    }

    public var statuses: [(code: UInt16, count: UInt64)] {
        var list: [(code: UInt16, count: UInt64)] = []
        forEachStatus { list.append(($0, $1)) }
        return list
    }
}

extension MessageCounts: Equatable {
    public static func == (left: MessageCounts, right: MessageCounts) -> Bool {
        left.total == right.total && left.methods == right.methods && left.transports == right.transports
            && left.statuses.elementsEqual(right.statuses) { $0.code == $1.code && $0.count == $1.count }
    }
}
