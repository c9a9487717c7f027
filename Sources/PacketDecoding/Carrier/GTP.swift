/// GTP user plane: version 1 (3GPP TS 29.281), with extension headers, and the old version 0 (TS 09.60).
extension PacketDecoder {
    /// Extension headers followed; 5G uses one or two.
    private static let maxGTPExtensions = 8

    /// ```
    ///  0  version (3 bits) = 1, PT = 1, spare, E, S, PN      1  message type, 255 = user's packet
    ///  2  length behind the first eight bytes                4  TEID
    ///  8  sequence, N-PDU number, next extension header: with any of E, S and PN
    /// ```
    static func decodeGTP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else { return .notIP }
        let flags = bytes.uint8(start)
        guard flags & 0xf8 == 0x30, bytes.uint8(start + 1) == 255 else { return .notIP }
        let end = start + 8 + Int(bytes.uint16(start + 2))
        var offset = start + 8
        if flags & 0x07 != 0 {
            guard bytes.available(from: offset) >= 4 else { return .notIP }
            var next = flags & 0x04 != 0 ? bytes.uint8(offset + 3) : 0
            offset += 4
            var extensions = 0
            while next != 0 {
                guard extensions < maxGTPExtensions, bytes.available(from: offset) >= 1 else { return .notIP }
                let length = Int(bytes.uint8(offset)) * 4
                guard length > 0, bytes.available(from: offset) >= length else { return .notIP }
                next = bytes.uint8(offset + length - 1)
                offset += length
                extensions += 1
            }
        }
        guard offset < end else { return .notIP }
        return decodeUserPacket(
            bytes.clipped(to: end), at: offset, identifier: bytes.uint32(start + 4), into: &packet)
    }

    /// Twenty bytes of header, no extensions.
    static func decodeGTPVersion0(
        _ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: start) >= 20, bytes.uint8(start) & 0xfe == 0x1e, bytes.uint8(start + 1) == 255
        else { return .notIP }
        let end = start + 20 + Int(bytes.uint16(start + 2))
        return decodeUserPacket(
            bytes.clipped(to: end), at: start + 20, identifier: UInt32(bytes.uint16(start + 6)), into: &packet)
    }

    /// What a bearer carries was agreed on elsewhere: IP nearly always, Ethernet in 5G, once PPP.
    private static func decodeUserPacket(
        _ bytes: RawSpan, at offset: Int, identifier: UInt32, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let content: CarriedContent
        if looksLikeIP(bytes, at: offset) {
            content = .ip
        } else if looksLikeEthernet(bytes, at: offset) {
            content = .ethernet
        } else if bytes.available(from: offset) >= 4, bytes.uint16(offset) == 0xff03 {
            content = .ppp
        } else {
            return .notIP
        }
        return decodeCarried(content, by: .gtp, identifier: identifier, bytes, at: offset, into: &packet)
    }
}
