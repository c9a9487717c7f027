import Calls
import Synchronization

/// A call whose record is out, as the status service keeps it.
final class EndedCall: Sendable {
    let callID: String
    let state: CallRecord.State
    let startTime: Int64?
    let answerTime: Int64?
    let endTime: Int64?
    let duration: Int64?
    let from: CallRecord.Party
    let to: CallRecord.Party
    let statusCode: UInt16?
    let packets: UInt64
    let streams: Int
    /// The worst of its streams.
    let mos: Double?
    let files: [String]
    /// Its line of `calls.jsonl`.
    let line: [UInt8]
    /// As `/calls` shows it, once somebody has asked.
    let row = RenderedRow()

    init(_ record: CallRecord, line: [UInt8]) {
        callID = record.callID
        state = record.state
        (startTime, answerTime, endTime) = (record.startTime, record.answerTime, record.endTime)
        duration = record.duration
        (from, to) = (record.from, record.to)
        statusCode = record.statusCode
        packets = record.packets
        streams = record.streams.count
        mos = record.streams.compactMap(\.mos).min()
        files = record.files
        self.line = line
    }
}

/// A row of a listing: made when it is first shown, and then shown again.
final class RenderedRow: Sendable {
    private let text = Mutex<[UInt8]?>(nil)

    func get(_ make: () -> JSONValue) -> JSONValue {
        if let known = text.withLock({ $0 }) { return .written(known) }
        let made = Array(make().text().utf8)
        text.withLock { $0 = made }
        return .written(made)
    }
}

/// The calls that ended last: as many as asked for, and not more bytes of records than `byteLimit`.
struct EndedCalls: Sendable {
    static let byteLimit = 16 << 20

    let limit: Int
    private var ring: [EndedCall] = []
    /// Place of the oldest one, once the ring is full.
    private var first = 0
    private var bytes = 0
    private(set) var evicted: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { ring.count - first }

    mutating func add(_ call: EndedCall) {
        guard limit > 0 else { return }
        ring.append(call)
        bytes += call.line.count
        while count > limit || bytes > Self.byteLimit, count > 1 {
            bytes -= ring[first].line.count
            first += 1
            evicted += 1
        }
        // The places are given back some at a time; the calls in them are few.
        if first > max(limit / 8, 16) {
            ring.removeFirst(first)
            first = 0
        }
    }

    /// Oldest first.
    var all: ArraySlice<EndedCall> { ring[first...] }

    /// The last one of this Call-ID.
    func find(_ callID: String) -> EndedCall? { all.last { $0.callID == callID } }
}
