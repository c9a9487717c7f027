/// `;name=value` lists behind header values and URIs (RFC 3261 section 25.1 `generic-param`), one after another.
public struct ParameterIterator: Sendable {
    private var position: Int
    private let end: Int

    /// Walks the `parameters`, which begin with a semicolon or are empty.
    public init(_ parameters: ByteRange) {
        position = Int(parameters.start)
        end = Swift.max(Int(parameters.end), Int(parameters.start))
    }

    /// One parameter; a quoted value is without its quotes, and keeps its escapes.
    public struct Parameter: Sendable, Hashable {
        public var name: ByteRange
        /// `absent` when there is no equals sign.
        public var value: ByteRange
    }

    public mutating func next(in bytes: Span<UInt8>) -> Parameter? {
        let limit = Swift.min(end, bytes.count)
        // Only a list that is odd from the start has anything before its first semicolon.
        position = bytes.offset(
            of: UInt8(ascii: ";"), or: UInt8(ascii: ","), or: UInt8(ascii: ","), from: Swift.min(position, limit),
            to: limit)
        guard position < limit, bytes[position] == UInt8(ascii: ";") else {
            position = limit
            return nil
        }
        let name = bytes.skipLinearSpace(from: position &+ 1, to: limit)
        position = bytes.offset(
            of: UInt8(ascii: ";"), or: UInt8(ascii: "="), or: UInt8(ascii: ","), from: name, to: limit)
        var parameter = Parameter(
            name: ByteRange(unchecked: name, bytes.trimLinearSpace(from: name, backFrom: position)), value: .absent)
        if position < limit, bytes[position] == UInt8(ascii: "=") {
            parameter.value = bytes.parameterValue(behind: position, to: limit, next: &position)
        }
        return parameter
    }
}

extension Span where Element == UInt8 {
    /// The offset of the quote that closes the one at `start`, or `end`; a backslash escapes the byte after it.
    @inline(__always)
    func endOfQuoted(from start: Int, to end: Int) -> Int {
        var index = start &+ 1
        while index < end {
            index = offset(of: ASCII.quote, or: ASCII.backslash, or: ASCII.quote, from: index, to: end)
            guard index < end, self[index] == ASCII.backslash else { break }
            index &+= 2
        }
        return Swift.min(index, end)
    }

    /// The value behind the equals sign, without quotes; `next` becomes the semicolon or comma behind it, or `end`.
    @inline(__always)
    func parameterValue(behind equals: Int, to end: Int, next: inout Int) -> ByteRange {
        let value = skipLinearSpace(from: equals &+ 1, to: end)
        if value < end, self[value] == ASCII.quote {
            let close = endOfQuoted(from: value, to: end)
            next = Swift.min(close &+ 1, end)
            return ByteRange(unchecked: Swift.min(value &+ 1, close), close)
        }
        next = offset(of: UInt8(ascii: ";"), or: UInt8(ascii: ","), or: UInt8(ascii: ","), from: value, to: end)
        return ByteRange(unchecked: value, trimLinearSpace(from: value, backFrom: next))
    }

    /// The value of the parameter whose packed name in lower case is `word`, in `start..<end` of the first list element.
    @inline(__always)
    func parameter(_ word: UInt64, length: Int, from start: Int, to end: Int) -> ByteRange {
        // The parameter looked for is the first one almost always.
        if start < end, self[start] == UInt8(ascii: ";"), start &+ 1 &+ length < end,
            self[start &+ 1 &+ length] == UInt8(ascii: "="),
            packed(from: start &+ 1, length: length) | PackedName.fold & (UInt64.max >> UInt64(64 &- 8 &* length))
                == word
        {
            var next = 0
            return parameterValue(behind: start &+ 1 &+ length, to: end, next: &next)
        }
        return start < end ? searchParameter(word, length: length, from: start, to: end) : .absent
    }

    @inline(never)
    private func searchParameter(_ word: UInt64, length: Int, from start: Int, to end: Int) -> ByteRange {
        let fold = PackedName.fold & (UInt64.max >> UInt64(64 - 8 * length))
        var iterator = ParameterIterator(ByteRange(start, end))
        while let parameter = iterator.next(in: self) {
            if parameter.name.count == length, packed(from: Int(parameter.name.start), length: length) | fold == word {
                return parameter.value
            }
        }
        return .absent
    }

    /// The value of the first parameter called `name` (in lower case), `absent` if there is none.
    func parameter(_ name: StaticString, in parameters: ByteRange) -> ByteRange {
        var iterator = ParameterIterator(parameters)
        while let parameter = iterator.next(in: self) {
            if equalsIgnoringCase(name, from: Int(parameter.name.start), to: Int(parameter.name.end)) {
                return parameter.value
            }
        }
        return .absent
    }
}
