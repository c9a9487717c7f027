/// A JSON document as this program writes it: keys stay in the order given.
indirect enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// With at most six decimals; null if it is no number.
    case decimal(Double)
    /// A document that is written already.
    case written([UInt8])
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    static func == (left: JSONValue, right: JSONValue) -> Bool { left.text() == right.text() }

    /// The document on one line, or indented by two spaces a level.
    func text(pretty: Bool = false) -> String {
        var out = ""
        write(to: &out, pretty: pretty, depth: 0)
        return out
    }

    private func write(to out: inout String, pretty: Bool, depth: Int) {
        switch self {
        case .null: out += "null"
        case .boolean(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .decimal(let value): out += decimalText(value)
        case .written(let bytes): out += String(decoding: bytes, as: UTF8.self)
        case .string(let value): out += quotedForJSON(value)
        case .array(let values):
            // Lists in a configuration are short: one line reads better.
            out += "["
            for (index, value) in values.enumerated() {
                if index > 0 { out += pretty ? ", " : "," }
                value.write(to: &out, pretty: false, depth: depth)
            }
            out += "]"
        case .object(let members):
            guard !members.isEmpty else {
                out += "{}"
                return
            }
            out += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { out += "," }
                if pretty { out += "\n" + String(repeating: "  ", count: depth + 1) }
                out += quotedForJSON(member.key) + (pretty ? ": " : ":")
                member.value.write(to: &out, pretty: pretty, depth: depth + 1)
            }
            if pretty { out += "\n" + String(repeating: "  ", count: depth) }
            out += "}"
        }
    }
}

/// A number with at most six decimals, without exponent.
func decimalText(_ value: Double, decimals: Int = 6) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "null" }
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    guard abs(value) * Double(scale) < 9e18 else { return String(Int64(value)) }
    let scaled = Int64((value * Double(scale)).rounded())
    let (whole, rest) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt64(scale))
    var text = (scaled < 0 ? "-" : "") + String(whole)
    guard rest > 0 else { return text }
    var digits = String(rest)
    digits = String(repeating: "0", count: decimals - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    text += "." + digits
    return text
}

/// A JSON string with its quotes. Control characters, also those of C1, are escaped.
func quotedForJSON(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case "\r": out += "\\r"
        case "\t": out += "\\t"
        default:
            if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
    }
    return out + "\""
}
