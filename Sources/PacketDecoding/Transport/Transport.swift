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
        case IPProtocol.esp:
            return .esp
        default:
            guard packet.payloadLength > 0 else { return .otherIP }
            return decodeIPCarrier(
                bytes.clipped(to: declaredEnd), at: offset, ipProtocol: ipProtocol, into: &packet)
        }
    }

    /// Tunnels with a protocol number of their own. What they hold without IP in it leaves the outer packet as it is.
    private static func decodeIPCarrier(
        _ bytes: RawSpan, at offset: Int, ipProtocol: UInt8, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let outer = packet
        let outcome: DecodeOutcome
        switch ipProtocol {
        case IPProtocol.ipInIP, IPProtocol.ipv6:
            outcome = decodeCarried(.ip, by: .ipInIP, bytes, at: offset, into: &packet)
        case IPProtocol.gre: outcome = decodeGRE(bytes, at: offset, into: &packet)
        case IPProtocol.etherIP:
            // RFC 3378: version 3 and twelve zero bits.
            guard bytes.available(from: offset) > 2, bytes.uint16(offset) == 0x3000 else { return .otherIP }
            outcome = decodeCarried(.ethernet, by: .etherIP, bytes, at: offset + 2, into: &packet)
        case IPProtocol.l2tp: outcome = decodeL2TPSession(bytes, at: offset, into: &packet)
        case IPProtocol.mpls: outcome = decodeCarried(.mpls, by: .mpls, bytes, at: offset, into: &packet)
        case IPProtocol.ethernet: outcome = decodeCarried(.ethernet, by: .ipInIP, bytes, at: offset, into: &packet)
        case IPProtocol.serviceHeader:
            outcome = decodeCarried(.serviceHeader, by: .serviceHeader, bytes, at: offset, into: &packet)
        default: return .otherIP
        }
        guard case .notIP = outcome else { return outcome }
        packet = outer
        return .otherIP
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
