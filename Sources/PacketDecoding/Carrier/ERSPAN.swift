/// Mirrored frames in GRE: ERSPAN types I, II and III (draft-foschiano-erspan).
extension PacketDecoder {
    /// Type I has no header of its own and no GRE sequence number; type II eight bytes, type III twelve and sometimes
    /// eight more.
    static func decodeERSPAN(
        _ bytes: RawSpan, at offset: Int, hasSequence: Bool, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard hasSequence, bytes.available(from: offset) >= 8 else {
            return decodeCarried(.ethernet, by: .erspan, bytes, at: offset, into: &packet)
        }
        let first = bytes.uint32(offset)
        let session = first & 0x3ff
        switch first >> 28 {
        case 1:
            return decodeCarried(.ethernet, by: .erspan, identifier: session, bytes, at: offset + 8, into: &packet)
        case 2:
            guard bytes.available(from: offset) >= 12 else { return .notIP }
            let last = bytes.uint16(offset + 10)
            let content = offset + 12 + (last & 1 != 0 ? 8 : 0)
            // Frame types: 0 Ethernet, 2 an IP packet.
            let isIP = last >> 10 & 0x1f == 2
            return decodeCarried(
                isIP ? .ip : .ethernet, by: .erspan, identifier: session, bytes, at: content, into: &packet)
        default: return .notIP
        }
    }
}
