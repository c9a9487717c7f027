/// Eight bytes in a word, each looked at by itself. The lowest mark (bit 7 of a byte) is exact; a hit's borrow may set marks
/// above it.
public enum Lanes {
    @usableFromInline static var ones: UInt64 { 0x0101_0101_0101_0101 }
    /// Bit 7 of each byte.
    @usableFromInline static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    @inlinable
    @inline(__always)
    public static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

    /// Marks bytes that are 0.
    @inlinable
    @inline(__always)
    public static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }

    /// Marks bytes below `limit`, which is 0x80 at most.
    @inlinable
    @inline(__always)
    public static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 { (word &- all(limit)) & ~word & highBits }

    /// Marks bytes above 0x7e: what is not ASCII, and DEL.
    @inlinable
    @inline(__always)
    public static func beyondPrintable(_ word: UInt64) -> UInt64 { (word | word &+ ones) & highBits }
}
