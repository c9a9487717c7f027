/// Where the parts of one SIP message are (RFC 3261 section 7): a view without the bytes, filled by `read`.
///
/// All ranges count from the first byte that was given to `read`. Of a repeated header the first occurrence counts;
/// `headers` walks through all of them. Values are trimmed; a folded value still holds its line breaks
/// (`Header.unfolded`). A header that is not there has the range `absent`.
public struct SIPMessage: Sendable, Hashable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable { case request, response }

    public internal(set) var kind = Kind.request
    /// Of a request its own method; of a response the method its CSeq names.
    public internal(set) var method = Method.other
    /// The method as written, for `Method.other`; of a response, the range in its CSeq.
    public internal(set) var methodRange: ByteRange = .absent
    /// 100...699 in a response, else 0.
    public internal(set) var statusCode: UInt16 = 0
    public internal(set) var reasonPhrase: ByteRange = .absent
    public internal(set) var requestURI: ByteRange = .absent

    public internal(set) var callID: ByteRange = .absent
    public internal(set) var cseqNumber: UInt32 = 0
    public internal(set) var cseqMethod: Method = .other
    public internal(set) var cseqMethodRange: ByteRange = .absent
    public internal(set) var from: ByteRange = .absent
    public internal(set) var fromTag: ByteRange = .absent
    public internal(set) var to: ByteRange = .absent
    public internal(set) var toTag: ByteRange = .absent
    /// The first Via header as written; it may be a list, whose first element is the top Via.
    public internal(set) var via: ByteRange = .absent
    /// Of the top Via.
    public internal(set) var viaBranch: ByteRange = .absent
    public internal(set) var contact: ByteRange = .absent
    public internal(set) var contentType: ByteRange = .absent
    /// As declared; nil when there is none or it is not a number below 2^32.
    public internal(set) var contentLength: UInt32?
    /// Seconds; nil when there is none or it is not a number below 2^32.
    public internal(set) var expires: UInt32?
    public internal(set) var pAssertedIdentity: ByteRange = .absent
    public internal(set) var pPreferredIdentity: ByteRange = .absent
    public internal(set) var userAgent: ByteRange = .absent
    public internal(set) var server: ByteRange = .absent
    public internal(set) var reason: ByteRange = .absent
    public internal(set) var xCallID: ByteRange = .absent
    public internal(set) var sessionID: ByteRange = .absent

    /// The header section, from the first byte after the start line to the empty line that ends it.
    public internal(set) var headerSection: ByteRange = .absent
    /// What follows the empty line, as far as it is there and no longer than Content-Length.
    public internal(set) var body: ByteRange = .absent
    public internal(set) var flags: Flags = []

    /// None, to be read into.
    public init() {}

    /// What is odd about the message. None of it keeps a message from being one.
    public struct Flags: OptionSet, Sendable, Hashable, BitwiseCopyable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The bytes end before the empty line that ends the header section.
        public static let headersUnterminated = Flags(rawValue: 1 << 0)
        /// The bytes end before the body does that Content-Length declares.
        public static let bodyShort = Flags(rawValue: 1 << 1)
        /// There are bytes after the body that Content-Length declares; they are not in `body`.
        public static let bytesAfterBody = Flags(rawValue: 1 << 2)
        /// A line ends in LF without CR.
        public static let bareLF = Flags(rawValue: 1 << 3)
        /// A header is folded over several lines (RFC 3261 section 7.3.1).
        public static let folded = Flags(rawValue: 1 << 4)
        /// A line in the header section is no header; it was skipped.
        public static let oddLine = Flags(rawValue: 1 << 5)
        public static let missingCallID = Flags(rawValue: 1 << 6)
        public static let missingCSeq = Flags(rawValue: 1 << 7)
        /// A CSeq that is not a number below 2^32 and a method; what could be read of it was.
        public static let badCSeq = Flags(rawValue: 1 << 8)
        /// A request whose CSeq names another method (RFC 3261 section 8.1.1.5 forbids it).
        public static let cseqMethodMismatch = Flags(rawValue: 1 << 9)
        public static let missingFrom = Flags(rawValue: 1 << 10)
        public static let missingTo = Flags(rawValue: 1 << 11)
        public static let missingVia = Flags(rawValue: 1 << 12)
        public static let missingContentLength = Flags(rawValue: 1 << 13)
        /// A Content-Length that is not a number below 2^32; the body reaches to the end of the bytes.
        public static let badContentLength = Flags(rawValue: 1 << 14)
        /// A header that may occur once (Call-ID, CSeq, From, To, Content-Length) occurs again.
        public static let repeatedHeader = Flags(rawValue: 1 << 15)
        /// The last header line is cut; its value was not taken (only with `isCut`).
        public static let lastLineCut = Flags(rawValue: 1 << 16)
        /// Empty lines before the start line (RFC 3261 section 7.5).
        public static let leadingLineBreaks = Flags(rawValue: 1 << 17)
        /// The start line has more white space than the grammar allows.
        public static let looseStartLine = Flags(rawValue: 1 << 18)
    }

    /// The message is not all there: its header section or its body ends early.
    public var isTruncated: Bool { !flags.isDisjoint(with: [.headersUnterminated, .bodyShort]) }

    /// All headers in the order of the message.
    public var headers: HeaderIterator { HeaderIterator(section: headerSection) }
}
