/// Telephone numbers in user parts (RFC 3966 section 5.1.1): digits, `*`, `#`, a leading `+`, visual separators.
enum UserNumber {
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: " "): true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "#")
    }

    /// The text without separators, if it is a number with at least one digit.
    static func digits(of text: [UInt8]) -> [UInt8]? {
        let digits = text.filter { !isSeparator($0) }
        guard digits.contains(where: ASCII.isDigit) else { return nil }
        for (index, byte) in digits.enumerated() {
            guard isDigit(byte) || index == 0 && byte == UInt8(ascii: "+") else { return nil }
        }
        return digits
    }

    /// What follows `+` or `00`; nil when there is neither, or nothing follows.
    static func withoutInternationalPrefix(_ digits: [UInt8]) -> [UInt8]? {
        let length = digits.first == UInt8(ascii: "+") ? 1 : digits.starts(with: [0x30, 0x30]) ? 2 : 0
        return length > 0 && digits.count > length ? Array(digits[length...]) : nil
    }

    /// Whether a user part is a number; its parameters (`;phone-context=…`) do not count.
    static func isNumber(_ user: Span<UInt8>) -> Bool { digitCount(of: user) > 0 }

    /// Its digits, without `*` and `#`; 0 when it is no number.
    static func digitCount(of user: Span<UInt8>) -> Int {
        var reader = UserPartReader(user, skipsSeparators: true)
        var count = 0
        var isFirst = true
        while let byte = reader.next(user) {
            guard isDigit(byte) || isFirst && byte == UInt8(ascii: "+") else { return 0 }
            if ASCII.isDigit(byte) { count += 1 }
            isFirst = false
        }
        return count
    }
}

/// Reads a user part byte by byte: escapes resolved, in lower case, on request without visual separators.
struct UserPartReader {
    private var position = 0
    private let end: Int
    let skipsSeparators: Bool

    init(_ user: Span<UInt8>, skipsSeparators: Bool) {
        self.skipsSeparators = skipsSeparators
        end = skipsSeparators ? user.offset(of: UInt8(ascii: ";"), from: 0, to: user.count) : user.count
    }

    /// The next byte; nil at the end.
    mutating func next(_ user: Span<UInt8>) -> UInt8? {
        while position < end {
            var byte = user[position]
            position += 1
            if byte == UInt8(ascii: "%"), position + 2 <= end, let high = Self.hex(user[position]),
                let low = Self.hex(user[position + 1])
            {
                byte = high << 4 | low
                position += 2
            }
            if skipsSeparators, UserNumber.isSeparator(byte) { continue }
            return ASCII.lowercased(byte)
        }
        return nil
    }

    mutating func skipInternationalPrefix(_ user: Span<UInt8>) {
        var ahead = self
        switch ahead.next(user) {
        case UInt8(ascii: "+"): self = ahead
        case UInt8(ascii: "0"): if ahead.next(user) == UInt8(ascii: "0") { self = ahead }
        default: break
        }
    }

    func hasPrefix(_ text: [UInt8], _ user: Span<UInt8>) -> Bool {
        var reader = self
        for byte in text where reader.next(user) != byte { return false }
        return true
    }

    func equals(_ text: [UInt8], _ user: Span<UInt8>) -> Bool {
        var reader = self
        for byte in text where reader.next(user) != byte { return false }
        return reader.next(user) == nil
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch ASCII.lowercased(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): ASCII.lowercased(byte) - 0x57
        default: nil
        }
    }
}
