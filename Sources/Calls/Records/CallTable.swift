/// The calls as a table for the terminal: one line a call, columns fitted to a width.
///
/// Columns: start, duration, state, from, to, packets, loss, jitter, call-id, file. Below 120 columns there is no file
/// column, below 100 the start is the time of day only; a table narrower than 80 is laid out for 80. Text that does not
/// fit ends in an ellipsis, numbers are never cut.
public struct CallTable: Sendable {
    /// The width for output that is no terminal: nothing is left out and nothing shortened but absurdly long text.
    public static let unlimitedWidth = 400

    struct Column: Sendable {
        enum Content: Sendable { case start, duration, state, from, to, packets, loss, jitter, callID, file }
        var content: Content
        var title: String
        var width: Int
        var isNumber = false
    }

    let columns: [Column]
    let hasDate: Bool

    /// `width` in terminal columns; lines are never longer, down to 80.
    public init(width: Int) {
        let width = min(max(width, 80), CallTable.unlimitedWidth)
        hasDate = width >= 100
        let hasFile = width >= 120
        var columns = [
            Column(content: .start, title: "START", width: hasDate ? 19 : 8),
            Column(content: .duration, title: "DURATION", width: hasDate ? 9 : 8, isNumber: true),
            Column(content: .state, title: "STATE", width: 10),
            Column(content: .from, title: "FROM", width: 9),
            Column(content: .to, title: "TO", width: 9),
            Column(content: .packets, title: "PACKETS", width: 7, isNumber: true),
            Column(content: .loss, title: "LOSS%", width: 5, isNumber: true),
            Column(content: .jitter, title: "JIT(ms)", width: 7, isNumber: true),
            Column(content: .callID, title: "CALL-ID", width: 8),
        ]
        if hasFile { columns.append(Column(content: .file, title: "FILE", width: 12)) }
        // What is left over goes to the texts, by turns and up to what they can use.
        var spare = width - columns.reduce(columns.count - 1) { $0 + $1.width }
        let wishes: [(Column.Content, Int)] = [(.callID, 100), (.file, 130), (.from, 24), (.to, 24)]
        while spare > 0 {
            let before = spare
            for (content, wish) in wishes where spare > 0 {
                guard let index = columns.firstIndex(where: { $0.content == content }), columns[index].width < wish
                else { continue }
                columns[index].width += 1
                spare -= 1
            }
            if spare == before { break }
        }
        self.columns = columns
    }

    public func appendHeader(to bytes: inout [UInt8]) {
        appendLine(to: &bytes) { $0.title }
    }

    /// Appends the call's line, its line feed included.
    public func append(_ call: CallRecord, to bytes: inout [UInt8]) {
        appendLine(to: &bytes) { text($0.content, of: call) }
    }

    private func appendLine(to bytes: inout [UInt8], _ cell: (Column) -> String) {
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            // A number wider than its column pushes the line out: wrong figures would be worse.
            let text = TerminalText(cell(column), limit: column.isNumber ? Int.max : column.width)
            let padding = max(0, column.width - text.width)
            if column.isNumber { bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding)) }
            bytes.append(contentsOf: text.bytes)
            if !column.isNumber, index < columns.count - 1 {
                bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private func text(_ content: Column.Content, of call: CallRecord) -> String {
        switch content {
        case .start: call.startTime.map(start) ?? "-"
        case .duration: call.duration.map(duration) ?? "-"
        case .state: call.state.rawValue
        case .from: call.from.user ?? call.from.host ?? "-"
        case .to: call.to.user ?? call.to.host ?? "-"
        case .packets: String(call.packets)
        case .loss: call.worstLossPercent.flatMap { decimal($0, decimals: 1) } ?? "-"
        case .jitter: call.largestJitter.flatMap { decimal($0 / 1e6, decimals: 1) } ?? "-"
        case .callID: call.callID
        case .file: call.files.isEmpty ? "-" : call.files.joined(separator: " ")
        }
    }

    private func start(_ nanoseconds: Int64) -> String {
        let time = CivilTime(nanoseconds: nanoseconds)
        var bytes: [UInt8] = []
        if hasDate {
            bytes.append(date: time)
            bytes.append(UInt8(ascii: " "))
        }
        bytes.append(timeOfDay: time)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `12.3s`, `2:03`, `1:02:03`: the precision that a look at the table needs.
    private func duration(_ nanoseconds: Int64) -> String {
        guard nanoseconds >= 60_000_000_000 else {
            return (decimal(Double(nanoseconds) / 1e9, decimals: 1) ?? "-") + "s"
        }
        let seconds = UInt64(nanoseconds / 1_000_000_000)
        var bytes: [UInt8] = []
        if seconds >= 3600 {
            bytes.append(decimal: seconds / 3600)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(padded: seconds / 60 % 60, digits: 2)
        } else {
            bytes.append(decimal: seconds / 60)
        }
        bytes.append(UInt8(ascii: ":"))
        bytes.append(padded: seconds % 60, digits: 2)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func decimal(_ value: Double, decimals: Int) -> String? {
        guard let fixed = value.fixed(decimals: decimals) else { return nil }
        var bytes: [UInt8] = []
        bytes.append(fixed: fixed, decimals: decimals)
        return String(decoding: bytes, as: UTF8.self)
    }
}
