import Calls

/// A call whose record is out, as the status service keeps it.
struct EndedCall: Sendable {
    var callID: String
    var state: CallRecord.State
    var startTime: Int64?
    var answerTime: Int64?
    var endTime: Int64?
    var duration: Int64?
    var from: CallRecord.Party
    var to: CallRecord.Party
    var statusCode: UInt16?
    var packets: UInt64
    var streams: Int
    /// The worst of its streams.
    var mos: Double?
    var files: [String]
    /// Its line of `calls.jsonl`.
    var line: [UInt8]

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
            // Its memory goes now; the empty place when there are many.
            ring[first].line = []
            first += 1
            evicted += 1
        }
        if first > max(limit, 16) {
            ring.removeFirst(first)
            first = 0
        }
    }

    /// Oldest first.
    var all: ArraySlice<EndedCall> { ring[first...] }

    /// The last one of this Call-ID.
    func find(_ callID: String) -> EndedCall? { all.last { $0.callID == callID } }
}
