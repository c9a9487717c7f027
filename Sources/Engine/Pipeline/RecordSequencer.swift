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

/// A record on its way out.
public struct OutgoingRecord: Sendable {
    public var record: CallRecord
    /// A JSON line, empty if not asked for.
    public var json: [UInt8] = []
    /// A table or CSV line, empty if not asked for.
    public var line: [UInt8] = []
}

/// Puts the records of all workers in the one order that the tracker decided: calls by where in the capture they ended.
final class RecordSequencer: Sendable {
    private struct State {
        var next: UInt64 = 0
        /// Records that came before their turn. Apart: the table has room for more than wait in it.
        var waiting: [UInt64: EarlyRecord] = [:]
        var summary = SummaryRecord()
    }

    private final class EarlyRecord: Sendable {
        /// nil is a call that leaves none.
        let record: OutgoingRecord?

        init(_ record: OutgoingRecord?) { self.record = record }
    }

    private let state = Mutex(State())
    private let formats: RecordFormats
    private let deliver: @Sendable (OutgoingRecord) -> Void

    init(formats: RecordFormats, deliver: @escaping @Sendable (OutgoingRecord) -> Void) {
        self.formats = formats
        self.deliver = deliver
    }

    /// Takes a worker's finished calls. `deliver` runs under the lock, so records are never delivered twice at once.
    func add(_ finished: [FinishedCall]) {
        guard !finished.isEmpty else { return }
        let outgoing = finished.map { ($0.sequence, $0.record.map(format)) }
        state.withLock { state in
            for (sequence, record) in outgoing {
                guard sequence == state.next else {
                    state.waiting[sequence] = EarlyRecord(record)
                    continue
                }
                hand(record, over: &state)
                while let early = state.waiting.removeValue(forKey: state.next) { hand(early.record, over: &state) }
            }
        }
    }

    private func hand(_ record: OutgoingRecord?, over state: inout State) {
        state.next += 1
        guard let record else { return }
        state.summary.count(record.record)
        deliver(record)
    }

    private func format(_ record: CallRecord) -> OutgoingRecord {
        var outgoing = OutgoingRecord(record: record)
        if formats.json { JSONLines.append(record, to: &outgoing.json) }
        switch formats.line {
        case .none: break
        case .csv: CSVTable.append(record, to: &outgoing.line)
        case .table(let width): CallTable(width: width).append(record, to: &outgoing.line)
        }
        return outgoing
    }

    /// Calls by state and streams so far.
    var summary: SummaryRecord { state.withLock { $0.summary } }
}
