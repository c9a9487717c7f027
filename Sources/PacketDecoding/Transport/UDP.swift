/// UDP, RFC 768.
extension PacketDecoder {
    static let udpHeaderLength = 8
    /// Source and destination port: the least a cut UDP or TCP header must show to be of use.
    static let portsLength = 4

    /// ```
    ///  0  source port, destination port      4  length, checksum
    /// ```
    @inline(__always)
    static func decodeUDP(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let end = min(declaredEnd, bytes.byteCount)
        guard end &- offset >= udpHeaderLength else {
            return decodeCutUDP(bytes, at: offset, declaredEnd: declaredEnd, into: &packet)
        }
        let header = bytes.uint64(offset)
        packet.sourcePort = UInt16(truncatingIfNeeded: header >> 48)
        packet.destinationPort = UInt16(truncatingIfNeeded: header >> 32)
        let length = Int(header >> 16 & 0xffff)
        var declared = declaredEnd &- offset
        if length < declared {
            // Length 0 is a jumbogram (RFC 2675 section 4) or offload: all of the IP payload.
            if length >= udpHeaderLength {
                declared = length
            } else if length != 0 {
                return malformed(
                    .transport, .ownLengthTooShort, offset: offset, needed: udpHeaderLength, available: length,
                    into: &packet)
            }
        } else if length &+ offset > bytes.byteCount {
            // With a total length of 0 only UDP's own length can tell that bytes are missing.
            packet.cut = true
        }
        let payload = offset &+ udpHeaderLength
        packet.payloadOffset = payload
        packet.declaredPayloadLength = declared &- udpHeaderLength
        packet.payloadLength = min(offset &+ declared, end) &- payload
        // RTP and RTCP on the usual ports, the bulk of everything, are no carriers whatever the port.
        if payload < bytes.byteCount, packet.payloadLength > 0,
            bytes.uint8(payload) & 0xc0 != 0x80
                || min(packet.sourcePort, packet.destinationPort) <= highestCarrierOfAnyContent
        {
            return decodeUDPCarrier(bytes, into: &packet)
        }
        return .udp
    }

    @inline(never)
    private static func decodeCutUDP(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard declaredEnd &- offset >= udpHeaderLength, bytes.byteCount &- offset >= portsLength else {
            return transportTooShort(
                bytes, at: offset, declaredEnd: declaredEnd, needed: udpHeaderLength, into: &packet)
        }
        packet.sourcePort = bytes.uint16(offset)
        packet.destinationPort = bytes.uint16(offset + 2)
        packet.transportHeaderCut = true
        packet.payloadOffset = bytes.byteCount
        packet.declaredPayloadLength = declaredEnd &- offset &- udpHeaderLength
        return .udp
    }
}
