/// SRTCP (RFC 3711 section 3.4), recognised and left closed.
///
/// Behind the first eight bytes everything is encrypted, and an index with the E bit and an authentication tag follow:
/// 14 bytes with the usual tag of 80 bits, 8 with one of 32; with AES-GCM the index comes last (RFC 7714 section 9.3).
/// No length field counts these bytes, so a datagram that is RTCP to its last byte is not encrypted.
public enum SecureRTCP {
    /// Whether a datagram that `RTCPReader` found a fault with is SRTCP.
    ///
    /// - Parameter isSignalled: what the session description says; nil when it is not known, and the E bit has to do.
    public static func isLikely(_ bytes: Span<UInt8>, datagramLength: Int, isSignalled: Bool?) -> Bool {
        guard bytes.count >= 12, datagramLength >= 16, bytes[0] >> 6 == 2 else { return false }
        if let isSignalled { return isSignalled }
        guard bytes.count == datagramLength else { return false }
        // The first packet's own length is in the clear, and what follows it cannot be another's header.
        let first = 4 + 4 * Int(bytes.half(at: 2))
        let trailers = [14, 8, 4]
        return trailers.contains { trailer in
            first <= datagramLength - trailer && bytes[datagramLength - trailer] & 0x80 != 0
        }
    }
}
