/// What a user part has in common with itself behind a B2BUA that rewrites numbers.
public enum UserSuffix {
    /// Digits that a telephone number is told by: `+4930123456`, `004930123456` and `030123456` are one.
    public static let digits = 7
    /// Bytes kept of a name.
    static let longest = 64

    /// Appends the last digits of a number, all of a shorter one; of a name all letters in lower case.
    public static func append(_ user: Span<UInt8>, to text: inout [UInt8]) {
        let start = text.count
        if isPlainNumber(user) {
            for index in max(user.count - digits, user[0] == UInt8(ascii: "+") ? 1 : 0)..<user.count {
                text.append(user[index])
            }
            return
        }
        let isNumber = UserNumber.isNumber(user)
        var reader = UserPartReader(user, skipsSeparators: isNumber)
        while let byte = reader.next(user) {
            if isNumber, !ASCII.isDigit(byte) { continue }
            text.append(byte)
            if isNumber, text.count - start > digits { text.remove(at: start) }
            if text.count - start >= longest { break }
        }
    }

    /// Digits, and a plus before them at most: almost every number.
    private static func isPlainNumber(_ user: Span<UInt8>) -> Bool {
        let first = !user.isEmpty && user[0] == UInt8(ascii: "+") ? 1 : 0
        for index in first..<user.count where !ASCII.isDigit(user[index]) { return false }
        return first < user.count
    }
}
