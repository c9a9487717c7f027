import Calls
import PacketDecoding
import SIP

/// The SIP messages of a run by method, status and transport, and how many different Call-IDs there were.
struct SIPCounts {
    private var methods = Array(repeating: UInt64(0), count: Method.allCases.count)
    private var otherMethods: [[UInt8]: UInt64] = [:]
    private var statuses = Array(repeating: UInt64(0), count: 1000)
    private var transports = Array(repeating: UInt64(0), count: SIPTransport.allCases.count)
    private var callIDs: Set<UInt64> = []
    private(set) var callIDsRefused: UInt64 = 0

    /// Unknown methods told apart.
    static let maxOtherMethods = 64
    /// Call-IDs told apart; more count in `call_ids_refused`.
    let maxCallIDs: Int

    init(maxCallIDs: Int) { self.maxCallIDs = maxCallIDs }

    mutating func count(_ routed: inout RoutedMessage, _ bytes: Span<UInt8>, _ transport: SIPTransport) {
        transports[Int(transport.rawValue)] &+= 1
        if routed.message.kind == .response {
            statuses[min(Int(routed.message.statusCode), 999)] &+= 1
        } else if routed.message.method == .other {
            countOther(bytes.bytes(routed.message.methodRange))
        } else {
            methods[Int(routed.message.method.rawValue)] &+= 1
        }
    }

    private mutating func countOther(_ name: Span<UInt8>) {
        var copy: [UInt8] = []
        for index in name.indices.prefix(64) { copy.append(name[index]) }
        if otherMethods[copy] != nil || otherMethods.count < SIPCounts.maxOtherMethods {
            otherMethods[copy, default: 0] += 1
        } else {
            otherMethods[[], default: 0] += 1
        }
    }

    mutating func countCallID(_ hashed: UInt64) {
        guard callIDs.count < maxCallIDs else {
            if !callIDs.contains(hashed) { callIDsRefused += 1 }
            return
        }
        callIDs.insert(hashed)
    }

    var distinctCallIDs: UInt64 { UInt64(callIDs.count) }

    /// For the summary; methods in the order of the enumeration, unknown ones by name.
    var messages: MessageCounts {
        var counts = MessageCounts()
        for method in Method.allCases where methods[Int(method.rawValue)] > 0 {
            counts.count(method: method, times: methods[Int(method.rawValue)])
        }
        for (name, times) in otherMethods.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            counts.count(method: name.isEmpty ? "other" : String(decoding: name, as: UTF8.self), times: times)
        }
        for status in statuses.indices where statuses[status] > 0 {
            counts.count(status: UInt16(status), times: statuses[status])
        }
        for transport in SIPTransport.allCases where transports[Int(transport.rawValue)] > 0 {
            counts.count(transport: transport.name, times: transports[Int(transport.rawValue)])
        }
        return counts
    }
}
