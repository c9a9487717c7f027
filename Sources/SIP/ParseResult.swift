/// What a run of bytes turned out to be. If it is no message, what was to be read into is left as it was.
public enum ParseResult: Sendable, Hashable {
    case message
    /// Nothing here begins like SIP.
    case notSIP
    /// It begins like SIP, but its start line tells of no message.
    case malformed(SIPMalformation)
}

/// Why bytes that begin like SIP are no message.
public struct SIPMalformation: Error, Sendable, Hashable {
    public enum Fault: UInt8, Sendable {
        /// A request line that ends with another version than SIP/2.0, or a status line that begins with one.
        case version
        /// A status code that is not three digits from 100 to 699.
        case statusCode
        /// The bytes end within a request line.
        case startLineCut
        /// No line end within `SIPLimits.datagramStartLineBytes`.
        case startLineTooLong
        /// More bytes than `SIPLimits.messageBytes`.
        case messageTooLong
    }

    public var fault: Fault
    /// Where, counted from the first byte.
    public var offset: Int

    @inline(never)
    static func at(_ offset: Int, _ fault: Fault) -> SIPMalformation { SIPMalformation(fault: fault, offset: offset) }
}

/// The bounds of the parsers, in bytes unless the name says otherwise. What exceeds one is refused, and the result
/// says so; the framer's limits, which a configuration may change, are in `SIPStreamFramer.Limits`.
public enum SIPLimits {
    /// The longest method: RFC 4475's longest has 46 bytes.
    public static var methodBytes: Int { 64 }
    /// How far the end of a start line is looked for on a stream, where the wait for it holds memory.
    public static var streamStartLineBytes: Int { 8_192 }
    /// As above in a datagram, which is already there.
    public static var datagramStartLineBytes: Int { 65_535 }
    /// The longest message: the framer's largest header section and body leave room for a raised limit.
    public static var messageBytes: Int { 64 << 20 }
    /// Empty lines before a start line.
    public static var leadingLineBreakBytes: Int { 64 }
}
