extension PacketDecoder {
    /// Decodes an IP packet; `offset` is not beyond the end.
    ///
    /// The version nibble alone decides between IPv4 and IPv6, whatever the link header announced: that is what the
    /// packet is, and one rule serves raw captures, tunnels and quotations too.
    @inline(__always)
    static func decodeIP(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        packet.networkOffset = offset
        guard offset < bytes.byteCount else {
            return malformed(.ip, .captureTooShort, offset: offset, needed: 1, available: 0, into: &packet)
        }
        let first = bytes.uint8(offset)
        if first >> 4 == 4 {
            return decodeIPv4(bytes, at: offset, versionAndLength: first, into: &packet)
        }
        return decodeIPv6(bytes, at: offset, version: first >> 4, into: &packet)
    }
}
