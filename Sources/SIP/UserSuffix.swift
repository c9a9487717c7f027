/// What a user part has in common with itself behind a B2BUA that rewrites numbers.
public enum UserSuffix {
    /// Digits that a telephone number is told by: `+4930123456`, `004930123456` and `030123456` are one.
    public static let digits = 7
    /// Bytes kept of a name.
    static let longest = 64

    /// Appends the last digits of a number, all of a shorter one; of a name all letters in lower case.
    public static func append(_ user: Span<UInt8>, to text: inout [UInt8]) {
        // Plain digits are what most are.
        let plain = plainDigits(of: user)
        if !plain.isEmpty {
            for index in plain.suffix(digits) { text.append(user[index]) }
            return
        }
        let start = text.count
        var digitsLeft = UserNumber.digitCount(of: user)
        let isNumber = digitsLeft > 0
        var reader = UserPartReader(user, skipsSeparators: isNumber)
        while text.count - start < longest, let byte = reader.next(user) {
            if isNumber {
                guard ASCII.isDigit(byte) else { continue }
                digitsLeft -= 1
                if digitsLeft >= digits { continue }
            }
            text.append(byte)
        }
    }

    /// Where the digits are of a user part that has nothing else but a plus in front; empty for another.
    private static func plainDigits(of user: Span<UInt8>) -> Range<Int> {
        let first = !user.isEmpty && user[0] == UInt8(ascii: "+") ? 1 : 0
        for index in first..<user.count where !ASCII.isDigit(user[index]) { return 0..<0 }
        return first..<user.count
    }
}
