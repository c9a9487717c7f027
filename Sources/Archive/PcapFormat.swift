/// The classic capture file, little endian: a 24-byte header, then records of a 16-byte header and the bytes.
///
/// Layout: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
enum PcapFormat {
    static let fileHeaderLength = 24
    static let recordHeaderLength = 16
    static let microsecondMagic: UInt32 = 0xa1b2_c3d4
    static let nanosecondMagic: UInt32 = 0xa1b2_3c4d
    /// Longest record any reader of ours and of libpcap accepts (MAXIMUM_SNAPLEN).
    static let longestRecord: UInt32 = 262_144

    /// The file header as three little-endian words.
    static func fileHeader(nanoseconds: Bool, snapLength: UInt32, linkType: UInt32) -> (UInt64, UInt64, UInt64) {
        let magic = UInt64(nanoseconds ? nanosecondMagic : microsecondMagic)
        let version: UInt64 = 2 | 4 << 16
        return (magic | version << 32, 0, UInt64(snapLength) | UInt64(linkType) << 32)
    }

    /// The file header as it is stored.
    static func fileHeaderBytes(nanoseconds: Bool, snapLength: UInt32, linkType: UInt32) -> [UInt8] {
        let words = fileHeader(nanoseconds: nanoseconds, snapLength: snapLength, linkType: linkType)
        return [words.0, words.1, words.2].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }
}

extension PcapFormat {
    /// The second in which the last packet came, in nanoseconds since the epoch: most packets come in the same one as the
    /// packet before, so that a subtraction takes the place of a division.
    struct Second {
        private var number: UInt64 = 0
        private var start: UInt64 = 0

        /// The two time fields of a record as one little-endian word.
        ///
        /// The format has 32 bits for the seconds, and cannot say times before the epoch: they become the epoch.
        @inline(__always)
        mutating func split(_ timestamp: Int64, nanoseconds: Bool) -> UInt64 {
            var time = UInt64(bitPattern: timestamp)
            // Earlier than the second's start wraps around to more than a second as well, and so do times before the epoch.
            if time &- start >= 1_000_000_000 {
                time = UInt64(max(timestamp, 0))
                number = time / 1_000_000_000
                start = number &* 1_000_000_000
            }
            let rest = time &- start
            return number & 0xffff_ffff | (nanoseconds ? rest : rest / 1_000) << 32
        }
    }
}
