/// Headers of capture programs and cards that name the link type behind them: PPI, PKTAP, ERF, NFLOG.
extension PacketDecoder {
    /// PPI: version, flags, length and link type (little endian), fields, frame.
    static func decodePPI(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else {
            return captureHeaderTooShort(bytes, at: start, needed: 8, into: &packet)
        }
        packet.isLinkUnsteady = true
        let length = Int(bytes.littleUInt16(start + 2))
        let linkType = LinkType(dlt: bytes.littleUInt32(start + 4))
        guard bytes.uint8(start) == 0, length >= 8, length <= maxCaptureHeader else { return .notIP }
        return decodeCarried(.link(linkType), by: .capturedLink, bytes, at: start + length, into: &packet)
    }

    /// PKTAP: length, record type and link type in the capturing machine's order (little endian on all that have it).
    static func decodePKTAP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 12 else {
            return captureHeaderTooShort(bytes, at: start, needed: 12, into: &packet)
        }
        packet.isLinkUnsteady = true
        let length = Int(bytes.littleUInt32(start))
        // Record type 1 is a packet.
        guard length >= 12, length <= maxCaptureHeader, bytes.littleUInt32(start + 4) == 1 else { return .notIP }
        let linkType = LinkType(dlt: bytes.littleUInt32(start + 8))
        return decodeCarried(.link(linkType), by: .capturedLink, bytes, at: start + length, into: &packet)
    }

    /// ```
    ///  0  time      8  type, flags      10  length, losses, length on the wire      16  extension headers, frame
    /// ```
    static func decodeERF(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 16 else {
            return captureHeaderTooShort(bytes, at: start, needed: 16, into: &packet)
        }
        packet.isLinkUnsteady = true
        let type = bytes.uint8(start + 8)
        var offset = start + 16
        var more = type & 0x80 != 0
        var extensions = 0
        while more {
            guard extensions < maxExtensionHeaders, bytes.available(from: offset) >= 8 else {
                return captureHeaderTooShort(bytes, at: offset, needed: 8, into: &packet)
            }
            more = bytes.uint8(offset) & 0x80 != 0
            offset += 8
            extensions += 1
        }
        let linkType: LinkType
        switch type & 0x7f {
        case 1, 10, 15: linkType = .ppp  // HDLC, with PPP or Cisco's header
        case 2, 11, 16, 20: (linkType, offset) = (.ethernet, offset + 2)  // two bytes of offset and padding
        case 4, 18: (linkType, offset) = (.atm, offset + 4)  // AAL5, behind the cell's header
        case 5, 17: (linkType, offset) = (.ppp, offset + 4)  // several channels
        case 22, 23: linkType = .raw
        default: return .notIP
        }
        return decodeCarried(.link(linkType), by: .capturedLink, bytes, at: offset, into: &packet)
    }

    /// Attributes looked at in an NFLOG packet; Linux knows about twenty kinds.
    private static let maxAttributes = 64

    /// Linux's netfilter log: family, version, resource; attributes of length and type in the capturing machine's order,
    /// each at a multiple of four. Attribute 9 is the packet.
    static func decodeNFLOG(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 8 else {
            return captureHeaderTooShort(bytes, at: start, needed: 8, into: &packet)
        }
        packet.isLinkUnsteady = true
        guard bytes.uint8(start + 1) == 0 else { return .notIP }
        var offset = start + 4
        // Kinds are small numbers: the order in which the first one is small is the machine's.
        let isLittle = bytes.littleUInt16(offset + 2) & 0x7fff < 256
        for _ in 0..<maxAttributes {
            guard bytes.available(from: offset) >= 4 else { return .notIP }
            let length = Int(isLittle ? bytes.littleUInt16(offset) : bytes.uint16(offset))
            let kind = isLittle ? bytes.littleUInt16(offset + 2) : bytes.uint16(offset + 2)
            guard length >= 4 else { return .notIP }
            if kind & 0x7fff == 9 {
                let inside = bytes.clipped(to: offset + length)
                return decodeCarried(.ip, by: .capturedLink, inside, at: offset + 4, into: &packet)
            }
            offset += (length + 3) & ~3
        }
        return .notIP
    }
}
