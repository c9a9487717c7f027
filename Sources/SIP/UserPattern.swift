/// One pattern of `--sip-user`, compared with user parts of URIs.
///
/// | text | matches a user part that |
/// |---|---|
/// | `alice` | contains it |
/// | `alice*` | begins with it |
/// | `*456789` | ends with it |
/// | `*alice*` | contains it |
/// | `*` | is not empty |
/// | `\*31#` | contains `*31#`; `\\` is a backslash |
///
/// Letters match in any case: RFC 3261 section 19.1.4 makes user parts case-sensitive, but who types `alice` means
/// `Alice` too. Escapes (`%2B`) are resolved. Where pattern and user part are numbers, the visual separators
/// `- . ( )` and space are left out of both, and an international prefix (`+` or `00`) at the front counts as the same:
/// `+49 30 1234` is `0049301234` and `49301234`. A pattern with such a prefix is a number from its first digit, so
/// it matches where the user's number begins; as written it may match anywhere.
public struct UserPattern: Sendable, Hashable {
    enum Anchor: UInt8, Sendable { case contains, prefix, suffix }

    let anchor: Anchor
    /// In lower case, stars and escapes resolved.
    let literal: [UInt8]
    /// The same without separators, if it is a number.
    let number: [UInt8]?
    /// The digits behind the international prefix of a number; nil when there is none, or nothing behind it.
    let international: [UInt8]?

    /// The longest pattern, in bytes.
    public static var maximumBytes: Int { 256 }
    /// The longest user part that is compared; a longer one, which no user has, matches nothing but `*`.
    public static var maximumUserBytes: Int { 1_024 }

    public init(_ pattern: String) throws(UserPatternError) {
        let bytes = Array(pattern.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumBytes else { throw .tooLong(bytes.count) }
        var literal: [UInt8] = []
        var opens = false
        var closes = false
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            if byte == UInt8(ascii: "*") {
                if index == 0 {
                    opens = true
                } else if index == bytes.count - 1 {
                    closes = true
                } else {
                    throw .starInside(index)
                }
                index += 1
                continue
            }
            if byte == ASCII.backslash {
                index += 1
                guard index < bytes.count else { throw .danglingBackslash }
                byte = bytes[index]
            }
            literal.append(ASCII.lowercased(byte))
            index += 1
        }
        anchor = opens == closes ? .contains : opens ? .suffix : .prefix
        self.literal = literal
        number = UserNumber.digits(of: literal)
        international = number.flatMap(UserNumber.withoutInternationalPrefix)
    }

    /// Whether the user part `user`, escapes included, matches.
    public func matches(user: Span<UInt8>) -> Bool {
        guard user.count > 0 else { return false }
        guard !literal.isEmpty else { return true }
        guard user.count <= Self.maximumUserBytes else { return false }
        guard let number, UserNumber.isNumber(user) else {
            return matches(literal, from: UserPartReader(user, skipsSeparators: false), to: user)
        }
        var reader = UserPartReader(user, skipsSeparators: true)
        if matches(number, from: reader, to: user) { return true }
        // Across the spellings of the prefix: the number begins where the user's begins behind its own prefix.
        reader.skipInternationalPrefix(user)
        guard let international else { return anchor == .prefix && reader.hasPrefix(number, user) }
        return anchor == .suffix ? reader.equals(international, user) : reader.hasPrefix(international, user)
    }

    private func matches(_ text: [UInt8], from start: UserPartReader, to user: Span<UInt8>) -> Bool {
        switch anchor {
        case .prefix: return start.hasPrefix(text, user)
        case .contains:
            var reader = start
            repeat {
                if reader.hasPrefix(text, user) { return true }
            } while reader.next(user) != nil
            return false
        case .suffix:
            var reader = start
            repeat {
                if reader.equals(text, user) { return true }
            } while reader.next(user) != nil
            return false
        }
    }
}

public enum UserPatternError: Error, Sendable, Hashable {
    case empty
    /// More bytes than `UserPattern.maximumBytes`.
    case tooLong(Int)
    /// A star that is neither first, last nor escaped, at this byte.
    case starInside(Int)
    /// A backslash with nothing behind it.
    case danglingBackslash
}
