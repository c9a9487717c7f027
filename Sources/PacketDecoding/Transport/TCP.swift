/// The control bits of a TCP header, RFC 9293 section 3.1.
@frozen
public struct TCPFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let fin = TCPFlags(rawValue: 0x01)
    public static let syn = TCPFlags(rawValue: 0x02)
    public static let rst = TCPFlags(rawValue: 0x04)
    public static let psh = TCPFlags(rawValue: 0x08)
    public static let ack = TCPFlags(rawValue: 0x10)
    public static let urg = TCPFlags(rawValue: 0x20)
    public static let ece = TCPFlags(rawValue: 0x40)
    public static let cwr = TCPFlags(rawValue: 0x80)
}

/// TCP, RFC 9293.
extension PacketDecoder {
    static let tcpMinimumHeaderLength = 20

    /// ```
    ///  0  source port, destination port      8  acknowledgement number
    ///  4  sequence number                   12  data offset, flags, window
    /// ```
    @inline(never)
    static func decodeTCP(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let end = min(declaredEnd, bytes.byteCount)
        guard end &- offset >= tcpMinimumHeaderLength else {
            return decodeCutTCP(bytes, at: offset, declaredEnd: declaredEnd, into: &packet)
        }
        let portsAndSequence = bytes.uint64(offset)
        let offsetAndFlags = bytes.uint16(offset &+ 12)
        packet.sourcePort = UInt16(truncatingIfNeeded: portsAndSequence >> 48)
        packet.destinationPort = UInt16(truncatingIfNeeded: portsAndSequence >> 32)
        packet.tcpSequence = UInt32(truncatingIfNeeded: portsAndSequence)
        packet.tcpAcknowledgement = bytes.uint32(offset &+ 8)
        packet.tcpFlags = TCPFlags(rawValue: UInt8(truncatingIfNeeded: offsetAndFlags))

        let headerLength = Int(offsetAndFlags >> 12) &* 4
        guard headerLength >= tcpMinimumHeaderLength else {
            return malformed(
                .transport, .ownLengthTooShort, offset: offset, needed: tcpMinimumHeaderLength,
                available: headerLength, into: &packet)
        }
        guard headerLength <= declaredEnd &- offset else {
            return transportTooShort(bytes, at: offset, declaredEnd: declaredEnd, needed: headerLength, into: &packet)
        }
        let payload = offset &+ headerLength
        packet.declaredPayloadLength = declaredEnd &- payload
        if payload <= end {
            packet.payloadOffset = payload
            packet.payloadLength = end &- payload
        } else {
            // Cut within the options: all that matters of the header is there.
            packet.payloadOffset = end
        }
        return .tcp
    }

    @inline(never)
    private static func decodeCutTCP(
        _ bytes: RawSpan, at offset: Int, declaredEnd: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let available = bytes.byteCount &- offset
        guard declaredEnd &- offset >= tcpMinimumHeaderLength, available >= portsLength else {
            return transportTooShort(
                bytes, at: offset, declaredEnd: declaredEnd, needed: tcpMinimumHeaderLength, into: &packet)
        }
        packet.sourcePort = bytes.uint16(offset)
        packet.destinationPort = bytes.uint16(offset + 2)
        if available >= 8 { packet.tcpSequence = bytes.uint32(offset + 4) }
        if available >= 12 { packet.tcpAcknowledgement = bytes.uint32(offset + 8) }
        if available >= 14 { packet.tcpFlags = TCPFlags(rawValue: bytes.uint8(offset + 13)) }
        packet.transportHeaderCut = true
        packet.payloadOffset = bytes.byteCount
        return .tcp
    }
}
