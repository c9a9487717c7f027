import Calls

/// What is to be made of a record before it is handed over.
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

    /// No text is wanted.
    var areNone: Bool {
        if case .none = line { return !json }
        return false
    }
}

/// The record of a call that has ended. An object: it goes through several hands, and a record has many parts to copy.
final class SharedRecord: Sendable {
    let record: CallRecord

    init(_ record: consuming CallRecord) { self.record = record }
}

/// A record on its way out, with its texts.
public struct OutgoingRecord: Sendable {
    private let shared: SharedRecord
    /// A JSON line, empty if not asked for.
    public let json: [UInt8]
    /// A table or CSV line, empty if not asked for.
    public let line: [UInt8]

    init(_ shared: SharedRecord, _ formats: RecordFormats) {
        self.shared = shared
        json = OutgoingRecord.json(shared.record, formats)
        line = OutgoingRecord.line(shared.record, formats)
    }

    public var record: CallRecord { shared.record }

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
