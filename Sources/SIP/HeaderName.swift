import PacketDecoding

/// The header fields that calls are told from. Every other field is `other` and keeps its name in the message.
public enum HeaderName: UInt8, Sendable {
    case other
    case via, from, to, callID, cseq, contact, contentLength, contentType, expires
    /// RFC 3325.
    case pAssertedIdentity, pPreferredIdentity
    case userAgent, server
    /// RFC 3326.
    case reason
    /// X-Call-ID, X-CID. Not registered: written by B2BUAs to name the other leg's Call-ID.
    case xCallID
    /// RFC 7989.
    case sessionID

    /// The name at the beginning of the line `start..<end`, letters in any case, compact forms (RFC 3261 section
    /// 7.3.3) included, and the offset behind it: at the colon, the white space before it, or `end`.
    @inline(never)
    static func read(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> (name: HeaderName, end: Int) {
        guard start &+ 16 <= end else { return readAtEnd(bytes, from: start, to: end) }
        let first = bytes.packed(from: start, length: 8)
        let marks = Lanes.below(0x21, first) | Lanes.zeros(first ^ Lanes.all(UInt8(ascii: ":")))
        guard marks != 0 else { return readLong(bytes, first, from: start, to: end) }
        let length = marks.trailingZeroBitCount >> 3
        let word = (first | PackedName.fold) & ~(UInt64.max << UInt64(truncatingIfNeeded: 8 &* length))
        return (short(word, length), start &+ length)
    }

    /// A name of eight bytes and more; at least sixteen are there.
    @inline(never)
    private static func readLong(
        _ bytes: Span<UInt8>, _ first: UInt64, from start: Int, to end: Int
    ) -> (name: HeaderName, end: Int) {
        let second = bytes.packed(from: start &+ 8, length: 8)
        let marks = Lanes.below(0x21, second) | Lanes.zeros(second ^ Lanes.all(UInt8(ascii: ":")))
        let nameEnd =
            marks != 0
            ? start &+ 8 &+ marks.trailingZeroBitCount >> 3
            : bytes.offset(ofBlankOr: UInt8(ascii: ":"), from: start &+ 16, to: end)
        return (long(bytes, start, nameEnd &- start, first | PackedName.fold), nameEnd)
    }

    @inline(never)
    private static func readAtEnd(
        _ bytes: Span<UInt8>, from start: Int, to end: Int
    ) -> (name: HeaderName, end: Int) {
        let nameEnd = bytes.offset(ofBlankOr: UInt8(ascii: ":"), from: start, to: end)
        return (named(in: bytes, from: start, to: nameEnd), nameEnd)
    }

    /// The name spelt by `start..<end`.
    static func named(in bytes: Span<UInt8>, from start: Int, to end: Int) -> HeaderName {
        let length = end &- start
        guard length > 0 else { return .other }
        let first = bytes.packed(from: start, length: length)
        if length > 8 { return long(bytes, start, length, first | PackedName.fold) }
        return short(first | PackedName.fold >> UInt64(64 &- 8 &* length), length)
    }

    /// A name of at most eight bytes, packed and folded.
    @inline(__always)
    private static func short(_ word: UInt64, _ length: Int) -> HeaderName {
        switch length {
        case 1: return compact(UInt8(truncatingIfNeeded: word))
        case 2: return word == PackedName.word("t", "o") ? .to : .other
        case 3: return word == PackedName.word("v", "i", "a") ? .via : .other
        case 4:
            if word == PackedName.word("f", "r", "o", "m") { return .from }
            return word == PackedName.word("c", "s", "e", "q") ? .cseq : .other
        case 5: return word == PackedName.word("x", "-", "c", "i", "d") ? .xCallID : .other
        case 6:
            if word == PackedName.word("s", "e", "r", "v", "e", "r") { return .server }
            return word == PackedName.word("r", "e", "a", "s", "o", "n") ? .reason : .other
        case 7:
            if word == PackedName.word("c", "a", "l", "l", "-", "i", "d") { return .callID }
            if word == PackedName.word("c", "o", "n", "t", "a", "c", "t") { return .contact }
            return word == PackedName.word("e", "x", "p", "i", "r", "e", "s") ? .expires : .other
        default: return .other
        }
    }

    private static func compact(_ letter: UInt8) -> HeaderName {
        switch letter {
        case UInt8(ascii: "v"): .via
        case UInt8(ascii: "f"): .from
        case UInt8(ascii: "t"): .to
        case UInt8(ascii: "i"): .callID
        case UInt8(ascii: "m"): .contact
        case UInt8(ascii: "l"): .contentLength
        case UInt8(ascii: "c"): .contentType
        default: .other
        }
    }

    /// Names longer than a word: `first` is their first eight bytes, folded; the last eight (which may overlap) decide.
    private static func long(_ bytes: Span<UInt8>, _ start: Int, _ length: Int, _ first: UInt64) -> HeaderName {
        switch first {
        case PackedName.word("c", "o", "n", "t", "e", "n", "t", "-"):
            let last = bytes.packed(from: start &+ length &- 8, length: 8) | PackedName.fold
            if length == 14, last == PackedName.word("t", "-", "l", "e", "n", "g", "t", "h") { return .contentLength }
            if length == 12, last == PackedName.word("e", "n", "t", "-", "t", "y", "p", "e") { return .contentType }
            return .other
        case PackedName.word("u", "s", "e", "r", "-", "a", "g", "e"):
            let last = bytes.packed(from: start &+ length &- 8, length: 8) | PackedName.fold
            return length == 10 && last == PackedName.word("e", "r", "-", "a", "g", "e", "n", "t") ? .userAgent : .other
        case PackedName.word("s", "e", "s", "s", "i", "o", "n", "-"):
            return bytes.equalsIgnoringCase("session-id", from: start, to: start &+ length) ? .sessionID : .other
        case PackedName.word("x", "-", "c", "a", "l", "l", "-", "i"):
            return bytes.equalsIgnoringCase("x-call-id", from: start, to: start &+ length) ? .xCallID : .other
        case PackedName.word("p", "-", "a", "s", "s", "e", "r", "t"):
            return bytes.equalsIgnoringCase("p-asserted-identity", from: start, to: start &+ length)
                ? .pAssertedIdentity : .other
        case PackedName.word("p", "-", "p", "r", "e", "f", "e", "r"):
            return bytes.equalsIgnoringCase("p-preferred-identity", from: start, to: start &+ length)
                ? .pPreferredIdentity : .other
        default: return .other
        }
    }
}
