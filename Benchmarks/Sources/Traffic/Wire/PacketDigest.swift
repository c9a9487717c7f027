/// A 64-bit digest over a sequence of captured packets, the same in generator and checker.
///
/// Per packet it takes, in order: the timestamp in nanoseconds since 1970; captured length + original length * 2^32;
/// the captured bytes as little-endian 64-bit words, the last one padded with zeros. Each word is mixed in by
/// `h = (h ^ word) * 0x9E3779B97F4A7C15; h ^= h >> 32`, starting from `seed`. Not cryptographic: it finds
/// mistakes, not attacks.
public struct PacketDigest: Sendable, Equatable {
    public static let seed: UInt64 = 0x6C63_6765_6E00_0001

    public private(set) var value = PacketDigest.seed

    public init() {}

    @inline(__always)
    private mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 32
    }

    @inline(__always)
    public mutating func add(nanoseconds: UInt64, originalLength: Int, bytes: UnsafeRawBufferPointer) {
        mix(nanoseconds)
        mix(UInt64(bytes.count) | UInt64(originalLength) << 32)
        var offset = 0
        while offset + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        guard offset < bytes.count else { return }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count {
            tail |= UInt64(bytes[offset]) << shift
            shift += 8
            offset += 1
        }
        mix(tail)
    }
}
