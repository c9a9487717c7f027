extension PacketDecoder {
    /// Decodes what follows the IP headers. `offset` is not beyond the captured bytes; `declaredEnd` is where the IP
    /// header says that the packet ends, which may be beyond them.
    @inline(__always)
    static func decodeTransport(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, ipProtocol: UInt8, afterExtensionHeaders: Bool = false,
        into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet.transportOffset = offset
        if ipProtocol == IPProtocol.udp { return decodeUDP(bytes, at: offset, declaredEnd: declaredEnd, into: &packet) }
        if ipProtocol == IPProtocol.tcp { return decodeTCP(bytes, at: offset, declaredEnd: declaredEnd, into: &packet) }
        return decodeOtherTransport(
            bytes, at: offset, declaredEnd: declaredEnd, ipProtocol: ipProtocol,
            afterExtensionHeaders: afterExtensionHeaders, into: &packet)
    }

    @inline(never)
    private static func decodeOtherTransport(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, ipProtocol: UInt8, afterExtensionHeaders: Bool,
        into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        if ipProtocol == IPProtocol.authentication, !afterExtensionHeaders {
            return decodeExtensionHeaders(
                bytes, at: offset, declaredEnd: declaredEnd, nextHeader: ipProtocol, into: &packet)
        }
        setPayload(bytes, at: offset, declaredEnd: declaredEnd, into: &packet)
        switch ipProtocol {
        case IPProtocol.icmp where packet.ipVersion == 4, IPProtocol.icmpv6 where packet.ipVersion == 6:
            return decodeICMP(bytes, at: offset, declaredEnd: declaredEnd, into: &packet)
        default:
            return .otherIP
        }
    }

    /// The payload from `offset` to the declared end, and as much of it as was captured.
    /// A declared end before the offset (IPv6 payload length within its extension headers) gives an empty payload.
    @inline(__always)
    static func setPayload(_ bytes: RawSpan, at offset: Int, declaredEnd: Int, into packet: inout DecodedPacket) {
        packet.transportOffset = offset
        packet.payloadOffset = offset
        packet.declaredPayloadLength = max(0, declaredEnd &- offset)
        packet.payloadLength = max(0, min(declaredEnd, bytes.byteCount) &- offset)
    }

    /// The transport header does not fit. What the capture cut off is told from what the IP length left out.
    @inline(never)
    static func transportTooShort(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, needed: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let fits = declaredEnd &- offset >= needed
        return malformed(
            .transport, fits ? .captureTooShort : .enclosingLengthTooShort, offset: offset, needed: needed,
            available: min(declaredEnd, bytes.byteCount) &- offset, into: &packet)
    }
}
