/// CAPWAP's data channel (RFC 5415) between access points and their controller, where it is not encrypted.
extension PacketDecoder {
    /// ```
    ///  0  preamble = 0      1  header length in words (5 bits), radio (5), binding (5), T, F, L, W, M, K, reserved
    ///  4  fragment identification, offset                       8  optional parts, then the frame
    /// ```
    static func decodeCAPWAP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else { return .notIP }
        let first = bytes.uint32(start)
        let length = Int(first >> 19 & 0x1f) * 4
        // Version 0, not DTLS; no keep-alive, reserved bits clear. Fragments of the tunnel are not put together.
        let isFragment = first & 0x80 != 0
        guard first >> 24 == 0, first & 0x0f == 0, !isFragment, length >= 8 else { return .notIP }
        let isNative = first & 0x100 != 0
        let binding = first >> 9 & 0x1f
        guard isNative else {
            return decodeCarried(.ethernet, by: .capwap, bytes, at: start + length, into: &packet)
        }
        guard binding == 1 else { return .notIP }
        let offset = start + length
        guard bytes.available(from: offset) >= 2 else { return .notIP }
        return decodeCarried(.link(.ieee80211), by: .capwap, bytes, at: offset, into: &packet)
    }
}
