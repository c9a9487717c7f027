/// Walks through the lines of a session description (RFC 8866 section 5): one letter, an equals sign, a value.
/// CRLF or LF ends a line; lines of another form are counted and left out.
struct SDPLineIterator {
    struct Line {
        var type: UInt8
        /// The first byte of the value, and the byte behind it.
        var start: Int
        var end: Int
    }

    private var position = 0
    private(set) var oddLines = 0

    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) -> Line? {
        while position < bytes.count {
            let start = position
            let lineFeed = bytes.offset(of: ASCII.lineFeed, from: start, to: bytes.count)
            position = lineFeed &+ 1
            var end = lineFeed
            if end > start, bytes[end &- 1] == ASCII.carriageReturn { end &-= 1 }
            if end == start { continue }
            if end &- start >= 2, bytes[start &+ 1] == UInt8(ascii: "=") {
                return Line(type: bytes[start], start: start &+ 2, end: end)
            }
            oddLines &+= 1
        }
        return nil
    }
}

/// Walks through the fields of a value, which spaces separate; repeated spaces count as one. A control byte ends the
/// value.
struct SDPFields {
    /// Behind the last field that was taken.
    private(set) var position: Int
    private let end: Int

    init(from start: Int, to end: Int) {
        position = start
        self.end = end
    }

    /// The next field; empty at the end.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) -> Range<Int> {
        let start = bytes.skipBlanks(from: position, to: end)
        position = bytes.offset(ofBlankOr: ASCII.space, from: start, to: end)
        return start..<position
    }
}

/// The attributes that are read, of `a=name` and `a=name:value` (RFC 8866 section 5.13).
enum SDPAttribute {
    case other
    case rtpmap, fmtp, ptime, rtcp, rtcpMux, candidate, group, mid, crypto, fingerprint, bundleOnly
    case sendrecv, sendonly, recvonly, inactive

    /// Where the name of the attribute ends: at the colon, or where the line does.
    @inline(__always)
    static func nameEnd(_ bytes: Span<UInt8>, _ line: SDPLineIterator.Line) -> Int {
        var index = line.start
        while index < line.end, bytes[index] != UInt8(ascii: ":") { index &+= 1 }
        return index
    }

    @inline(__always)
    static func named(in bytes: Span<UInt8>, from start: Int, to end: Int) -> SDPAttribute {
        let length = end &- start
        let word = bytes.packed(from: start, length: length)
        switch length {
        case 3: return word == PackedName.word("m", "i", "d") ? .mid : .other
        case 4:
            if word == PackedName.word("r", "t", "c", "p") { return .rtcp }
            return word == PackedName.word("f", "m", "t", "p") ? .fmtp : .other
        case 5:
            if word == PackedName.word("p", "t", "i", "m", "e") { return .ptime }
            return word == PackedName.word("g", "r", "o", "u", "p") ? .group : .other
        case 6:
            if word == PackedName.word("r", "t", "p", "m", "a", "p") { return .rtpmap }
            return word == PackedName.word("c", "r", "y", "p", "t", "o") ? .crypto : .other
        case 8:
            if word == PackedName.word("r", "t", "c", "p", "-", "m", "u", "x") { return .rtcpMux }
            if word == PackedName.word("s", "e", "n", "d", "r", "e", "c", "v") { return .sendrecv }
            if word == PackedName.word("s", "e", "n", "d", "o", "n", "l", "y") { return .sendonly }
            if word == PackedName.word("r", "e", "c", "v", "o", "n", "l", "y") { return .recvonly }
            return word == PackedName.word("i", "n", "a", "c", "t", "i", "v", "e") ? .inactive : .other
        case 9: return bytes.equalsIgnoringCase("candidate", from: start, to: end) ? .candidate : .other
        case 11:
            if bytes.equalsIgnoringCase("fingerprint", from: start, to: end) { return .fingerprint }
            return bytes.equalsIgnoringCase("bundle-only", from: start, to: end) ? .bundleOnly : .other
        default: return .other
        }
    }
}
