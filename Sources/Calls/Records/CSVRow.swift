/// Writes one row of CSV, cell by cell.
struct CSVRow {
    private var bytes: [UInt8] = []
    private var isFirst = true

    init(taking bytes: inout [UInt8]) {
        swap(&self.bytes, &bytes)
    }

    mutating func finish(into bytes: inout [UInt8]) {
        self.bytes.append(UInt8(ascii: "\n"))
        swap(&self.bytes, &bytes)
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    /// A cell of ours that needs no quoting; empty for nil.
    mutating func add<Value>(_ value: Value?, append: (inout [UInt8], Value) -> Void) {
        separate()
        if let value { append(&bytes, value) }
    }

    mutating func add(number: UInt64) {
        separate()
        bytes.append(decimal: number)
    }

    mutating func add(boolean: Bool) {
        separate()
        bytes.append(text: boolean ? "true" : "false")
    }

    /// A cell from the wire; empty for nil.
    mutating func add(text: String?) {
        separate()
        guard let text, !text.isEmpty else { return }
        if isPlain(text.utf8.span) { bytes.append(text: text) } else { appendGuarded(text.utf8.span) }
    }

    /// Neither quotes nor guards needed.
    private func isPlain(_ text: Span<UInt8>) -> Bool {
        if isFormula(text) { return false }
        for index in text.indices {
            let byte = text[index]
            if byte < 0x20 || byte > 0x7e || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") { return false }
        }
        return true
    }

    /// A spreadsheet would evaluate it.
    private func isFormula(_ text: Span<UInt8>) -> Bool {
        switch text[0] {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"):
            true
        case 0xef where text.count >= 3 && text[1] == 0xbc:
            // U+FF0B, U+FF0D, U+FF1D, U+FF20: the full-width forms, which some of them evaluate too.
            text[2] == 0x8b || text[2] == 0x8d || text[2] == 0x9d || text[2] == 0xa0
        default:
            false
        }
    }

    private mutating func appendGuarded(_ text: Span<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        if isFormula(text) { bytes.append(UInt8(ascii: "'")) }
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == 0xc2, index < text.count, text[index] < 0xa0 {
                // A C1 control, two bytes in UTF-8.
                index += 1
                bytes.append(text: "\u{fffd}")
            } else if byte < 0x20 || byte == 0x7f {
                bytes.append(text: "\u{fffd}")
            } else {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
