/// The value of a CSeq header: `1*DIGIT LWS Method` (RFC 3261 section 20.16).
public struct CSeq: Sendable, Hashable {
    /// nil when it is no number below 2^32 (the RFC asks for less than 2^31).
    public var number: UInt32?
    public var method: Method
    /// Counted as `value` was.
    public var methodRange: ByteRange

    /// Reads the `value` in `bytes`.
    @inline(__always)
    public init(_ bytes: Span<UInt8>, in value: ByteRange) {
        let end = Swift.min(Int(value.end), bytes.count)
        let start = Swift.min(Int(value.start), end)
        var digits = start
        while digits < end, ASCII.isDigit(bytes[digits]) { digits &+= 1 }
        number = bytes.decimal(from: start, to: digits).map { UInt32(truncatingIfNeeded: $0) }
        let name = bytes.skipLinearSpace(from: digits, to: end)
        let nameEnd = bytes.offset(ofBlankOr: ASCII.space, from: name, to: end)
        // `1INVITE` is no CSeq; what can be told of it still is.
        if name == digits, name < end { number = nil }
        methodRange = ByteRange(unchecked: name, nameEnd)
        method = Method.named(in: bytes, from: name, to: nameEnd)
    }
}
