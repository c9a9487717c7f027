extension SIPStreamFramer {
    /// What the headers so far say about the length of the body.
    enum DeclaredLength {
        case missing
        /// A Content-Length without a value, which may be on the next, folded line.
        case awaited
        case bytes(Int)
        case bad
    }

    /// Whether what begins at the front may be a method or a SIP version; nil when its end is not here yet.
    mutating func readMethod(_ buffer: Span<UInt8>, _ start: Int) -> Bool? {
        while start + scanned < buffer.count {
            let byte = buffer[start + scanned]
            if ASCII.isToken(byte) {
                scanned += 1
                if scanned > SIPLimits.methodBytes { return false }
            } else if ASCII.isBlank(byte) {
                return scanned > 0
            } else {
                return byte == UInt8(ascii: "/") && buffer.equalsIgnoringCase("sip", from: start, to: start + scanned)
            }
        }
        return nil
    }

    /// Looks for the end of the start line; nil when the line is one and the headers come next.
    mutating func readStartLine(_ buffer: Span<UInt8>, _ start: Int) -> FramingStep? {
        let bound = Swift.min(buffer.count, start + limits.startLineBytes)
        let lineFeed = buffer.offset(of: ASCII.lineFeed, from: Swift.min(start + scanned, bound), to: bound)
        guard lineFeed < bound else {
            scanned = bound - start
            return bound < buffer.count ? resynchronise(buffer, start, .startLineTooLong) : .needMore
        }
        let line = buffer.slice(start, lineFeed + 1)
        guard case .line = StartLine.read(line, from: 0, limit: limits.startLineBytes) else {
            return resynchronise(buffer, start, .noStartLine)
        }
        scanned = line.count
        lineStart = scanned
        phase = .headers
        return nil
    }

    /// Reads header lines up to the empty one; nil when it is found and the body comes next.
    mutating func readHeaders(_ buffer: Span<UInt8>, _ start: Int) -> FramingStep? {
        let bound = Swift.min(buffer.count, start + limits.headerSectionBytes)
        while true {
            let lineFeed = buffer.offset(of: ASCII.lineFeed, from: Swift.min(start + scanned, bound), to: bound)
            guard lineFeed < bound else {
                scanned = Swift.max(bound - start, scanned)
                return bound < buffer.count ? resynchronise(buffer, start, .headerSectionTooLong) : .needMore
            }
            let line = start + lineStart
            scanned = lineFeed + 1 - start
            lineStart = scanned
            var end = lineFeed
            if end > line, buffer[end - 1] == ASCII.carriageReturn { end -= 1 }
            if end == line { return endHeaders(buffer, start) }
            if readHeader(buffer, line, end, scanned + start) { return interrupt(start, at: line) }
        }
    }

    /// Takes from one physical line what it says about the length; true if it is the start line of another message.
    private mutating func readHeader(_ buffer: Span<UInt8>, _ line: Int, _ end: Int, _ next: Int) -> Bool {
        if ASCII.isBlank(buffer[line]) {
            if case .awaited = length { readLength(buffer, line, end) }
            return false
        }
        if case .awaited = length { length = .bytes(0) }
        // A name ends at the line's end at the latest, which is white space for the search.
        let (name, nameEnd) = HeaderName.read(buffer, from: line, to: buffer.count)
        let colon = nameEnd < end && buffer[nameEnd] == UInt8(ascii: ":") ? nameEnd : lateColon(buffer, nameEnd, end)
        guard nameEnd > line, colon < end else {
            // A header line that is none is the parser's to flag, unless the next message begins with it.
            if case .line = StartLine.read(buffer.slice(line, next), from: 0, limit: limits.startLineBytes) {
                return true
            }
            return false
        }
        if name == .contentLength, case .missing = length { readLength(buffer, colon + 1, end) }
        return false
    }

    /// The colon behind white space; `end` if there is none.
    @inline(never)
    private func lateColon(_ buffer: Span<UInt8>, _ nameEnd: Int, _ end: Int) -> Int {
        let colon = buffer.skipBlanks(from: nameEnd, to: end)
        return colon < end && buffer[colon] == UInt8(ascii: ":") ? colon : end
    }

    private mutating func readLength(_ buffer: Span<UInt8>, _ start: Int, _ end: Int) {
        let first = buffer.skipLinearSpace(from: start, to: end)
        let last = buffer.trimLinearSpace(from: first, backFrom: end)
        guard first < last else {
            length = .awaited
            return
        }
        length = buffer.decimal(from: first, to: last).flatMap { Int(exactly: $0) }.map { .bytes($0) } ?? .bad
    }

    /// The empty line is read: the length of the message is known, or nothing is.
    private mutating func endHeaders(_ buffer: Span<UInt8>, _ start: Int) -> FramingStep? {
        headerBytes = scanned
        switch length {
        // Both count as 0: a body that is there all the same is skipped as no SIP.
        case .missing, .awaited: messageBytes = headerBytes
        case .bytes(let body):
            guard body <= limits.bodyBytes else { return withoutBody(start) }
            messageBytes = headerBytes + body
        case .bad: return withoutBody(start)
        }
        phase = .body
        return nil
    }

    /// Where the body ends is not known, or too far away: the message is its header section. What follows that is at a
    /// line beginning, is looked at next, and skipped if it is a body.
    private mutating func withoutBody(_ start: Int) -> FramingStep {
        let end = start + headerBytes
        begin(.between)
        return .message(start..<end)
    }

    private mutating func interrupt(_ start: Int, at line: Int) -> FramingStep {
        begin(.between)
        return .notSIP(start..<line, .headersInterrupted)
    }

    /// Skips to the next line of which a message may begin, or all there is.
    mutating func resynchronise(_ buffer: Span<UInt8>, _ start: Int, _ fault: FramingFault) -> FramingStep {
        var position = start
        // Behind the headers that were read no message begins: each of their lines was looked at.
        if phase == .headers { position = start + lineStart }
        while true {
            let lineFeed = buffer.offset(of: ASCII.lineFeed, from: position, to: buffer.count)
            guard lineFeed < buffer.count else {
                begin(.skipping)
                return .notSIP(start..<buffer.count, fault)
            }
            position = lineFeed + 1
            while position < buffer.count, ASCII.isLineBreak(buffer[position]) { position += 1 }
            if mayBegin(buffer, position) {
                begin(.between)
                return .notSIP(start..<position, fault)
            }
        }
    }

    private func mayBegin(_ buffer: Span<UInt8>, _ position: Int) -> Bool {
        let rest = buffer.slice(position, buffer.count)
        switch StartLine.read(rest, from: 0, limit: limits.startLineBytes) {
        case .line, .needMore: return true
        case .notSIP, .malformed: return false
        }
    }
}
