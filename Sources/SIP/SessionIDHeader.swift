/// The Session-ID header (RFC 7989 section 5), and its form of RFC 7329: what two ends call their session, the same on
/// every leg of it.
///
///     Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2
public struct SessionIDHeader: Equatable, Sendable {
    /// A UUID, its first half in `high`.
    public struct Identifier: Hashable, Sendable {
        public var high: UInt64
        public var low: UInt64
    }

    /// What the sender calls it; with RFC 7329 the only one. nil when it is null or no UUID.
    public var local: Identifier?
    /// What the sender heard the other end call it; nil when it is null (not known yet) or not there.
    public var remote: Identifier?

    public init(_ bytes: Span<UInt8>, in value: ByteRange) {
        let end = Swift.min(Int(value.end), bytes.count)
        let start = bytes.skipLinearSpace(from: Swift.min(Int(value.start), end), to: end)
        local = SessionIDHeader.identifier(bytes, from: start, to: end)
        var position = bytes.offset(of: UInt8(ascii: ";"), from: start, to: end)
        while position < end {
            let name = bytes.skipLinearSpace(from: position + 1, to: end)
            let next = bytes.offset(of: UInt8(ascii: ";"), from: name, to: end)
            let equals = bytes.offset(of: UInt8(ascii: "="), from: name, to: next)
            let nameEnd = bytes.trimLinearSpace(from: name, backFrom: equals)
            if equals < next, bytes.equalsIgnoringCase("remote", from: name, to: nameEnd) {
                let begin = bytes.skipLinearSpace(from: equals + 1, to: next)
                remote = SessionIDHeader.identifier(bytes, from: begin, to: next)
            }
            position = next
        }
    }

    /// 32 hexadecimal digits that nothing of a word follows; nil for the null UUID.
    private static func identifier(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Identifier? {
        guard end - start >= 32 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for offset in 0..<32 {
            guard let digit = hexadecimal(bytes[start + offset]) else { return nil }
            halves.0 = halves.0 << 4 | halves.1 >> 60
            halves.1 = halves.1 << 4 | UInt64(digit)
        }
        if start + 32 < end, ASCII.isToken(bytes[start + 32]) { return nil }
        return halves == (0, 0) ? nil : Identifier(high: halves.0, low: halves.1)
    }

    /// The RFC has lower case; who writes capitals means the same.
    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch ASCII.lowercased(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): ASCII.lowercased(byte) - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
