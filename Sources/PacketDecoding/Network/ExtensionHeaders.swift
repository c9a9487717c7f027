/// IPv6 extension headers, RFC 8200 section 4, and the authentication header, which IPv4 has too (RFC 4302).
extension PacketDecoder {
    /// Extension headers followed in one packet. RFC 8200 section 4.1 has at most seven; a longer chain is an attack.
    static let maxExtensionHeaders = 10

    static func decodeExtensionHeaders(
        _ bytes: RawSpan, at start: Int, declaredEnd: Int, nextHeader first: UInt8, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        var nextHeader = first
        var offset = start
        var headers = 0
        let end = min(declaredEnd, bytes.byteCount)
        while IPProtocol.isExtensionHeader(nextHeader, ipVersion: packet.ipVersion) {
            guard headers < maxExtensionHeaders else {
                return malformed(
                    .ip, .tooManyHeaders, offset: offset, needed: maxExtensionHeaders + 1, available: headers,
                    into: &packet)
            }
            guard end - offset >= 8 else {
                return extensionTooShort(at: offset, needed: 8, end: end, bytes.byteCount, into: &packet)
            }
            if nextHeader == IPProtocol.fragment {
                packet.identification = bytes.uint32(offset + 4)
                let field = bytes.uint16(offset + 2)
                nextHeader = bytes.uint8(offset)
                offset += 8
                // RFC 6946: a fragment header on a whole datagram ("atomic fragment") means nothing.
                if field & 0xfff9 != 0 {
                    packet.ipProtocol = nextHeader
                    packet.isFragment = true
                    packet.moreFragments = field & 1 != 0
                    packet.fragmentOffset = Int(field & 0xfff8)
                    setPayload(bytes, at: offset, declaredEnd: declaredEnd, into: &packet)
                    return .fragment
                }
            } else {
                let units = Int(bytes.uint8(offset + 1))
                let length = nextHeader == IPProtocol.authentication ? (units + 2) * 4 : (units + 1) * 8
                guard end - offset >= length else {
                    return extensionTooShort(at: offset, needed: length, end: end, bytes.byteCount, into: &packet)
                }
                nextHeader = bytes.uint8(offset)
                offset += length
            }
            headers += 1
        }
        packet.ipProtocol = nextHeader
        return decodeTransport(
            bytes, at: offset, declaredEnd: declaredEnd, ipProtocol: nextHeader, afterExtensionHeaders: true,
            into: &packet)
    }

    @inline(never)
    private static func extensionTooShort(
        at offset: Int, needed: Int, end: Int, _ captured: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        malformed(
            .ip, end == captured ? .captureTooShort : .enclosingLengthTooShort, offset: offset, needed: needed,
            available: end - offset, into: &packet)
    }
}
