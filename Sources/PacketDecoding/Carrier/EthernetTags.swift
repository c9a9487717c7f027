/// Tags between the addresses and the type of an Ethernet frame, beside VLAN tags.
extension PacketDecoder {
    /// IEEE 802.1ah, the customer's whole frame behind four bytes with the service's number.
    static func decodeProviderBackbone(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        decodeCarried(.ethernet, by: .providerBackbone, bytes, at: offset + 4, into: &packet)
    }

    /// A tag of `length` bytes, then a type: Cisco's VN-Tag (802.1Qbh) and metadata, redundancy rings (HSR).
    static func decodeNetworkTag(
        _ bytes: RawSpan, at offset: Int, length: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let available = bytes.available(from: offset)
        guard available >= length + 2 else {
            return malformed(
                .link, .captureTooShort, offset: offset, needed: length + 2, available: available, into: &packet)
        }
        let type = EtherType(rawValue: bytes.uint16(offset + length))
        return decodeCarried(.etherType(type), by: .networkTag, bytes, at: offset + length + 2, into: &packet)
    }

    /// IEEE 802.1AE without encryption (neither E nor C set): a tag in front and a check value behind.
    static func decodeMACSecurity(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 6, bytes.uint8(offset) & 0x8c == 0 else { return .notIP }
        let length = bytes.uint8(offset) & 0x20 != 0 ? 14 : 6
        let checkValueLength = 16
        let inside = bytes.clipped(to: bytes.byteCount - checkValueLength)
        guard inside.available(from: offset) >= length + 2 else { return .notIP }
        let type = EtherType(rawValue: inside.uint16(offset + length))
        return decodeCarried(.etherType(type), by: .macSecurity, inside, at: offset + length + 2, into: &packet)
    }
}
