/// What to do about ESP (RFC 4303), which says of itself neither whether it encrypts nor how long its check value is.
public enum ESPDecoding: Sendable, Hashable {
    /// Nothing: what it carries is not looked at.
    case closed
    /// Believe what checks out in every respect: padding, next header, and the lengths and checksum inside.
    case heuristic
    /// All of it is NULL encrypted (RFC 2410): padding, next header and a header that fits are enough.
    case null
}

/// ESP with NULL encryption, in tunnel and transport mode, also over UDP (RFC 3948).
///
/// ```
///  0  SPI      4  sequence      8  (initialisation vector) content, padding 1 2 3 …, its length, next header, check value
/// ```
extension PacketDecoder {
    /// Lengths of check values in use (RFC 5879 section 8): none, HMAC-96, HMAC-128 (and GMAC), 192, 256 bits.
    private static let checkValueLengths: [Int] = [12, 16, 0, 24, 32]

    /// Opens what decoded as `esp`; its `payloadRange` is the ESP packet. Returns `otherIP`, or `udp` for a datagram that
    /// may have been something else, when it stays closed; `packet` is unchanged then.
    public static func decodeESP(
        _ bytes: Span<UInt8>, as mode: ESPDecoding, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let closed: DecodeOutcome = packet.ipProtocol == IPProtocol.udp ? .udp : .otherIP
        guard mode != .closed else { return closed }
        let start = packet.payloadOffset
        // A byte has no padding that might never have been written.
        let inside = unsafe bytes.bytes.clipped(to: start + packet.payloadLength)
        // Cut packets have lost their end, where everything is that could be checked.
        guard inside.available(from: start) >= 10, packet.declaredPayloadLength == packet.payloadLength else {
            return closed
        }
        let outer = packet
        for length in checkValueLengths {
            // With GMAC (RFC 4543) eight bytes of initialisation vector come first.
            for vector in length == 16 ? [0, 8] : [0] {
                let outcome = decodeESP(inside, at: start, vector, length, mode, into: &packet)
                if outcome.foundIP { return outcome }
                let spent = packet.carriers
                packet = outer
                packet.carriers = spent
            }
        }
        return closed
    }

    private static func decodeESP(
        _ bytes: RawSpan, at start: Int, _ vectorLength: Int, _ checkValueLength: Int, _ mode: ESPDecoding,
        into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let content = start + 8 + vectorLength
        let trailer = bytes.byteCount - checkValueLength - 2
        guard trailer > content else { return .notIP }
        let padding = Int(bytes.uint8(trailer))
        let nextHeader = bytes.uint8(trailer + 1)
        let end = trailer - padding
        guard end > content, hasStandardPadding(bytes, end..<trailer) else { return .notIP }
        let inside = bytes.clipped(to: end)
        guard fits(nextHeader, inside, at: content, packet, isStrict: mode == .heuristic) else { return .notIP }
        let spi = bytes.uint32(start)
        switch nextHeader {
        case IPProtocol.ipInIP, IPProtocol.ipv6:
            return decodeCarried(.ip, by: .esp, identifier: spi, inside, at: content, into: &packet)
        default:
            return decodeCarried(
                .transport(nextHeader), by: .esp, identifier: spi, inside, at: content, into: &packet)
        }
    }

    /// RFC 4303 section 2.4: 1, 2, 3 …
    private static func hasStandardPadding(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        for (index, offset) in range.enumerated() where Int(bytes.uint8(offset)) != index + 1 { return false }
        return true
    }

    /// Whether the content is what the next header says, as far as lengths (and, strictly, checksums) tell.
    private static func fits(
        _ nextHeader: UInt8, _ bytes: RawSpan, at offset: Int, _ packet: DecodedPacket, isStrict: Bool
    ) -> Bool {
        let available = bytes.available(from: offset)
        switch nextHeader {
        case IPProtocol.ipInIP: return isExactlyIP(bytes, at: offset) && bytes.uint8(offset) >> 4 == 4
        case IPProtocol.ipv6: return isExactlyIP(bytes, at: offset) && bytes.uint8(offset) >> 4 == 6
        case IPProtocol.udp:
            guard available >= udpHeaderLength, Int(bytes.uint16(offset + 4)) == available else { return false }
            return !isStrict || bytes.uint16(offset + 6) == 0
                || checksumIsRight(nextHeader, bytes, at: offset, packet)
        case IPProtocol.tcp:
            guard available >= tcpMinimumHeaderLength else { return false }
            let headerLength = Int(bytes.uint8(offset + 12) >> 4) * 4
            guard headerLength >= tcpMinimumHeaderLength, headerLength <= available else { return false }
            return !isStrict || checksumIsRight(nextHeader, bytes, at: offset, packet)
        case IPProtocol.icmp where packet.ipVersion == 4, IPProtocol.icmpv6 where packet.ipVersion == 6:
            return available >= icmpHeaderLength && !isStrict
        default: return false
        }
    }

    /// RFC 1071 over the pseudo-header and the rest.
    private static func checksumIsRight(
        _ ipProtocol: UInt8, _ bytes: RawSpan, at offset: Int, _ packet: DecodedPacket
    ) -> Bool {
        var sum = UInt64(ipProtocol) + UInt64(bytes.available(from: offset))
        for address in [packet.source, packet.destination] {
            // The mapped prefix of IPv4 (0000 … ffff) is no part of the pseudo-header.
            let words = address.isIPv4 ? [address.low & 0xffff_ffff] : [address.high, address.low]
            for word in words { sum += word >> 48 + (word >> 32 & 0xffff) + (word >> 16 & 0xffff) + (word & 0xffff) }
        }
        var position = offset
        while position + 2 <= bytes.byteCount {
            sum += UInt64(bytes.uint16(position))
            position += 2
        }
        if position < bytes.byteCount { sum += UInt64(bytes.uint8(position)) << 8 }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return sum == 0xffff
    }

    /// Port 4500 carries IKE behind four zero bytes, single bytes that keep a NAT open, and ESP.
    static func decodeUDPEncapsulatedESP(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 10, bytes.uint32(offset) >= 256 else { return .notIP }
        return .esp
    }
}
