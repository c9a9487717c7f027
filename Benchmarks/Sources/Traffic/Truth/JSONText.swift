/// Writing one-line JSON objects. Keys and strings are ours and need no escaping beyond `"` and `\`.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func raw(_ text: StaticString) { bytes.append(text: text) }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    mutating func key(_ name: String) {
        separate()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func string(_ text: String) {
        separate()
        quoted(text)
    }

    mutating func number(_ number: some BinaryInteger) {
        separate()
        bytes.append(decimal: number)
    }

    mutating func number(_ number: Double) {
        separate()
        bytes.append(string: "\(number)")
    }

    mutating func null() {
        separate()
        raw("null")
    }

    mutating func bool(_ value: Bool) {
        separate()
        if value { raw("true") } else { raw("false") }
    }

    /// RFC 3339 in UTC with nanoseconds.
    mutating func time(_ nanoseconds: UInt64) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        CivilTime(nanoseconds: nanoseconds).append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func digest(_ value: UInt64) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(hex: value, digits: 16)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The finished line.
    mutating func line() -> [UInt8] {
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

/// Date and time in UTC of nanoseconds since 1970 (the algorithm for the proleptic Gregorian calendar by eras).
struct CivilTime {
    let nanoseconds: UInt64

    func append(to bytes: inout [UInt8]) {
        let seconds = nanoseconds / 1_000_000_000
        let shifted = seconds / 86400 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        bytes.append(decimal: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: day, digits: 2)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(decimal: seconds / 3600 % 24, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: seconds / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: seconds % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: nanoseconds % 1_000_000_000, digits: 9)
        bytes.append(UInt8(ascii: "Z"))
    }
}
