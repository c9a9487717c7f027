/// What a user part has in common with itself behind a B2BUA that rewrites numbers.
public enum UserSuffix {
    /// Digits that a telephone number is told by: `+4930123456`, `004930123456` and `030123456` are one.
    public static let digits = 7
    /// Bytes kept of a name.
    static let longest = 64

    /// Appends the last digits of a number, all of a shorter one; of a name all letters in lower case.
    public static func append(_ user: Span<UInt8>, to text: inout [UInt8]) {
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
}
