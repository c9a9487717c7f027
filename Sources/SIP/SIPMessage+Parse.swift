extension SIPMessage {
    /// Reads the message that `bytes` are, a whole datagram or one message that `SIPStreamFramer` cut, in place of the last
    /// one: it has 200 bytes, which are not moved about so.
    ///
    /// Tolerant: once the start line tells of a message it is one, and what is odd about the rest is in `flags`. A message
    /// that ends early is read as far as it goes. Linear in the length of the bytes, without allocation.
    ///
    /// - Parameter isCut: the capture kept less than was sent. The last line, if it has no end, is then not taken:
    ///   half a Call-ID would be the name of another call.
    public mutating func read(_ bytes: Span<UInt8>, isCut: Bool = false) -> ParseResult {
        guard bytes.count <= SIPLimits.messageBytes else { return .malformed(.at(0, .messageTooLong)) }
        let start = SIPMessage.leadingLineBreaks(bytes)
        switch StartLine.read(bytes, from: start, limit: SIPLimits.datagramStartLineBytes) {
        case .notSIP: return .notSIP
        case .malformed(let malformation): return .malformed(malformation)
        case .needMore:
            let begins = SIPMessage.beginsLikeSIP(bytes, from: start)
            return begins ? .malformed(.at(bytes.count, .startLineCut)) : .notSIP
        case .line(let line):
            self = SIPMessage(bytes, line)
            if start > 0 { flags.insert(.leadingLineBreaks) }
            readHeaders(bytes, from: line.next, isCut: isCut)
            finish(bytes)
            return .message
        }
    }

    @inline(__always)
    static func leadingLineBreaks(_ bytes: Span<UInt8>) -> Int {
        var index = 0
        let bound = min(bytes.count, SIPLimits.leadingLineBreakBytes)
        while index < bound, ASCII.isLineBreak(bytes[index]) { index &+= 1 }
        return index
    }

    /// Whether a start line that is cut names a method we know, or is a status line.
    @inline(never)
    private static func beginsLikeSIP(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        if bytes.hasPrefixIgnoringCase("sip/", at: start) { return true }
        var end = start
        while end < bytes.count, ASCII.isToken(bytes[end]) { end += 1 }
        return end < bytes.count && Method.named(in: bytes, from: start, to: end) != .other
    }

    @inline(__always)
    private init(_ bytes: Span<UInt8>, _ line: StartLine) {
        kind = line.kind
        method = .other
        if line.kind == .request {
            method = Method.named(in: bytes, from: Int(line.method.start), to: Int(line.method.end))
        }
        methodRange = line.method
        statusCode = line.statusCode
        reasonPhrase = line.reason
        requestURI = line.uri
        if line.isBareLF { flags.insert(.bareLF) }
        if line.isLoose { flags.insert(.looseStartLine) }
    }

    @inline(__always)
    private mutating func readHeaders(_ bytes: Span<UInt8>, from start: Int, isCut: Bool) {
        let count = bytes.count
        var position = start
        while position < count {
            // A name ends before its line does, so the search for the line end goes on where it ends.
            let (name, nameEnd) = HeaderName.read(bytes, from: position, to: count)
            var end = bytes.offset(of: ASCII.lineFeed, from: nameEnd, to: count)
            var next = end &+ 1
            // The usual line ends with CRLF and is followed by another, or by the empty one; what else there may be is told
            // apart.
            if next < count, end &- nameEnd >= 2, bytes[end &- 1] == ASCII.carriageReturn,
                !ASCII.isBlank(bytes[next])
            {
                end &-= 1
            } else if nameEnd == position, end == position &+ 1, end < count,
                bytes[position] == ASCII.carriageReturn
            {
                endHeaders(at: position, from: start, body: next, count)
                return
            } else {
                guard let line = unusualLine(bytes, at: position, from: start, isCut: isCut) else { return }
                end = line.end
                next = line.next
            }
            if name != .other || nameEnd >= end || bytes[nameEnd] != UInt8(ascii: ":") {
                if let value = Header.value(bytes, from: position, behind: nameEnd, to: end) {
                    take(name, value, bytes)
                } else {
                    flags.insert(.oddLine)
                }
            }
            position = next
        }
        endHeaders(bytes, from: start)
    }

    /// A line that is empty, folded, ends without CR or not at all, or the last one; nil ends the header section.
    @inline(never)
    private mutating func unusualLine(
        _ bytes: Span<UInt8>, at position: Int, from start: Int, isCut: Bool
    ) -> HeaderLine? {
        let line = HeaderLine(bytes, at: position, to: bytes.count)
        if line.isBareLF { flags.insert(.bareLF) }
        if line.isFolded { flags.insert(.folded) }
        if line.isEmpty {
            // A lone CR at the very end: the LF is missing, the section is not.
            endHeaders(at: position, from: start, body: line.next, bytes.count)
            return nil
        }
        if isCut, !line.isTerminated {
            flags.insert(.lastLineCut)
            endHeaders(bytes, from: start)
            return nil
        }
        return line
    }

    /// An empty line ends the header section.
    @inline(__always)
    private mutating func endHeaders(at position: Int, from start: Int, body next: Int, _ count: Int) {
        headerSection = ByteRange(unchecked: start, position)
        body = ByteRange(unchecked: next, count)
    }

    /// The bytes end before the header section does.
    private mutating func endHeaders(_ bytes: Span<UInt8>, from start: Int) {
        flags.insert(.headersUnterminated)
        headerSection = ByteRange(unchecked: start, bytes.count)
        body = ByteRange(unchecked: bytes.count, bytes.count)
    }

    private mutating func take(_ name: HeaderName, _ value: ByteRange, _ bytes: Span<UInt8>) {
        switch name {
        case .other: break
        case .via: if !via.isPresent { takeVia(value, bytes) }
        case .from: if isFirst(from.keepFirst(value)) { fromTag = bytes.tag(in: value) }
        case .to: if isFirst(to.keepFirst(value)) { toTag = bytes.tag(in: value) }
        case .callID: _ = isFirst(callID.keepFirst(value))
        case .cseq: takeCSeq(value, bytes)
        case .contact: contact.keepFirst(value)
        case .contentLength: takeContentLength(value, bytes)
        case .contentType: contentType.keepFirst(value)
        case .expires:
            if expires == nil, let value = bytes.decimal(from: Int(value.start), to: Int(value.end)) {
                expires = UInt32(truncatingIfNeeded: value)
            }
        case .pAssertedIdentity: pAssertedIdentity.keepFirst(value)
        case .pPreferredIdentity: pPreferredIdentity.keepFirst(value)
        case .userAgent: userAgent.keepFirst(value)
        case .server: server.keepFirst(value)
        case .reason: reason.keepFirst(value)
        case .xCallID: xCallID.keepFirst(value)
        case .sessionID: sessionID.keepFirst(value)
        }
    }

    /// Notes that a header came again that may come once.
    @inline(__always)
    private mutating func isFirst(_ first: Bool) -> Bool {
        if !first { flags.insert(.repeatedHeader) }
        return first
    }

    /// RFC 3261 section 20.14. Of differing values the first counts.
    @inline(__always)
    private mutating func takeContentLength(_ value: ByteRange, _ bytes: Span<UInt8>) {
        if contentLength != nil || flags.contains(.badContentLength) {
            flags.insert(.repeatedHeader)
        } else if let length = bytes.decimal(from: Int(value.start), to: Int(value.end)) {
            contentLength = UInt32(truncatingIfNeeded: length)
        } else {
            flags.insert(.badContentLength)
        }
    }

    @inline(__always)
    private mutating func takeCSeq(_ value: ByteRange, _ bytes: Span<UInt8>) {
        guard !cseqMethodRange.isPresent, !flags.contains(.badCSeq) else {
            flags.insert(.repeatedHeader)
            return
        }
        let cseq = CSeq(bytes, in: value)
        cseqNumber = cseq.number ?? 0
        cseqMethodRange = cseq.methodRange
        cseqMethod = cseq.method
        if cseq.number == nil || cseq.methodRange.isEmpty { flags.insert(.badCSeq) }
    }

    @inline(__always)
    private mutating func takeVia(_ value: ByteRange, _ bytes: Span<UInt8>) {
        via = value
        viaBranch = Via(bytes, in: value).branch(in: bytes)
    }

    @inline(__always)
    private mutating func finish(_ bytes: Span<UInt8>) {
        if kind == .response {
            method = cseqMethod
            methodRange = cseqMethodRange
        } else if cseqMethodRange.isPresent, cseqMethod != method {
            flags.insert(.cseqMethodMismatch)
        }
        if callID.isEmpty { flags.insert(.missingCallID) }
        if !cseqMethodRange.isPresent, !flags.contains(.badCSeq) { flags.insert(.missingCSeq) }
        if !from.isPresent { flags.insert(.missingFrom) }
        if !to.isPresent { flags.insert(.missingTo) }
        if !via.isPresent { flags.insert(.missingVia) }
        if let declared = contentLength {
            limitBody(to: Int(declared))
        } else if !flags.contains(.badContentLength) {
            flags.insert(.missingContentLength)
        }
    }

    /// RFC 3261 section 18.3: in a datagram what follows the declared body is discarded.
    @inline(__always)
    private mutating func limitBody(to declared: Int) {
        guard !flags.contains(.headersUnterminated) else { return }
        if declared > body.count {
            flags.insert(.bodyShort)
        } else if declared < body.count {
            flags.insert(.bytesAfterBody)
            body = ByteRange(unchecked: Int(body.start), Int(body.start) &+ declared)
        }
    }
}

extension ByteRange {
    /// Takes the value unless there is one; false if there was.
    @inline(__always)
    @discardableResult
    fileprivate mutating func keepFirst(_ value: ByteRange) -> Bool {
        guard !isPresent else { return false }
        self = value
        return true
    }
}
