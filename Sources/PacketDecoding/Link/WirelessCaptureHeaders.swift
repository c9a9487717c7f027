/// What capture programs put in front of an 802.11 frame: radiotap, Prism and AVS.
extension PacketDecoder {
    /// Present words followed; each says whether there is another.
    private static let maxPresentWords = 16

    /// Bytes that a capture program puts in front of a frame. Real ones have a few hundred at most.
    static let maxCaptureHeader = 4096

    /// ```
    ///  0  version = 0, pad      2  length      4  which fields are present      8  fields (all little endian)
    /// ```
    static func decodeRadiotap(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else {
            return captureHeaderTooShort(bytes, at: start, needed: 8, into: &packet)
        }
        let length = Int(bytes.littleUInt16(start + 2))
        guard bytes.uint8(start) == 0, length >= 8, length <= maxCaptureHeader else { return .notIP }
        guard bytes.available(from: start) >= length else {
            return captureHeaderTooShort(bytes, at: start, needed: length, into: &packet)
        }
        // The flags are the second field, behind the time; of interest is 0x20, padding between header and content.
        var fields = start + 4
        var present: UInt32 = 0
        for word in 0..<maxPresentWords {
            guard fields + 4 <= start + length else { break }
            let value = bytes.littleUInt32(fields)
            if word == 0 { present = value }
            fields += 4
            if value & 0x8000_0000 == 0 { break }
        }
        if present & 1 != 0 { fields = start + (fields - start + 7) & ~7 + 8 }
        let isPadded = present & 2 != 0 && fields < start + length && bytes.uint8(fields) & 0x20 != 0
        return decodeIEEE80211(bytes, at: start + length, isPadded: isPadded, into: &packet)
    }

    /// Prism: message code and length in the capturing machine's order; AVS (version word 0x8021100x) in network order.
    static func decodePrism(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else {
            return captureHeaderTooShort(bytes, at: start, needed: 8, into: &packet)
        }
        let word = bytes.uint32(start + 4)
        let isAVS = bytes.uint32(start) & 0xffff_fff0 == 0x8021_1000
        // Lengths are small numbers: of the two readings the larger is the wrong one.
        let length = Int(isAVS ? word : min(word, word.byteSwapped))
        guard length >= 8, length <= maxCaptureHeader else { return .notIP }
        guard bytes.available(from: start) >= length else {
            return captureHeaderTooShort(bytes, at: start, needed: length, into: &packet)
        }
        return decodeIEEE80211(bytes, at: start + length, into: &packet)
    }

    static func captureHeaderTooShort(
        _ bytes: RawSpan, at offset: Int, needed: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        malformed(
            .link, .captureTooShort, offset: offset, needed: needed, available: bytes.available(from: offset),
            into: &packet)
    }
}
