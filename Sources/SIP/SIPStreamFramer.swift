/// Cuts the bytes of one direction of a stream into SIP messages by Content-Length (RFC 3261 section 18.3).
public struct SIPStreamFramer: Sendable {
    /// What may be waited for. Beyond it the framer gives up on the message and looks for the next start line.
    public struct Limits: Sendable, Hashable {
        public var headerSectionBytes: Int
        public var bodyBytes: Int
        public var startLineBytes: Int

        public init(
            headerSectionBytes: Int = 65_536, bodyBytes: Int = 1 << 20,
            startLineBytes: Int = SIPLimits.streamStartLineBytes
        ) {
            self.headerSectionBytes = headerSectionBytes
            self.bodyBytes = bodyBytes
            self.startLineBytes = startLineBytes
        }
    }

    public init(limits: Limits = Limits()) { self.limits = limits }
    public let limits: Limits

    public mutating func next(in buffer: Span<UInt8>, from start: Int) -> FramingStep { .needMore }
    public mutating func reset() {}
    public var pending: PendingMessage? { nil }
}

/// What the framer found at the front of the buffer. Ranges count from the buffer's first byte; the next call starts
/// at the range's upper bound.
public enum FramingStep: Sendable, Hashable {
    /// Nothing complete: call again with the same front and more bytes behind it.
    case needMore
    /// One message, header section and body, for `SIPMessage.parse`.
    case message(Range<Int>)
    /// Line breaks between messages (RFC 5626 section 4.4.1).
    case keepalive(Range<Int>)
    /// Bytes that are no message, up to where one may begin.
    case notSIP(Range<Int>, FramingFault)
}

public enum FramingFault: UInt8, Sendable {
    case noStartLine, startLineTooLong, headerSectionTooLong, badContentLength, bodyTooLong
}

/// What is known of the message at the front of the buffer while it is incomplete; lengths from its first byte.
public struct PendingMessage: Sendable, Hashable {
    /// Start line and header section with the empty line; nil while that is incomplete.
    public var headerBytes: Int?
    /// The whole message; nil while the header section is incomplete.
    public var messageBytes: Int?
}
