/// What Wireshark writes with "Export PDUs": messages without the packets they came in (LINKTYPE_WIRESHARK_UPPER_PDU), SIP out
/// of decrypted TLS for example.
extension PacketDecoder {
    /// Tags of type and length, ended by type 0; values are padded to four bytes by whoever wrote the length.
    private enum ExportTag {
        static let end: UInt16 = 0
        static let dissector: UInt16 = 12
        static let sourceV4: UInt16 = 20
        static let destinationV4: UInt16 = 21
        static let sourceV6: UInt16 = 22
        static let destinationV6: UInt16 = 23
        static let sourcePort: UInt16 = 25
        static let destinationPort: UInt16 = 26
    }

    private static let maxExportTags = 64

    /// The message is decoded as the payload of a UDP datagram between the endpoints that the tags name: it is whole,
    /// whatever transport it had.
    static func decodeExportedPDU(
        _ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet.isLinkUnsteady = true
        var offset = start
        var source: IPAddress?
        var destination: IPAddress?
        var isSIP = false
        for _ in 0..<maxExportTags {
            guard bytes.available(from: offset) >= 4 else {
                return captureHeaderTooShort(bytes, at: offset, needed: 4, into: &packet)
            }
            let tag = bytes.uint16(offset)
            let length = Int(bytes.uint16(offset + 2))
            offset += 4
            guard bytes.available(from: offset) >= length, offset + length - start <= maxCaptureHeader else {
                return captureHeaderTooShort(bytes, at: offset, needed: length, into: &packet)
            }
            switch tag {
            case ExportTag.end:
                guard isSIP || source != nil && destination != nil else { return .notIP }
                packet.networkOffset = offset
                // text2pcap, for one, knows no addresses.
                packet.source = source ?? IPAddress(v4: 0)
                packet.destination = destination ?? IPAddress(v4: 0)
                packet.ipVersion = packet.source.isIPv4 ? 4 : 6
                packet.ipProtocol = IPProtocol.udp
                setPayload(bytes, at: offset, declaredEnd: bytes.byteCount, into: &packet)
                return .udp
            case ExportTag.dissector where length >= 3:
                isSIP = bytes.uint16(offset) == 0x7369 && bytes.uint8(offset + 2) == 0x70
            case ExportTag.sourceV4 where length >= 4: source = IPAddress(v4: bytes.uint32(offset))
            case ExportTag.destinationV4 where length >= 4: destination = IPAddress(v4: bytes.uint32(offset))
            case ExportTag.sourceV6 where length >= 16:
                source = IPAddress(high: bytes.uint64(offset), low: bytes.uint64(offset + 8))
            case ExportTag.destinationV6 where length >= 16:
                destination = IPAddress(high: bytes.uint64(offset), low: bytes.uint64(offset + 8))
            case ExportTag.sourcePort where length >= 4:
                packet.sourcePort = UInt16(truncatingIfNeeded: bytes.uint32(offset))
            case ExportTag.destinationPort where length >= 4:
                packet.destinationPort = UInt16(truncatingIfNeeded: bytes.uint32(offset))
            default: break
            }
            offset += length
        }
        return .notIP
    }
}
