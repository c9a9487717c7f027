/// One logical line of a header section: the physical lines that folding joins (RFC 3261 section 7.3.1).
struct HeaderLine {
    /// The first byte of the line.
    var start: Int
    /// The line without its last line end.
    var end: Int
    /// The first byte of the next line.
    var next: Int
    var isFolded = false
    var isBareLF = false
    /// False when the bytes end within the line: its value may be cut.
    var isTerminated = true

    var isEmpty: Bool { start == end }

    /// The line at `position`, which is before `limit`.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at position: Int, to limit: Int) {
        self.init(physical: bytes, from: position, to: limit)
        // An empty line ends the section, whatever follows.
        if next < limit, end > start, ASCII.isBlank(bytes[next]) { self = joined(bytes, to: limit) }
    }

    @inline(__always)
    private init(physical bytes: Span<UInt8>, from position: Int, to limit: Int) {
        let lineFeed = bytes.offset(of: ASCII.lineFeed, from: position, to: limit)
        let hasLineFeed = lineFeed < limit
        let hasReturn = lineFeed > position && bytes[lineFeed &- 1] == ASCII.carriageReturn
        start = position
        end = hasReturn ? lineFeed &- 1 : lineFeed
        next = hasLineFeed ? lineFeed &+ 1 : limit
        isTerminated = hasLineFeed || hasReturn
        isBareLF = hasLineFeed && !hasReturn
    }

    /// The line and those that continue it. Apart, so that the usual line stays in registers.
    @inline(never)
    private func joined(_ bytes: Span<UInt8>, to limit: Int) -> HeaderLine {
        var line = self
        line.isFolded = true
        while line.next < limit, ASCII.isBlank(bytes[line.next]) {
            let more = HeaderLine(physical: bytes, from: line.next, to: limit)
            line.end = more.end
            line.next = more.next
            line.isTerminated = more.isTerminated
            line.isBareLF = line.isBareLF || more.isBareLF
        }
        return line
    }
}

/// One header field of a message: what `HeaderIterator` gives.
public struct Header: Sendable, Hashable {
    public var name: HeaderName
    /// The name as written, without the white space before the colon.
    public var nameRange: ByteRange
    /// The value, trimmed; a folded one holds its line breaks.
    public var value: ByteRange
    public var isFolded: Bool

    /// The colon ends the name, with white space before it allowed (RFC 3261 section 7.3.1). nil if there is no name.
    /// That the name is a token is not asked: an odd name is a header nobody knows.
    init?(_ bytes: Span<UInt8>, in line: HeaderLine) {
        let (name, nameEnd) = HeaderName.read(bytes, from: line.start, to: line.end)
        guard let value = Self.value(bytes, from: line.start, behind: nameEnd, to: line.end) else { return nil }
        self.name = name
        self.value = value
        nameRange = ByteRange(unchecked: line.start, nameEnd)
        isFolded = line.isFolded
    }

    /// The trimmed value of the line `start..<end` whose name ends at `nameEnd`; nil if there is no name or no colon.
    @inline(__always)
    static func value(_ bytes: Span<UInt8>, from start: Int, behind nameEnd: Int, to end: Int) -> ByteRange? {
        guard nameEnd > start, nameEnd < end else { return nil }
        var colon = nameEnd
        if bytes[colon] != UInt8(ascii: ":") {
            colon = bytes.skipBlanks(from: nameEnd, to: end)
            guard colon < end, bytes[colon] == UInt8(ascii: ":") else { return nil }
        }
        let value = bytes.skipLinearSpace(from: colon &+ 1, to: end)
        return ByteRange(unchecked: value, bytes.trimLinearSpace(from: value, backFrom: end))
    }

    /// The value with each folding replaced by one space. Allocates.
    public func unfolded(in bytes: Span<UInt8>) -> [UInt8] {
        let folded = bytes.bytes(value)
        var result: [UInt8] = []
        result.reserveCapacity(folded.count)
        var index = 0
        while index < folded.count {
            if ASCII.isLineBreak(folded[index]) {
                while let last = result.last, ASCII.isBlank(last) { result.removeLast() }
                index = folded.skipLinearSpace(from: index, to: folded.count)
                result.append(ASCII.space)
            } else {
                result.append(folded[index])
                index += 1
            }
        }
        return result
    }
}

/// Walks through the headers of a message in their order, lines that are no header left out.
///
///     var headers = message.headers
///     while let header = headers.next(in: bytes) { … }
public struct HeaderIterator: Sendable {
    private var position: Int
    private let end: Int

    init(section: ByteRange) {
        position = Int(section.start)
        end = Int(section.end)
    }

    /// The next header in `bytes`, which must be those the message was parsed from.
    public mutating func next(in bytes: Span<UInt8>) -> Header? {
        let limit = min(end, bytes.count)
        while position < limit {
            let line = HeaderLine(bytes, at: position, to: limit)
            position = line.next
            if line.isEmpty { return nil }
            if let header = Header(bytes, in: line) { return header }
        }
        return nil
    }

    /// The next header called `name`.
    public mutating func next(_ name: HeaderName, in bytes: Span<UInt8>) -> Header? {
        while let header = next(in: bytes) {
            if header.name == name { return header }
        }
        return nil
    }
}
