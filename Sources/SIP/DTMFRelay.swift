/// A key press in the body of an INFO request: `application/dtmf-relay` (`Signal=5`, `Duration=160`, one a line) and
/// `application/dtmf` (the key alone, or the same lines). Nobody ever standardised either.
public struct DTMFRelay: Equatable, Sendable {
    /// ASCII: 0...9, `*`, `#`, A...D, `!` for a flash.
    public var digit: UInt8
    public var durationMs: UInt32?

    /// nil when the body is of another type, or names no key.
    public init?(_ message: SIPMessage, in bytes: Span<UInt8>) {
        let (start, end) = (Int(message.contentType.start), Int(message.contentType.end))
        let name: StaticString = "application/dtmf"
        guard end - start >= name.utf8CodeUnitCount, bytes.hasPrefixIgnoringCase(name, at: start) else { return nil }
        let behind = start + name.utf8CodeUnitCount
        guard behind == end || !ASCII.isToken(bytes[behind]) || bytes.hasPrefixIgnoringCase("-relay", at: behind)
        else { return nil }
        self.init(bytes.bytes(message.body))
    }

    init?(_ body: Span<UInt8>) {
        var key: UInt8?
        var position = 0
        while position < body.count {
            let lineFeed = body.offset(of: ASCII.lineFeed, from: position, to: body.count)
            let equals = body.offset(of: UInt8(ascii: "="), from: position, to: lineFeed)
            if equals < lineFeed {
                let value = DTMFRelay.trimmed(body, equals + 1, lineFeed)
                if body.hasPrefixIgnoringCase("signal", at: position) {
                    key = key ?? DTMFRelay.key(body, value)
                } else if body.hasPrefixIgnoringCase("duration", at: position) {
                    durationMs = body.decimal(from: value.lowerBound, to: value.upperBound).flatMap {
                        UInt32(exactly: $0)
                    }
                }
            } else if key == nil {
                key = DTMFRelay.key(body, DTMFRelay.trimmed(body, position, lineFeed))
            }
            position = lineFeed + 1
        }
        guard let key else { return nil }
        digit = key
    }

    private static func trimmed(_ body: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int> {
        let first = body.skipBlanks(from: start, to: end)
        var last = end
        while last > first, body[last - 1] <= ASCII.space { last -= 1 }
        return first..<last
    }

    /// The key itself, or the number of its event (RFC 4733 section 3.2) from 10 on.
    private static func key(_ body: Span<UInt8>, _ value: Range<Int>) -> UInt8? {
        if value.count == 1 {
            switch body[value.lowerBound] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "!"):
                return body[value.lowerBound]
            case UInt8(ascii: "A")...UInt8(ascii: "D"), UInt8(ascii: "a")...UInt8(ascii: "d"):
                return body[value.lowerBound] & 0xdf
            default: return nil
            }
        }
        if value.count == 5, body.hasPrefixIgnoringCase("flash", at: value.lowerBound) { return UInt8(ascii: "!") }
        guard let number = body.decimal(from: value.lowerBound, to: value.upperBound, limit: 16), number >= 10 else {
            return nil
        }
        return [UInt8(ascii: "*"), UInt8(ascii: "#"), 65, 66, 67, 68, UInt8(ascii: "!")][Int(number) - 10]
    }
}
