/// VXLAN (RFC 7348), with Cisco's group policy bit, and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe).
extension PacketDecoder {
    /// ```
    ///  0  flags      1  reserved (or group policy; GPE: next protocol in the last byte)
    ///  4  VNI (24 bits), reserved      8  frame
    /// ```
    static func decodeVXLAN(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 8 else { return .notIP }
        // There is a VNI; the other bits are to be ignored (group policy and some senders use them), but text it is not.
        guard bytes.uint8(offset) & 0x48 == 0x08 else { return .notIP }
        return decodeCarried(
            .ethernet, by: .vxlan, identifier: bytes.uint32(offset + 4) >> 8, bytes, at: offset + 8, into: &packet)
    }

    static func decodeVXLANGPE(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 8 else { return .notIP }
        // Version 0 and a valid VNI; B and O (broadcast, OAM) may be set. Without P, and a protocol all the same, a frame
        // follows.
        let flags = bytes.uint8(offset)
        guard flags & 0xf8 == 0x08, bytes.uint16(offset + 1) == 0, bytes.uint8(offset + 7) == 0 else { return .notIP }
        let next = bytes.uint8(offset + 3)
        let isFrame = flags & 0x04 == 0 && next == 0
        guard let content = isFrame ? .ethernet : CarriedContent(nextProtocol: next) else { return .notIP }
        return decodeCarried(
            content, by: .vxlan, identifier: bytes.uint32(offset + 4) >> 8, bytes, at: offset + 8, into: &packet)
    }
}
