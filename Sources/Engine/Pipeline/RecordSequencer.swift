import Calls
import Synchronization

/// How records are to be formatted before they are handed over; done by the workers, in parallel.
public struct RecordFormats: Sendable {
    public enum Line: Sendable {
        case none, csv
        /// For a terminal of so many columns.
        case table(width: Int)
    }
    /// A JSON line is wanted, for `calls.jsonl` or standard output.
    public var json: Bool
    public var line: Line

    public init(json: Bool, line: Line) {
        self.json = json
        self.line = line
    }
}

/// A record on its way out. An object: it goes through several hands, and a record has many parts to copy.
public final class OutgoingRecord: Sendable {
    public let record: CallRecord
    /// A JSON line, empty if not asked for.
    public let json: [UInt8]
    /// A table or CSV line, empty if not asked for.
    public let line: [UInt8]

    init(_ record: consuming CallRecord, _ formats: RecordFormats) {
        // Moved in last: a field of an object would be copied for each of the two.
        json = OutgoingRecord.json(record, formats)
        line = OutgoingRecord.line(record, formats)
        self.record = record
    }

    private static func json(_ record: borrowing CallRecord, _ formats: RecordFormats) -> [UInt8] {
        var text: [UInt8] = []
        if formats.json { JSONLines.append(record, to: &text) }
        return text
    }

    private static func line(_ record: borrowing CallRecord, _ formats: RecordFormats) -> [UInt8] {
        var text: [UInt8] = []
        switch formats.line {
        case .none: break
        case .csv: CSVTable.append(record, to: &text)
        case .table(let width): CallTable(width: width).append(record, to: &text)
        }
        return text
    }
}

/// A call that has ended: its place in the order of records, and the record unless it is not wanted.
struct FinishedCall: Sendable {
    var sequence: UInt64
    var record: OutgoingRecord?
    /// Who made it.
    var worker: UInt8
}

/// Puts the records of all workers in the one order that the tracker decided: calls by where in the capture they ended.
final class RecordSequencer: Sendable {
    private struct State {
        var next: UInt64 = 0
        /// Records that came before their turn; nil is a call that leaves none.
        var waiting: [UInt64: FinishedCall] = [:]
        /// What has been delivered, for each worker, which takes it when it brings more: no more than it had waiting. It frees
        /// itself what it allocated; freed by another thread, both would wait for the allocator's lock, and everybody else for
        /// this one.
        var delivered: [[OutgoingRecord]] = []
        var summary = SummaryRecord()

        mutating func keep(_ record: OutgoingRecord, for worker: Int) {
            while delivered.count <= worker { delivered.append([]) }
            delivered[worker].append(record)
        }

        mutating func takeDelivered(of worker: Int) -> [OutgoingRecord] {
            guard worker < delivered.count else { return [] }
            var taken: [OutgoingRecord] = []
            swap(&taken, &delivered[worker])
            return taken
        }
    }

    private let state = Mutex(State())
    private let deliver: @Sendable (OutgoingRecord) -> Void

    init(deliver: @escaping @Sendable (OutgoingRecord) -> Void) { self.deliver = deliver }

    /// Takes a worker's finished calls. `deliver` runs under the lock, so records are never delivered twice at once.
    func add(_ finished: [FinishedCall]) {
        guard let worker = finished.first.map({ Int($0.worker) }) else { return }
        let ours = state.withLock { state in
            for call in finished {
                guard call.sequence == state.next else {
                    state.waiting[call.sequence] = call
                    continue
                }
                hand(call, over: &state)
                while let early = state.waiting.removeValue(forKey: state.next) { hand(early, over: &state) }
            }
            return state.takeDelivered(of: worker)
        }
        // Here they go, behind the lock.
        _ = consume ours
    }

    private func hand(_ call: FinishedCall, over state: inout State) {
        state.next += 1
        guard let record = call.record else { return }
        state.summary.countCall(record.record.state, streams: record.record.streams.count)
        deliver(record)
        state.keep(record, for: Int(call.worker))
    }

    /// Calls by state and streams so far.
    var summary: SummaryRecord { state.withLock { $0.summary } }
}
