/// Bytes that the grammars name more than once.
enum ASCII {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0a }
    static var carriageReturn: UInt8 { 0x0d }
    static var space: UInt8 { 0x20 }
    static var quote: UInt8 { 0x22 }
    static var backslash: UInt8 { 0x5c }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    @inline(__always)
    static func isLineBreak(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 <= 25 ? byte | 0x20 : byte }

    /// RFC 3261 section 25.1 `token`: alphanum and ``-.!%*_+`'~``, as two 64-bit sets.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        let set: UInt64 = byte < 64 ? 0x03ff_6ca2_0000_0000 : 0x47ff_ffff_87ff_fffe
        return byte < 128 && set >> UInt64(byte & 63) & 1 == 1
    }
}

extension Span where Element == UInt8 {
    /// The offset of the first `byte` in `start..<end`, or `end`.
    ///
    /// Requires `0 <= start` and `end <= count`, as do all searches here.
    @inline(__always)
    func offset(of byte: UInt8, from start: Int, to end: Int) -> Int {
        search(from: start, to: end) {
            $0 .== SIMD16(repeating: byte)
        } isHit: {
            $0 == byte
        }
    }

    /// The offset of the first of three bytes (which may be equal) in `start..<end`, or `end`.
    @inline(__always)
    func offset(of a: UInt8, or b: UInt8, or c: UInt8, from start: Int, to end: Int) -> Int {
        search(from: start, to: end) {
            ($0 .== SIMD16(repeating: a)) .| ($0 .== SIMD16(repeating: b)) .| ($0 .== SIMD16(repeating: c))
        } isHit: {
            $0 == a || $0 == b || $0 == c
        }
    }

    /// The offset of the first space, tab, control byte or `byte` in `start..<end`, or `end`.
    @inline(__always)
    func offset(ofBlankOr byte: UInt8, from start: Int, to end: Int) -> Int {
        search(from: start, to: end) {
            ($0 .<= SIMD16(repeating: ASCII.space)) .| ($0 .== SIMD16(repeating: byte))
        } isHit: {
            $0 <= ASCII.space || $0 == byte
        }
    }

    /// Looks at sixteen bytes at a time, past `end` too where the span has them, and at the last ones singly.
    @inline(__always)
    private func search(
        from start: Int, to end: Int, hits: (SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>, isHit: (UInt8) -> Bool
    ) -> Int {
        // SAFETY: a UInt8 has no padding, so all bytes of the span are initialised.
        let raw = unsafe self.bytes
        let last = Swift.min(count &- 16, end &- 1)
        var index = Swift.max(start, 0)
        while index <= last {
            // SAFETY: 0 <= index <= count - 16, and every bit pattern is sixteen UInt8. The one load here without a check
            // of its own: with it a message costs 6 % more.
            let chunk = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: SIMD16<UInt8>.self)
            let marks = SIMD16<UInt8>(repeating: 0).replacing(with: 0xff, where: hits(chunk))
            // SAFETY: both are sixteen bytes without padding.
            let halves = unsafe unsafeBitCast(marks, to: SIMD2<UInt64>.self)
            let low = UInt64(littleEndian: halves[0])
            if low != 0 { return Swift.min(index &+ low.trailingZeroBitCount >> 3, end) }
            let high = UInt64(littleEndian: halves[1])
            if high != 0 { return Swift.min(index &+ 8 &+ high.trailingZeroBitCount >> 3, end) }
            index &+= 16
        }
        while index < end {
            if isHit(self[index]) { return index }
            index &+= 1
        }
        return end
    }

    /// The first offset in `start..<end` that holds neither space nor tab, or `end`.
    @inline(__always)
    func skipBlanks(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, ASCII.isBlank(self[index]) { index &+= 1 }
        return index
    }

    /// As `skipBlanks`, and over line breaks too: linear white space, once the folding of a header has been found.
    @inline(__always)
    func skipLinearSpace(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, self[index] <= ASCII.space, ASCII.isBlank(self[index]) || ASCII.isLineBreak(self[index]) {
            index &+= 1
        }
        return index
    }

    /// `end` moved back over trailing linear white space, not before `start`.
    @inline(__always)
    func trimLinearSpace(from start: Int, backFrom end: Int) -> Int {
        var index = end
        while index > start, self[index &- 1] <= ASCII.space,
            ASCII.isBlank(self[index &- 1]) || ASCII.isLineBreak(self[index &- 1])
        {
            index &-= 1
        }
        return index
    }

    /// Whether the bytes of `start..<end` spell `text`, which is in lower case, in any case.
    func equalsIgnoringCase(_ text: StaticString, from start: Int, to end: Int) -> Bool {
        guard start >= 0, end <= count, end - start == text.utf8CodeUnitCount else { return false }
        return hasPrefixIgnoringCase(text, at: start)
    }

    /// Whether `text`, which is in lower case, begins at `start`, in any case.
    func hasPrefixIgnoringCase(_ text: StaticString, at start: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard start >= 0, start <= count, length <= count - start else { return false }
        // SAFETY: the bytes of a literal live as long as the program, and `index < length`.
        return text.withUTF8Buffer { name in
            for index in 0..<length {
                let expected = unsafe name[index]
                if ASCII.lowercased(self[start &+ index]) != expected { return false }
            }
            return true
        }
    }

    /// The decimal number that fills `start..<end`; nil if there is another byte, no digit, or it exceeds `limit`.
    @inline(__always)
    func decimal(from start: Int, to end: Int, limit: UInt64 = UInt64(UInt32.max)) -> UInt64? {
        guard start < end, end <= count else { return nil }
        var value: UInt64 = 0
        var index = start
        while index < end {
            let digit = self[index] &- 0x30
            // The limit is far below UInt64.max / 10, and is checked at every digit, so nothing overflows.
            guard digit <= 9, value <= limit else { return nil }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        return value <= limit ? value : nil
    }
}
