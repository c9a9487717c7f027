/// A range of bytes inside the message (or body, or header value) that was parsed, as offsets from its first byte.
///
/// Half the size of `Range<Int>`, and without the bytes: whoever holds the range also says where the bytes are now. The
/// accessors clamp to the bytes they are given, so a range used with the wrong bytes is wrong but never a crash.
@frozen
public struct ByteRange: Hashable, Sendable {
    public var start: UInt32
    public var end: UInt32

    /// What a header that is not there has. A value that is there but empty lies past the start line, so `end` is not 0.
    public static var absent: ByteRange { ByteRange(unchecked: 0, 0) }

    /// `start <= end`, both below 4 GiB: the callers checked the length of the bytes.
    @inlinable
    init(unchecked start: Int, _ end: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    /// Empty when the bounds are negative, reversed or do not fit in 32 bits.
    @inlinable
    public init(_ start: Int, _ end: Int) {
        if start >= 0, start <= end, let low = UInt32(exactly: start), let high = UInt32(exactly: end) {
            self.start = low
            self.end = high
        } else {
            self.start = 0
            self.end = 0
        }
    }

    @inlinable public init(_ range: Range<Int>) { self.init(range.lowerBound, range.upperBound) }

    @inlinable public var isPresent: Bool { end != 0 }
    @inlinable public var isEmpty: Bool { start >= end }
    @inlinable public var count: Int { start < end ? Int(end) - Int(start) : 0 }
    @inlinable public var range: Range<Int> { Int(start)..<max(Int(start), Int(end)) }
}

extension Span where Element == UInt8 {
    /// The bytes of `range`, or as many of them as there are.
    @inlinable
    @_lifetime(copy self)
    public func bytes(_ range: ByteRange) -> Span<UInt8> { slice(Int(range.start), Int(range.end)) }

    /// The bytes from `start` to before `end`, clamped to what is there.
    @inlinable
    @_lifetime(copy self)
    func slice(_ start: Int, _ end: Int) -> Span<UInt8> {
        let high = Swift.min(Swift.max(end, 0), count)
        let low = Swift.min(Swift.max(start, 0), high)
        return extracting(low..<high)
    }
}

extension ByteRange {
    /// The text of the range; bytes that are not UTF-8 become U+FFFD. Allocates: for records, not for the packet path.
    public func string(in bytes: Span<UInt8>) -> String {
        String(copying: bytes.bytes(self))
    }
}

extension Span where Element == UInt8 {
    /// Whether `String(copying:)` would give this text; makes it only where the bytes are other ones.
    public func equals(_ text: String) -> Bool { isSame(as: text.utf8Span.span) || isRepaired(to: text) }

    /// Whether the bytes are those of `other`.
    public func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while count &- index >= 8 {
            guard packed(from: index, length: 8) == other.packed(from: index, length: 8) else { return false }
            index &+= 8
        }
        while index < count {
            guard self[index] == other[index] else { return false }
            index &+= 1
        }
        return true
    }

    /// What is not UTF-8 was replaced in the text.
    private func isRepaired(to text: String) -> Bool {
        (try? UTF8Span(validating: self)) == nil && String(copying: self) == text
    }
}

extension String {
    /// The bytes as UTF-8, repaired.
    public init(copying bytes: Span<UInt8>) {
        if let text = try? UTF8Span(validating: bytes) {
            self.init(copying: text)
            return
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices { copy.append(bytes[index]) }
        self = String(decoding: copy, as: UTF8.self)
    }
}
