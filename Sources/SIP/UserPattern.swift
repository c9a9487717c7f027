/// One pattern of `--sip-user`.
public struct UserPattern: Sendable, Hashable {
    public init(_ text: String) throws(UserPatternError) { throw .empty }
    /// Whether the user part `user` matches.
    public func matches(user: Span<UInt8>) -> Bool { false }
    /// Whether any user part in the message matches.
    public func matches(_ message: SIPMessage, in bytes: Span<UInt8>) -> Bool { false }
}

public enum UserPatternError: Error, Sendable, Hashable {
    case empty
    /// A star that is neither first, last nor escaped, at this character.
    case starInside(Int)
}
