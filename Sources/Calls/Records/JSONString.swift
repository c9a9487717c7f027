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
            // SAFETY: every bit pattern is a UInt64, and the load is checked.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            if EightBytes.needEscape(word) { return false }
            index &+= 8
        }
        while index < text.count {
            if EightBytes.needsEscape(text[index]) { return false }
            index &+= 1
        }
        return true
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

/// Eight bytes at a time.
private enum EightBytes {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// Whether any of the bytes is not printable ASCII, a quote or a backslash.
    @inline(__always)
    static func needEscape(_ word: UInt64) -> Bool {
        // A byte below n borrows from its neighbour and leaves its high bit set; a false alarm only costs time, and there is
        // none below the byte that gave one.
        let control = word &- ones &* 0x20
        let delete = word &+ ones
        let quote = (word ^ ones &* 0x22) &- ones
        let backslash = (word ^ ones &* 0x5c) &- ones
        return (control | delete | quote | backslash | word) & highBits != 0
    }

    @inline(__always)
    static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte > 0x7e || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
