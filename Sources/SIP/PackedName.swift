/// Up to eight bytes as one number, first byte lowest, so that names are compared a word at a time.
enum PackedName {
    /// Folds letters to lower case, and changes no other byte of a token into a letter, digit or hyphen that the names
    /// here are made of (0x0d becomes a hyphen: a carriage return in a name is taken for one).
    static var fold: UInt64 { 0x2020_2020_2020_2020 }

    /// The number of a literal name; the compiler reduces it to a constant.
    @inline(__always)
    static func word(
        _ a: Unicode.Scalar, _ b: Unicode.Scalar = "\0", _ c: Unicode.Scalar = "\0", _ d: Unicode.Scalar = "\0",
        _ e: Unicode.Scalar = "\0", _ f: Unicode.Scalar = "\0", _ g: Unicode.Scalar = "\0", _ h: Unicode.Scalar = "\0"
    ) -> UInt64 {
        let low = UInt64(a.value) | UInt64(b.value) << 8 | UInt64(c.value) << 16 | UInt64(d.value) << 24
        let high = UInt64(e.value) | UInt64(f.value) << 8 | UInt64(g.value) << 16 | UInt64(h.value) << 24
        return low | high << 32
    }
}

extension Span where Element == UInt8 {
    /// The first `length` (at most 8) bytes from `start` as a number; bytes beyond the end of the span count as 0.
    @inline(__always)
    func packed(from start: Int, length: Int) -> UInt64 {
        let kept = Swift.min(Swift.max(length, 0), 8)
        guard kept > 0, start >= 0, start < count else { return 0 }
        if start &+ 8 <= count {
            // SAFETY: as in `offset(of:from:to:)`: all bytes are initialised and the load is bounds-checked.
            let word = unsafe self.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            return UInt64(littleEndian: word) & (UInt64.max >> UInt64(64 &- 8 &* kept))
        }
        var word: UInt64 = 0
        var index = Swift.min(start &+ kept, count)
        while index > start {
            index &-= 1
            word = word << 8 | UInt64(self[index])
        }
        return word
    }
}
