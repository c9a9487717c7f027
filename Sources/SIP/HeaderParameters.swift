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

    @inline(__always)
    public mutating func next(in bytes: Span<UInt8>) -> Parameter? {
        let limit = Swift.min(end, bytes.count)
        while position < limit, bytes[position] != UInt8(ascii: ";") {
            // Only a list that is odd from the start has anything before its first semicolon.
            if bytes[position] == UInt8(ascii: ",") { position = limit } else { position &+= 1 }
        }
        guard position < limit else { return nil }
        let name = bytes.skipLinearSpace(from: position &+ 1, to: limit)
        var index = name
        while index < limit, !Self.endsName(bytes[index]) { index &+= 1 }
        var parameter = Parameter(
            name: ByteRange(unchecked: name, bytes.trimLinearSpace(from: name, backFrom: index)), value: .absent)
        if index < limit, bytes[index] == UInt8(ascii: "=") {
            index = bytes.skipLinearSpace(from: index &+ 1, to: limit)
            if index < limit, bytes[index] == ASCII.quote {
                let close = bytes.endOfQuoted(from: index, to: limit)
                parameter.value = ByteRange(unchecked: index &+ 1, close)
                index = Swift.min(close &+ 1, limit)
            } else {
                let value = index
                while index < limit, bytes[index] != UInt8(ascii: ";"), bytes[index] != UInt8(ascii: ",") {
                    index &+= 1
                }
                parameter.value = ByteRange(unchecked: value, bytes.trimLinearSpace(from: value, backFrom: index))
            }
        }
        position = index
        return parameter
    }

    @inline(__always)
    private static func endsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ";") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: ",")
    }
}

extension Span where Element == UInt8 {
    /// The offset of the quote that closes the one at `start`, or `end`; a backslash escapes the byte after it.
    @inline(__always)
    func endOfQuoted(from start: Int, to end: Int) -> Int {
        var index = start &+ 1
        while index < end, self[index] != ASCII.quote {
            index &+= self[index] == ASCII.backslash ? 2 : 1
        }
        return Swift.min(index, end)
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
