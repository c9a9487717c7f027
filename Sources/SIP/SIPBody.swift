/// One part of a multipart body (RFC 2046 section 5.1). Ranges count as the body's did.
public struct BodyPart: Sendable, Hashable {
    /// The value of its Content-Type; `absent` when it has none.
    public var contentType: ByteRange = .absent
    public var body: ByteRange
}

/// Walks through the parts of a multipart body. A body that ends before its closing delimiter ends its last part.
public struct BodyPartIterator: Sendable {
    private var position: Int
    private let end: Int
    private let boundary: ByteRange

    /// - Parameter boundary: the value of the Content-Type's parameter, in the same bytes as `body`.
    public init(body: ByteRange, boundary: ByteRange) {
        position = Int(body.start)
        end = Int(body.end)
        self.boundary = boundary
    }

    public mutating func next(in bytes: Span<UInt8>) -> BodyPart? {
        let limit = min(end, bytes.count)
        guard !boundary.isEmpty, let opening = delimiter(bytes, from: position, to: limit) else {
            position = limit
            return nil
        }
        guard !opening.isLast else {
            position = limit
            return nil
        }
        let closing = delimiter(bytes, from: opening.next, to: limit)
        // The line break before a delimiter belongs to it.
        var partEnd = closing?.start ?? limit
        if closing != nil {
            if partEnd > opening.next, bytes[partEnd - 1] == ASCII.lineFeed { partEnd -= 1 }
            if partEnd > opening.next, bytes[partEnd - 1] == ASCII.carriageReturn { partEnd -= 1 }
        }
        position = closing?.start ?? limit
        return part(bytes, from: opening.next, to: partEnd)
    }

    private struct Delimiter {
        var start: Int
        var next: Int
        var isLast: Bool
    }

    /// The next line that is `--boundary` or `--boundary--`, at a line beginning.
    private func delimiter(_ bytes: Span<UInt8>, from start: Int, to limit: Int) -> Delimiter? {
        let name = bytes.bytes(boundary)
        var line = start
        while line < limit {
            let lineFeed = bytes.offset(of: ASCII.lineFeed, from: line, to: limit)
            let next = min(lineFeed + 1, limit)
            if lineFeed - line >= name.count + 2, bytes[line] == UInt8(ascii: "-"),
                bytes[line + 1] == UInt8(ascii: "-"),
                equals(bytes, line + 2, name)
            {
                let behind = line + 2 + name.count
                let last = bytes.hasPrefixIgnoringCase("--", at: behind) && behind + 2 <= limit
                let rest = last ? behind + 2 : behind
                if bytes.skipLinearSpace(from: rest, to: lineFeed) == lineFeed {
                    return Delimiter(start: line, next: next, isLast: last)
                }
            }
            line = next
        }
        return nil
    }

    private func equals(_ bytes: Span<UInt8>, _ start: Int, _ name: Span<UInt8>) -> Bool {
        for index in 0..<name.count where bytes[start + index] != name[index] { return false }
        return true
    }

    /// Reads the part's headers, which are ended by an empty line and may be none.
    private func part(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> BodyPart {
        var part = BodyPart(body: ByteRange(end, end))
        var line = start
        while line < end {
            let header = HeaderLine(bytes, at: line, to: end)
            line = header.next
            if header.isEmpty {
                part.body = ByteRange(line, end)
                break
            }
            if let field = Header(bytes, in: header), field.name == .contentType, !part.contentType.isPresent {
                part.contentType = field.value
            }
        }
        return part
    }
}

extension SIPMessage {
    /// Where the session description in the body is: the body itself, or the first such part of a multipart body
    /// (RFC 5621), which may be inside one more multipart. `absent` if there is none.
    ///
    /// A body without Content-Type that begins like a description is taken for one.
    public func sessionDescription(in bytes: Span<UInt8>) -> ByteRange {
        Self.sessionDescription(in: bytes, body, contentType, depth: 0)
    }

    /// The same of a message that the capture may have cut: without a last line that has no end, which would name another
    /// port or address than was sent.
    public func sessionDescription(in bytes: Span<UInt8>, isCut: Bool) -> ByteRange {
        let whole = sessionDescription(in: bytes)
        guard isCut, whole.isPresent, Int(whole.end) == bytes.count else { return whole }
        var end = Int(whole.end)
        while end > Int(whole.start), bytes[end - 1] != ASCII.lineFeed { end -= 1 }
        return ByteRange(Int(whole.start), end)
    }

    /// Whether `application/sdp` is at `start`, a word at a time: it is asked of every message with a body.
    private static func isSDP(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let first = PackedName.word("a", "p", "p", "l", "i", "c", "a", "t")
        let second = PackedName.word("i", "o", "n", "/", "s", "d", "p")
        return end - start >= 15 && bytes.packed(from: start, length: 8) | PackedName.fold == first
            && bytes.packed(from: start + 8, length: 7) | PackedName.fold >> 8 == second
    }

    /// The deepest multipart inside a multipart.
    private static var multipartDepth: Int { 1 }

    private static func sessionDescription(
        in bytes: Span<UInt8>, _ body: ByteRange, _ type: ByteRange, depth: Int
    ) -> ByteRange {
        guard !body.isEmpty else { return .absent }
        guard type.isPresent else {
            return depth == 0 && bytes.hasPrefixIgnoringCase("v=0", at: Int(body.start)) ? body : .absent
        }
        let (start, end) = (Int(type.start), Int(type.end))
        if isSDP(bytes, start, end) {
            let behind = start + 15
            let isWhole = behind >= end || !ASCII.isToken(bytes[behind])
            return isWhole ? body : .absent
        }
        guard bytes.hasPrefixIgnoringCase("multipart/", at: start), depth <= multipartDepth else { return .absent }
        let semicolon = bytes.offset(of: UInt8(ascii: ";"), from: start, to: end)
        let boundary = bytes.parameter("boundary", in: ByteRange(semicolon, end))
        var parts = BodyPartIterator(body: body, boundary: boundary)
        while let part = parts.next(in: bytes) {
            let found = sessionDescription(in: bytes, part.body, part.contentType, depth: depth + 1)
            if found.isPresent { return found }
        }
        return .absent
    }
}
