/// The text with every control character written as `\xNN` or `\u{N}`, the way it may go to a terminal or a log.
///
/// C0, DEL, C1 and the bidirectional overrides: all of them can make a line look like something else.
public func sanitised(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var clean = ""
    for scalar in text.unicodeScalars {
        guard isControl(scalar) else {
            clean.unicodeScalars.append(scalar)
            continue
        }
        switch scalar {
        case "\n": clean += "\\n"
        case "\r": clean += "\\r"
        case "\t": clean += "\\t"
        default:
            let digits = String(scalar.value, radix: 16)
            clean += scalar.value < 0x80 ? "\\x" + (digits.count == 1 ? "0" : "") + digits : "\\u{" + digits + "}"
        }
    }
    return clean
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
}
