/// Geneve (RFC 8926).
extension PacketDecoder {
    /// ```
    ///  0  version (2 bits), length of options in words (6)      1  O, C, reserved (6)      2  protocol
    ///  4  VNI (24 bits), reserved                               8  options, content
    /// ```
    static func decodeGeneve(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 8 else { return .notIP }
        let first = bytes.uint8(offset)
        guard first >> 6 == 0, bytes.uint8(offset + 1) & 0x3f == 0, bytes.uint8(offset + 7) == 0 else { return .notIP }
        let content = offset + 8 + Int(first & 0x3f) * 4
        guard optionsFit(bytes, offset + 8..<content) else { return .notIP }
        let type = bytes.uint16(offset + 2)
        return decodeCarried(
            type == 0x6558 ? .ethernet : .etherType(EtherType(rawValue: type)), by: .geneve,
            identifier: bytes.uint32(offset + 4) >> 8, bytes, at: content, into: &packet)
    }

    /// Options are class, type and a length in words; at most 63 words in all.
    private static func optionsFit(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        guard bytes.byteCount > range.upperBound else { return false }
        while offset < range.upperBound {
            offset += 4 + Int(bytes.uint8(offset + 3) & 0x1f) * 4
        }
        return offset == range.upperBound
    }
}
