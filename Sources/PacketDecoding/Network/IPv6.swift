/// IPv6, RFC 8200.
extension PacketDecoder {
    static let ipv6HeaderLength = 40

    /// ```
    ///  0  version, traffic class, flow label            8  source
    ///  4  payload length, next header, hop limit       24  destination
    /// ```
    @inline(never)
    static func decodeIPv6(
        _ bytes: RawSpan, at offset: Int, version: UInt8, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard version == 6 else {
            return malformed(.ip, .unknownVersion, offset: offset, needed: 0, available: 0, into: &packet)
        }
        let header = bytes.extracting(droppingFirst: offset)
        let available = header.byteCount
        guard available >= ipv6HeaderLength else {
            return malformed(
                .ip, .captureTooShort, offset: offset, needed: ipv6HeaderLength, available: available, into: &packet)
        }
        let lengthAndNextHeader = header.uint32(4)
        packet.ipVersion = 6
        packet.hopLimit = UInt8(truncatingIfNeeded: lengthAndNextHeader)
        packet.source = IPAddress(high: header.uint64(8), low: header.uint64(16))
        packet.destination = IPAddress(high: header.uint64(24), low: header.uint64(32))

        let payloadLength = Int(lengthAndNextHeader >> 16)
        // 0 is a jumbogram (RFC 2675) or segmentation offload: the packet ends where the capture does.
        let length = payloadLength == 0 ? available : ipv6HeaderLength &+ payloadLength
        packet.cut = length > available
        return decodeExtensionHeaders(
            bytes, at: offset &+ ipv6HeaderLength, declaredEnd: offset &+ length,
            nextHeader: UInt8(truncatingIfNeeded: lengthAndNextHeader >> 8), into: &packet)
    }
}
