/// L2TP version 2 (RFC 2661) and version 3 (RFC 3931), data messages only.
extension PacketDecoder {
    private enum L2TPFlags {
        static let control: UInt16 = 0x8000
        static let length: UInt16 = 0x4000
        static let sequence: UInt16 = 0x0800
        static let offset: UInt16 = 0x0200
        static let reserved: UInt16 = 0x34f0
        static let version: UInt16 = 0x000f
    }

    /// ```
    ///  0  flags, version      length?      tunnel, session      Ns, Nr?      offset size and padding?      PPP
    /// ```
    static func decodeL2TP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 6 else { return .notIP }
        let flags = bytes.uint16(start)
        guard flags & (L2TPFlags.control | L2TPFlags.reserved) == 0 else { return .notIP }
        switch flags & L2TPFlags.version {
        case 2: break
        case 3:
            // Over UDP a session's header follows four bytes of flags.
            guard flags == 3, bytes.uint16(start + 2) == 0 else { return .notIP }
            return decodeL2TPSession(bytes, at: start + 4, into: &packet)
        default: return .notIP
        }
        var inside = bytes
        var offset = start + 2
        if flags & L2TPFlags.length != 0 {
            let length = Int(bytes.uint16(offset))
            guard length >= 12, start + length <= bytes.byteCount || packet.cut else { return .notIP }
            inside = bytes.clipped(to: start + length)
            offset += 2
        }
        guard inside.available(from: offset) >= 4 else { return .notIP }
        let session = inside.uint32(offset)
        offset += 4
        if flags & L2TPFlags.sequence != 0 { offset += 4 }
        if flags & L2TPFlags.offset != 0 {
            guard inside.available(from: offset) >= 2 else { return .notIP }
            offset += 2 + Int(inside.uint16(offset))
        }
        return decodeCarried(.ppp, by: .l2tp, identifier: session, inside, at: offset, into: &packet)
    }

    /// Version 3: a session's number, a cookie of zero, four or eight bytes and perhaps a sublayer of four, all agreed on
    /// elsewhere, then a frame. The frame is looked for at the four places where it can begin.
    static func decodeL2TPSession(
        _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: offset) > 4 else { return .notIP }
        let session = bytes.uint32(offset)
        // Session 0 is the control connection.
        guard session != 0 else { return .notIP }
        for content in stride(from: offset + 4, through: offset + 16, by: 4) {
            let frame: CarriedContent
            if looksLikeEthernet(bytes, at: content) {
                frame = .ethernet
            } else if bytes.available(from: content) >= 4, bytes.uint32(content) & 0xffff_ff00 == 0xff03_0000 {
                frame = .ppp
            } else {
                continue
            }
            return decodeCarried(frame, by: .l2tp, identifier: session, bytes, at: content, into: &packet)
        }
        return .notIP
    }
}
