/// GRE (RFC 2784, 2890), PPTP's variant of it (RFC 2637), Ethernet bridging and NVGRE (RFC 7637), EoIP.
extension PacketDecoder {
    private enum GREFlags {
        static let checksum: UInt16 = 0x8000
        static let routing: UInt16 = 0x4000
        static let key: UInt16 = 0x2000
        static let sequence: UInt16 = 0x1000
        static let acknowledgement: UInt16 = 0x0080
        static let version: UInt16 = 0x0007
    }

    /// Source route entries of RFC 1701 that are stepped over.
    private static let maxRouteEntries = 16

    /// ```
    ///  0  flags, version      2  protocol      4  checksum, offset?      key?      sequence?      content
    /// ```
    static func decodeGRE(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 4 else {
            return greTooShort(bytes, at: start, needed: 4, into: &packet)
        }
        let flags = bytes.uint16(start)
        let type = bytes.uint16(start + 2)
        switch flags & GREFlags.version {
        case 0: break
        case 1: return decodeEnhancedGRE(bytes, at: start, flags, type, into: &packet)
        default: return .notIP
        }
        var offset = start + 4
        if flags & (GREFlags.checksum | GREFlags.routing) != 0 { offset += 4 }
        var key: UInt32 = 0
        if flags & GREFlags.key != 0 {
            guard bytes.available(from: offset) >= 4 else {
                return greTooShort(bytes, at: start, needed: offset + 4 - start, into: &packet)
            }
            key = bytes.uint32(offset)
            offset += 4
        }
        if flags & GREFlags.sequence != 0 { offset += 4 }
        guard bytes.available(from: offset) > 0 else {
            return greTooShort(bytes, at: start, needed: offset + 1 - start, into: &packet)
        }
        if flags & GREFlags.routing != 0 {
            guard let content = endOfRoute(bytes, at: offset) else { return .notIP }
            offset = content
        }
        switch type {
        case 0x88be, 0x22eb:
            return decodeERSPAN(bytes, at: offset, hasSequence: flags & GREFlags.sequence != 0, into: &packet)
        case 0x6558: return insideGRE(.ethernet, key, bytes, at: offset, into: &packet)
        case 0x880b: return insideGRE(.ppp, key, bytes, at: offset, into: &packet)
        case 0x883e: return decodeWCCP(bytes, at: offset, key, into: &packet)
        default: return insideGRE(.etherType(EtherType(rawValue: type)), key, bytes, at: offset, into: &packet)
        }
    }

    private static func insideGRE(
        _ content: CarriedContent, _ key: UInt32, _ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        decodeCarried(content, by: .gre, identifier: key, bytes, at: offset, into: &packet)
    }

    /// PPTP: payload length and call in place of the key. Mikrotik's EoIP uses the same bits with a type of its own, and
    /// its tunnel's number in little-endian order.
    private static func decodeEnhancedGRE(
        _ bytes: RawSpan, at start: Int, _ flags: UInt16, _ type: UInt16, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard flags & GREFlags.key != 0 else { return .notIP }
        guard bytes.available(from: start) >= 8 else {
            return greTooShort(bytes, at: start, needed: 8, into: &packet)
        }
        let length = Int(bytes.uint16(start + 4))
        let call = UInt32(bytes.uint16(start + 6))
        var offset = start + 8
        switch type {
        case 0x6400:
            return insideGRE(.ethernet, call, bytes, at: offset, into: &packet)
        case 0x880b:
            if flags & GREFlags.sequence != 0 { offset += 4 }
            if flags & GREFlags.acknowledgement != 0 { offset += 4 }
            // An acknowledgement alone carries nothing.
            guard length > 0 else { return .notIP }
            return insideGRE(.ppp, call, bytes.clipped(to: offset + length), at: offset, into: &packet)
        default: return .notIP
        }
    }

    /// RFC 1701 source routes: entries of address family, offset and length, ended by a zero one.
    private static func endOfRoute(_ bytes: RawSpan, at start: Int) -> Int? {
        var offset = start
        for _ in 0..<maxRouteEntries {
            guard bytes.available(from: offset) >= 4 else { return nil }
            let family = bytes.uint16(offset)
            let length = Int(bytes.uint8(offset + 3))
            offset += 4 + length
            if family == 0, length == 0 { return offset }
        }
        return nil
    }

    /// Redirected web traffic (WCCP): version 2 has four bytes in front of the IP packet.
    private static func decodeWCCP(
        _ bytes: RawSpan, at offset: Int, _ key: UInt32, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let content = looksLikeIP(bytes, at: offset) ? offset : offset + 4
        return insideGRE(.ip, key, bytes, at: content, into: &packet)
    }

    private static func greTooShort(
        _ bytes: RawSpan, at offset: Int, needed: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        malformed(
            .transport, .captureTooShort, offset: offset, needed: needed, available: bytes.available(from: offset),
            into: &packet)
    }
}
