/// IPv4, RFC 791.
extension PacketDecoder {
    static let ipv4MinimumHeaderLength = 20

    /// ```
    ///  0  version/IHL, TOS, total length     12  source
    ///  4  identification, flags/offset       16  destination
    ///  8  TTL, protocol, checksum            20  options
    /// ```
    @inline(__always)
    static func decodeIPv4(
        _ bytes: RawSpan, at offset: Int, versionAndLength: UInt8, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let header = bytes.extracting(droppingFirst: offset)
        let available = header.byteCount
        guard available >= ipv4MinimumHeaderLength else {
            return malformed(
                .ip, .captureTooShort, offset: offset, needed: ipv4MinimumHeaderLength, available: available,
                into: &packet)
        }
        let totalLength = Int(header.uint16(2))
        let identificationAndFragment = header.uint32(4)
        let hopLimitAndProtocol = header.uint16(8)
        let addresses = header.uint64(12)
        let ipProtocol = UInt8(truncatingIfNeeded: hopLimitAndProtocol)
        packet.ipVersion = 4
        packet.hopLimit = UInt8(truncatingIfNeeded: hopLimitAndProtocol >> 8)
        packet.ipProtocol = ipProtocol
        packet.identification = identificationAndFragment >> 16
        packet.source = IPAddress(v4: UInt32(truncatingIfNeeded: addresses >> 32))
        packet.destination = IPAddress(v4: UInt32(truncatingIfNeeded: addresses))

        let headerLength = Int(versionAndLength & 15) &* 4
        // Segmentation offload leaves the total length 0: the packet then ends where the capture does.
        let length = totalLength == 0 ? available : totalLength
        guard headerLength >= ipv4MinimumHeaderLength, headerLength <= min(length, available) else {
            return malformedIPv4(
                offset: offset, headerLength: headerLength, length: length, available: available, into: &packet)
        }
        packet.cut = length > available
        let payload = offset &+ headerLength
        let end = offset &+ length
        // Offset 0 and no more to come is a whole datagram; "don't fragment" (0x4000) says nothing here.
        if identificationAndFragment & 0x3fff != 0 {
            packet.isFragment = true
            packet.moreFragments = identificationAndFragment & 0x2000 != 0
            packet.fragmentOffset = Int(identificationAndFragment & 0x1fff) &* 8
            setPayload(bytes, at: payload, declaredEnd: end, into: &packet)
            return .fragment
        }
        return decodeTransport(bytes, at: payload, declaredEnd: end, ipProtocol: ipProtocol, into: &packet)
    }

    @inline(never)
    private static func malformedIPv4(
        offset: Int, headerLength: Int, length: Int, available: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        if headerLength < ipv4MinimumHeaderLength {
            return malformed(
                .ip, .ownLengthTooShort, offset: offset, needed: ipv4MinimumHeaderLength, available: headerLength,
                into: &packet)
        }
        if length < headerLength {
            return malformed(
                .ip, .ownLengthTooShort, offset: offset, needed: headerLength, available: length, into: &packet)
        }
        packet.cut = true
        return malformed(
            .ip, .captureTooShort, offset: offset, needed: headerLength, available: available, into: &packet)
    }
}
