/// Cuts the bytes of one direction of a stream into SIP messages by Content-Length (RFC 3261 section 18.3).
///
/// The caller keeps the bytes and gives the same front again with more behind it. The framer keeps only how far it has
/// looked, counted from that front, so no byte is searched twice and a stream that comes a byte at a time costs the
/// same as one that comes at once. A stream that is no SIP, or was joined in the middle, is skipped up to the next line
/// that begins a message.
public struct SIPStreamFramer: Sendable {
    /// What may be waited for. Beyond it the framer gives up on the message and looks for the next start line.
    public struct Limits: Sendable, Hashable {
        /// Start line and headers with the empty line.
        public let headerSectionBytes: Int
        public let bodyBytes: Int
        public let startLineBytes: Int

        /// Values below 1 byte or beyond half of `SIPLimits.messageBytes` are moved to these bounds.
        public init(
            headerSectionBytes: Int = 65_536, bodyBytes: Int = 1 << 20,
            startLineBytes: Int = SIPLimits.streamStartLineBytes
        ) {
            self.headerSectionBytes = Self.bounded(headerSectionBytes)
            self.bodyBytes = Self.bounded(bodyBytes)
            self.startLineBytes = Self.bounded(startLineBytes)
        }

        private static func bounded(_ bytes: Int) -> Int { max(1, min(bytes, SIPLimits.messageBytes / 2)) }
    }

    enum Phase: UInt8 {
        /// At a line beginning, before a message.
        case between
        /// In what may be a method or `SIP/2.0`.
        case method
        /// In what may be the rest of a start line.
        case startLine
        /// Behind a start line.
        case headers
        /// The length of the message is known.
        case body
        /// In a line of which no message can begin.
        case skipping
    }

    public let limits: Limits
    var phase = Phase.between
    /// Bytes from the front that need not be looked at again.
    var scanned = 0
    /// Where the current header line begins, from the front.
    var lineStart = 0
    var length = DeclaredLength.missing
    /// Of the message at the front, once `phase` is `body`.
    var headerBytes = 0
    var messageBytes = 0

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Forgets the message at the front: the next call begins at what may be a line beginning. For use after a gap.
    public mutating func reset() { begin(.between) }

    /// What is known of the message at the front, once its start line is complete; nil between messages.
    public var pending: PendingMessage? {
        switch phase {
        case .headers: PendingMessage(headerBytes: nil, messageBytes: nil)
        case .body: PendingMessage(headerBytes: headerBytes, messageBytes: messageBytes)
        case .between, .method, .startLine, .skipping: nil
        }
    }

    /// Whether `next` would give the whole buffer, which has been parsed already, as one message: with nothing odd about it,
    /// its own Content-Length and the buffer's end agree. False may also mean that it is not that easily told.
    public func wouldTake(_ message: SIPMessage, from buffer: Span<UInt8>) -> Bool {
        guard phase == .between, message.flags.isEmpty, let body = message.contentLength else { return false }
        return Int(message.body.end) == buffer.count && message.body.count == Int(body) && body <= limits.bodyBytes
            && Int(message.headerSection.start) <= limits.startLineBytes
            && Int(message.body.start) <= limits.headerSectionBytes
    }

    /// Takes the next thing from the front of the buffer, which is at `start`.
    ///
    /// After `needMore` the next call has the same front and more bytes; after anything else its front is the upper
    /// bound of the range that was returned. The buffer itself may move in between.
    public mutating func next(in buffer: Span<UInt8>, from start: Int) -> FramingStep {
        guard start >= 0, start < buffer.count else { return .needMore }
        while true {
            switch phase {
            case .between:
                var end = start
                while end < buffer.count, ASCII.isLineBreak(buffer[end]) { end &+= 1 }
                if end > start { return .keepalive(start..<end) }
                phase = .method
            case .method:
                guard let isPossible = readMethod(buffer, start) else { return .needMore }
                guard isPossible else { return resynchronise(buffer, start, .noStartLine) }
                phase = .startLine
            case .startLine:
                if let step = readStartLine(buffer, start) { return step }
            case .headers:
                if let step = readHeaders(buffer, start) { return step }
            case .body:
                guard buffer.count - start >= messageBytes else { return .needMore }
                let end = start + messageBytes
                begin(.between)
                return .message(start..<end)
            case .skipping:
                return resynchronise(buffer, start, .noStartLine)
            }
        }
    }

    mutating func begin(_ next: Phase) {
        phase = next
        scanned = 0
        lineStart = 0
        length = .missing
        headerBytes = 0
        messageBytes = 0
    }
}

/// What the framer found at the front of the buffer. Ranges count from the buffer's first byte; the next call starts
/// at the range's upper bound.
public enum FramingStep: Sendable, Hashable {
    /// Nothing complete: call again with the same front and more bytes behind it.
    case needMore
    /// One message, header section and body, for `SIPMessage.read`. Without the body where Content-Length is negative, no
    /// number, or beyond `Limits.bodyBytes`.
    case message(Range<Int>)
    /// Line breaks between messages (RFC 5626 section 4.4.1).
    case keepalive(Range<Int>)
    /// Bytes that are no message, up to where one may begin.
    case notSIP(Range<Int>, FramingFault)
}

/// Why bytes of a stream were skipped. `noStartLine` is also given for what follows one of the others.
public enum FramingFault: UInt8, Sendable, CaseIterable {
    case noStartLine
    /// `Limits.startLineBytes` without a line end.
    case startLineTooLong
    /// `Limits.headerSectionBytes` without an empty line.
    case headerSectionTooLong
    /// A start line among the headers of another message.
    case headersInterrupted
}

/// What is known of the message at the front of the buffer while it is incomplete; lengths from its first byte.
public struct PendingMessage: Sendable, Hashable {
    /// Start line and header section with the empty line; nil while that is incomplete.
    public var headerBytes: Int?
    /// The whole message; nil while the header section is incomplete.
    public var messageBytes: Int?
}
