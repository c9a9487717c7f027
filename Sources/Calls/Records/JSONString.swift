import PacketDecoding

/// JSON string escaping (RFC 8259 section 7).
extension TextOutput where Self: ~Copyable {
    /// Appends `string` in quotes.
    mutating func append(jsonString string: String) {
        append(byte: UInt8(ascii: "\""))
        let text = string.utf8
        if needsNoEscape(text.span) { append(copying: text.span) } else { append(escaping: text.span) }
        append(byte: UInt8(ascii: "\""))
    }

    /// Printable ASCII without quote and backslash: nearly every string there is.
    private func needsNoEscape(_ text: Span<UInt8>) -> Bool {
        // SAFETY: a UInt8 has no padding, so all bytes of the span are initialised.
        let raw = unsafe text.bytes
        var index = 0
        while raw.byteCount &- index >= 8 {
            if needsEscape(raw, at: index) { return false }
            index &+= 8
        }
        // The rest, with bytes before it that have been looked at; short text has none.
        if index > 0 { return index == text.count || !needsEscape(raw, at: text.count &- 8) }
        while index < text.count {
            let byte = text[index]
            if byte < 0x20 || byte > 0x7e || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
            index &+= 1
        }
        return true
    }

    /// Of eight bytes.
    @inline(__always)
    private func needsEscape(_ raw: RawSpan, at index: Int) -> Bool {
        // SAFETY: every bit pattern is a UInt64, and the load is checked.
        let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        let marks =
            Lanes.below(0x20, word) | Lanes.beyondPrintable(word) | Lanes.zeros(word ^ Lanes.all(UInt8(ascii: "\"")))
            | Lanes.zeros(word ^ Lanes.all(UInt8(ascii: "\\")))
        return marks != 0
    }

    private mutating func append(escaping text: Span<UInt8>) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(byte: UInt8(ascii: "\\"))
                append(byte: byte)
            case UInt8(ascii: "\n"): append(text: "\\n")
            case UInt8(ascii: "\r"): append(text: "\\r")
            case UInt8(ascii: "\t"): append(text: "\\t")
            case 0..<0x20, 0x7f: append(unicodeEscape: UInt16(byte))
            case 0xc2 where index < text.count && text[index] < 0xa0:
                // C1 controls (U+0080...U+009F): a terminal in UTF-8 obeys them like ESC sequences.
                append(unicodeEscape: UInt16(text[index]))
                index += 1
            case 0xe2 where index + 1 < text.count && text[index] == 0x80 && text[index + 1] & 0xfe == 0xa8:
                // U+2028 and U+2029 end a line for some readers of JSON Lines.
                append(unicodeEscape: 0x2000 | UInt16(text[index + 1] & 0x3f))
                index += 2
            default: append(byte: byte)
            }
        }
    }

    private mutating func append(unicodeEscape unit: UInt16) {
        append(text: "\\u")
        for shift: UInt16 in [12, 8, 4, 0] { append(hexDigit: UInt8(truncatingIfNeeded: unit >> shift & 15)) }
    }
}
