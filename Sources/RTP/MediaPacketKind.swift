/// What a datagram on a media endpoint is, told from its first bytes (RFC 7983 section 7, RFC 5761 section 4).
///
/// T.38 over UDPTL has no mark of its own: it begins with a sequence number that runs through all ranges. STUN and ZRTP
/// are therefore recognised by their magic cookie as well and DTLS by its version; what is left over is `other`.
@frozen
public enum MediaPacketKind: UInt8, Equatable, Sendable, CaseIterable {
    case rtp
    case rtcp
    /// RFC 8489, and RFC 3489 binding requests without a cookie.
    case stun
    /// TURN ChannelData (RFC 8656 section 12.4).
    case turnChannel
    case dtls
    case zrtp
    /// At most four bytes that are nothing else: empty datagrams, a single zero, CRLF CRLF (RFC 6263 section 4.1).
    case keepalive
    /// UDPTL and everything unknown.
    case other

    /// Classifies a UDP payload; total over all inputs, cut packets included.
    @inlinable
    public static func classify(_ bytes: Span<UInt8>) -> MediaPacketKind {
        guard bytes.count >= 12, bytes[0] >> 6 == 2 else { return classifyUnusual(bytes) }
        return bytes[1] >= 192 && bytes[1] <= 223 ? .rtcp : .rtp
    }

    @usableFromInline @inline(never)
    static func classifyUnusual(_ bytes: Span<UInt8>) -> MediaPacketKind {
        guard bytes.count >= 1 else { return .keepalive }
        switch bytes[0] {
        case 128...191:
            // RTCP may be as short as its common header (BYE without sources); RTP may not be shorter than twelve bytes.
            if bytes.count >= 4, bytes[1] >= 192, bytes[1] <= 223 { return .rtcp }
        case 0...3:
            if isSTUN(bytes) { return .stun }
        case 16...19:
            // "ZRTP" (RFC 6189 section 5).
            if bytes.count >= 12, word(bytes, at: 4) == 0x5a52_5450 { return .zrtp }
        case 20...31:
            // Content type, then version 254.x: DTLS 1.0, 1.2 and the plaintext records of 1.3.
            if bytes.count >= 13, bytes[1] == 254 { return .dtls }
        case 32...63:
            // The unified header of DTLS 1.3 (RFC 9147 section 4) has no version.
            if bytes.count > 4 { return .dtls }
        case 64...79:
            if bytes.count >= 4, 4 + (Int(bytes[2]) << 8 | Int(bytes[3])) <= bytes.count { return .turnChannel }
        default:
            break
        }
        return bytes.count <= 4 ? .keepalive : .other
    }

    private static func isSTUN(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 8 else { return false }
        if word(bytes, at: 4) == 0x2112_a442 { return true }
        // RFC 3489: no cookie, so type (binding request, response, error) and length must both fit.
        let type = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        let length = Int(bytes[2]) << 8 | Int(bytes[3])
        return (type == 0x0001 || type == 0x0101 || type == 0x0111) && length + 20 == bytes.count
    }

    /// The caller has checked that four bytes are there.
    private static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
        UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
            | UInt32(bytes[offset + 3])
    }
}
