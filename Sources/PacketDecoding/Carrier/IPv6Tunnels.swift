/// Tunnels to IPv6 from where there is none: Teredo (RFC 4380) and AYIYA (draft-massar-v6ops-ayiya); and LISP (RFC 9300),
/// which carries either version.
extension PacketDecoder {
    /// An authentication header (`00 01`) and an origin (`00 00`) may come first; then exactly one IPv6 packet.
    ///
    /// - Parameter needsPrefix: on ports other than the servers', one of the addresses must be Teredo's.
    static func decodeTeredo(
        _ bytes: RawSpan, at start: Int, needsPrefix: Bool, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        var offset = start
        if !needsPrefix {
            if bytes.available(from: offset) >= 4, bytes.uint16(offset) == 1 {
                offset += 13 + Int(bytes.uint8(offset + 2)) + Int(bytes.uint8(offset + 3))
            }
            if bytes.available(from: offset) >= 2, bytes.uint16(offset) == 0 { offset += 8 }
        }
        let available = bytes.available(from: offset)
        guard available >= ipv6HeaderLength, bytes.uint8(offset) >> 4 == 6 else { return .notIP }
        let length = ipv6HeaderLength + Int(bytes.uint16(offset + 4))
        // Trailers (draft-thaler-v6ops-teredo-extensions) may follow what a server relays.
        guard packet.cut || (needsPrefix ? length == available : length <= available) else { return .notIP }
        let prefix: UInt32 = 0x2001_0000
        if needsPrefix, bytes.uint32(offset + 8) != prefix, bytes.uint32(offset + 24) != prefix { return .notIP }
        return decodeCarried(.ip, by: .teredo, bytes, at: offset, into: &packet)
    }

    /// ```
    ///  0  lengths and kinds of identity and signature, authentication, operation      3  next header
    ///  4  epoch      8  identity, signature, content
    /// ```
    static func decodeAYIYA(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else { return .notIP }
        let first = bytes.uint8(start)
        let second = bytes.uint8(start + 1)
        // Operation 1 forwards what follows; identities have up to 16 bytes, kinds are 1 to 3, signatures SHA-1 at most.
        guard bytes.uint8(start + 2) & 15 == 1, first >> 4 <= 4, first & 15 <= 3, second >> 4 <= 8 else {
            return .notIP
        }
        let nextHeader = bytes.uint8(start + 3)
        guard nextHeader == IPProtocol.ipv6 || nextHeader == IPProtocol.ipInIP else { return .notIP }
        let offset = start + 8 + (1 << Int(first >> 4)) + Int(second >> 4) * 4
        guard isExactlyIP(bytes, at: offset) || packet.cut else { return .notIP }
        return decodeCarried(.ip, by: .ayiya, bytes, at: offset, into: &packet)
    }

    /// ```
    ///  0  N, L, E, V, I, R, KK      1  nonce or map versions      4  instance or locator status      8  IP
    /// ```
    static func decodeLISP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) > 8 else { return .notIP }
        let flags = bytes.uint8(start)
        // Not both a nonce and versions, an echo only for a nonce, and nothing encrypted.
        guard flags & 0x07 == 0, flags & 0x90 != 0x90, flags & 0xa0 != 0x20 else { return .notIP }
        guard isExactlyIP(bytes, at: start + 8) || packet.cut else { return .notIP }
        let instance = flags & 0x08 != 0 ? bytes.uint32(start + 4) >> 8 : 0
        return decodeCarried(.ip, by: .lisp, identifier: instance, bytes, at: start + 8, into: &packet)
    }

    /// An IP packet that ends where the bytes do.
    static func isExactlyIP(_ bytes: RawSpan, at offset: Int) -> Bool {
        let available = bytes.available(from: offset)
        guard available >= ipv4MinimumHeaderLength else { return false }
        switch bytes.uint8(offset) >> 4 {
        case 4: return bytes.uint8(offset) & 15 >= 5 && Int(bytes.uint16(offset + 2)) == available
        case 6: return Int(bytes.uint16(offset + 4)) + ipv6HeaderLength == available
        default: return false
        }
    }
}
