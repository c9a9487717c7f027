/// Untrusted text in a column of a terminal.
///
/// What cannot be printed, or changes how its surroundings are printed (control characters and escape sequences,
/// direction overrides, combining marks, unassigned code points), becomes U+FFFD: a caller's name cannot clear the
/// screen, set the title or pretend to be another column. Wide characters (East Asian, emoji) count as two columns.
struct TerminalText {
    private(set) var bytes: [UInt8] = []
    /// Columns taken.
    private(set) var width = 0

    /// As much of `text` as fits in `limit` columns, the last one an ellipsis when something is missing.
    init(_ text: String, limit: Int) {
        // Where the text has to end if it turns out not to fit.
        var cut = (bytes: 0, width: 0)
        for scalar in text.unicodeScalars {
            let shown = TerminalText.isPrintable(scalar) ? scalar : "\u{fffd}"
            let columns = TerminalText.columns(shown)
            guard width + columns <= limit else {
                bytes.removeLast(bytes.count - cut.bytes)
                width = cut.width
                if limit > 0 {
                    bytes.append(contentsOf: "…".utf8)
                    width += 1
                }
                return
            }
            if let encoded = UTF8.encode(shown) { bytes.append(contentsOf: encoded) }
            width += columns
            if width < limit { cut = (bytes.count, width) }
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .nonspacingMark, .enclosingMark, .spacingMark, .spaceSeparator:
            return false
        default:
            return true
        }
    }

    /// After the wide ranges of UAX #11, coarsely.
    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
            0x20000...0x3fffd:
            2
        default: 1
        }
    }
}
