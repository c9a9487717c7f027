import Calls
import SIP
import Tables

/// How many messages of each kind a call has had, where the call lies: looked at for every message, and taken apart once, for the
/// record.
struct MessageTally {
    private struct Kind: BitwiseCopyable {
        /// A status code, or `method` and a method's number, or `other` and a place in `others`.
        var code: UInt32
        var count: UInt32

        static let method: UInt32 = 1 << 16
        static let other: UInt32 = 1 << 17
    }

    private var total: UInt64 = 0
    /// In the order in which they appeared. INVITE, ACK, BYE, 100, 180 and 200 are the usual ones.
    private var kinds = ShortList<6, Kind>(filler: Kind(code: 0, count: 0))
    /// Methods without a name in `Method`.
    private var others: [String] = []

    mutating func count(_ message: SIPMessage, _ bytes: Span<UInt8>) {
        total &+= 1
        if message.kind == .response {
            count(UInt32(message.statusCode))
        } else if message.method != .other {
            count(Kind.method | UInt32(message.method.rawValue))
        } else {
            countOther(message.methodRange.string(in: bytes))
        }
    }

    private mutating func count(_ code: UInt32) {
        for index in kinds.indices where kinds[index].code == code {
            kinds[index].count &+= 1
            return
        }
        kinds.append(Kind(code: code, count: 1))
    }

    private mutating func countOther(_ name: String) {
        if let known = others.firstIndex(of: name) {
            count(Kind.other | UInt32(truncatingIfNeeded: known))
        } else if others.count < MessageCounts.distinctLimit {
            others.append(name)
            count(Kind.other | UInt32(truncatingIfNeeded: others.count - 1))
        }
    }

    /// For the record.
    var counts: MessageCounts {
        var counts = MessageCounts()
        for index in kinds.indices {
            let (code, times) = (kinds[index].code, UInt64(kinds[index].count))
            let number = Int(code & 0xffff)
            if code >= Kind.other {
                counts.count(method: others[number], times: times)
            } else if code >= Kind.method {
                counts.count(method: Method(rawValue: UInt8(truncatingIfNeeded: number))?.name ?? "other", times: times)
            } else {
                counts.count(status: UInt16(truncatingIfNeeded: code), times: times)
            }
        }
        counts.total = total
        return counts
    }
}
