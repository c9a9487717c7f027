/// The network service header, NSH (RFC 8300).
extension PacketDecoder {
    /// ```
    ///  0  version (2 bits), O, U, TTL (6), length in words (6)      2  MD type      3  next protocol
    ///  4  service path, service index                              8  context
    /// ```
    static func decodeServiceHeader(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let available = bytes.available(from: offset)
        guard available >= 8 else {
            return malformed(.link, .captureTooShort, offset: offset, needed: 8, available: available, into: &packet)
        }
        let first = bytes.uint16(offset)
        let length = Int(first & 0x3f) * 4
        guard first >> 14 == 0, length >= 8 else { return .notIP }
        let path = bytes.uint32(offset + 4) >> 8
        guard let content = CarriedContent(nextProtocol: bytes.uint8(offset + 3)) else { return .notIP }
        return decodeCarried(
            content, by: .serviceHeader, identifier: path, bytes, at: offset + length, into: &packet)
    }
}

extension CarriedContent {
    /// The numbers that NSH and VXLAN-GPE share.
    init?(nextProtocol: UInt8) {
        switch nextProtocol {
        case 1, 2: self = .ip
        case 3: self = .ethernet
        case 4: self = .serviceHeader
        case 5: self = .mpls
        default: return nil
        }
    }
}
