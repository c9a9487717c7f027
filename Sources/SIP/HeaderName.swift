/// The header fields that calls are told from. Every other field is `other` and keeps its name in the message.
public enum HeaderName: UInt8, Sendable {
    case other
    case via, from, to, callID, cseq, contact, contentLength, contentType, expires
    /// RFC 3325.
    case pAssertedIdentity, pPreferredIdentity
    case userAgent, server
    /// RFC 3326.
    case reason
    /// Not registered: written by B2BUAs to name the other leg's Call-ID.
    case xCallID
    /// RFC 7989.
    case sessionID

    /// The name at the beginning of the line `start..<end`, letters in any case, compact forms (RFC 3261 section
    /// 7.3.3) included, and the offset behind it: at the colon, the white space before it, or `end`.
    @inline(never)
    static func read(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> (name: HeaderName, end: Int) {
        let first = bytes.packed(from: start, length: 8)
        let marks = Lanes.blanks(first) | Lanes.zeros(first ^ Lanes.all(UInt8(ascii: ":")))
        guard marks != 0, start &+ 8 <= end else {
            let nameEnd = bytes.offset(ofBlankOr: UInt8(ascii: ":"), from: start, to: end)
            return (named(in: bytes, from: start, to: nameEnd), nameEnd)
        }
        let length = marks.trailingZeroBitCount >> 3
        guard length > 0 else { return (.other, start) }
        let word = (first | PackedName.fold) & (UInt64.max >> UInt64(truncatingIfNeeded: 64 &- 8 &* length))
        return (short(word, length), start &+ length)
    }

    /// The name spelt by `start..<end`.
    static func named(in bytes: Span<UInt8>, from start: Int, to end: Int) -> HeaderName {
        let length = end &- start
        guard length > 0 else { return .other }
        if length > 8 {
            return long(bytes, start, length, bytes.packed(from: start, length: 8) | PackedName.fold)
        }
        let fold = PackedName.fold >> UInt64(64 &- 8 &* length)
        return short(bytes.packed(from: start, length: length) | fold, length)
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

    /// Names longer than a word: `first` is their first eight bytes, the last eight (which may overlap) decide.
    private static func long(_ bytes: Span<UInt8>, _ start: Int, _ length: Int, _ first: UInt64) -> HeaderName {
        let last = bytes.packed(from: start &+ length &- 8, length: 8) | PackedName.fold
        switch (length, first) {
        case (9, PackedName.word("x", "-", "c", "a", "l", "l", "-", "i")):
            return last == PackedName.word("-", "c", "a", "l", "l", "-", "i", "d") ? .xCallID : .other
        case (10, PackedName.word("u", "s", "e", "r", "-", "a", "g", "e")):
            return last == PackedName.word("e", "r", "-", "a", "g", "e", "n", "t") ? .userAgent : .other
        case (10, PackedName.word("s", "e", "s", "s", "i", "o", "n", "-")):
            return last == PackedName.word("s", "s", "i", "o", "n", "-", "i", "d") ? .sessionID : .other
        case (12, PackedName.word("c", "o", "n", "t", "e", "n", "t", "-")):
            return last == PackedName.word("e", "n", "t", "-", "t", "y", "p", "e") ? .contentType : .other
        case (14, PackedName.word("c", "o", "n", "t", "e", "n", "t", "-")):
            return last == PackedName.word("t", "-", "l", "e", "n", "g", "t", "h") ? .contentLength : .other
        case (19, PackedName.word("p", "-", "a", "s", "s", "e", "r", "t")):
            return bytes.equalsIgnoringCase("p-asserted-identity", from: start, to: start &+ length)
                ? .pAssertedIdentity : .other
        case (20, PackedName.word("p", "-", "p", "r", "e", "f", "e", "r")):
            return bytes.equalsIgnoringCase("p-preferred-identity", from: start, to: start &+ length)
                ? .pPreferredIdentity : .other
        default: return .other
        }
    }
}
