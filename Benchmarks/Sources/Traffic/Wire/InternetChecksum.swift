/// The Internet checksum (RFC 1071), summed eight bytes at a time.
///
/// The sum is kept in host order (little endian) and swapped once at the end, which RFC 1071 section 2(B) allows.
public struct InternetChecksum {
    private var sum: UInt64 = 0

    public init() {}

    /// Every piece but the last must have an even length.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        let end = bytes.count
        while offset + 8 <= end {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let (partial, carry) = sum.addingReportingOverflow(word)
            sum = partial &+ (carry ? 1 : 0)
            offset += 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            tail |= UInt64(bytes[offset]) << shift
            shift += 8
            offset += 1
        }
        let (partial, carry) = sum.addingReportingOverflow(tail)
        sum = partial &+ (carry ? 1 : 0)
    }

    /// Adds a number as it stands in the packet, in network order.
    public mutating func add(word: UInt16) {
        let (partial, carry) = sum.addingReportingOverflow(UInt64(word.byteSwapped))
        sum = partial &+ (carry ? 1 : 0)
    }

    /// The value to store in the packet, as a host number to be written big endian.
    public var value: UInt16 {
        var folded = (sum >> 32) &+ (sum & 0xFFFF_FFFF)
        folded = (folded >> 32) &+ (folded & 0xFFFF_FFFF)
        folded = (folded >> 16) &+ (folded & 0xFFFF)
        folded = (folded >> 16) &+ (folded & 0xFFFF)
        folded = (folded >> 16) &+ (folded & 0xFFFF)
        return ~UInt16(truncatingIfNeeded: folded).byteSwapped
    }

    /// UDP writes a computed 0 as 0xFFFF, because 0 means "no checksum" (RFC 768).
    public var udpValue: UInt16 { value == 0 ? 0xFFFF : value }
}
