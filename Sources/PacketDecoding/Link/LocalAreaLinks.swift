/// Local networks other than Ethernet, each with LLC or a type behind two addresses.
extension PacketDecoder {
    /// IEEE 802.5: access and frame control, addresses, a route if the source says so, LLC.
    static func decodeTokenRing(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 15 else {
            return captureHeaderTooShort(bytes, at: start, needed: 15, into: &packet)
        }
        // Frame type 01: LLC.
        guard bytes.uint8(start + 1) >> 6 == 1 else { return .notIP }
        let hasRoute = bytes.uint8(start + 8) & 0x80 != 0
        return decodeLLC(
            bytes, at: start + 14 + (hasRoute ? Int(bytes.uint8(start + 14) & 0x1f) : 0), into: &packet)
    }

    /// FDDI: frame control, addresses, LLC.
    static func decodeFDDI(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 13 else {
            return captureHeaderTooShort(bytes, at: start, needed: 13, into: &packet)
        }
        guard bytes.uint8(start) & 0xf0 == 0x50 else { return .notIP }
        return decodeLLC(bytes, at: start + 13, into: &packet)
    }

    /// ARCNET (RFC 1201): addresses, on Linux two bytes of offset, then type, split flag, sequence, IP.
    static func decodeARCNET(
        _ bytes: RawSpan, at start: Int, isLinux: Bool, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        let type = start + (isLinux ? 4 : 2)
        guard bytes.available(from: type) >= 2 else {
            return captureHeaderTooShort(bytes, at: start, needed: type + 2 - start, into: &packet)
        }
        switch bytes.uint8(type) {
        case 0xf0: return decodeCarried(.ip, by: .capturedLink, bytes, at: type + 1, into: &packet)  // RFC 1051
        case 0xd4:
            // 255 marks a packet of an awkward length, repeated with its real flag. Split packets are not put together.
            let isException = bytes.uint8(type + 1) == 0xff
            guard isException || bytes.uint8(type + 1) == 0 else { return .notIP }
            return decodeCarried(
                .ip, by: .capturedLink, bytes, at: type + (isException ? 8 : 4), into: &packet)
        default: return .notIP
        }
    }

    /// A header of fixed length that has an EtherType in it: IEEE 1394, InfiniBand.
    static func decodeTyped(
        _ bytes: RawSpan, at start: Int, type: Int, length: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: start) >= length else {
            return captureHeaderTooShort(bytes, at: start, needed: length, into: &packet)
        }
        return decodeEtherType(
            bytes, EtherType(rawValue: bytes.uint16(start + type)), at: start + length, into: &packet)
    }

    /// A header of fixed length that says nothing we need, then `content`.
    static func decodeBehind(
        _ length: Int, _ content: CarriedContent, _ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: start) > length else {
            return captureHeaderTooShort(bytes, at: start, needed: length + 1, into: &packet)
        }
        return decodeCarried(content, by: .capturedLink, bytes, at: start + length, into: &packet)
    }

    /// OpenBSD's packet filter log: its own length first, rounded up to a multiple of four.
    static func decodePFLOG(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 1 else {
            return captureHeaderTooShort(bytes, at: start, needed: 1, into: &packet)
        }
        let length = (Int(bytes.uint8(start)) + 3) & ~3
        return decodeBehind(max(length, 4), .ip, bytes, at: start, into: &packet)
    }

    /// Ethernet with a switch's tag of `length` bytes between the addresses and the type.
    static func decodeSwitchTag(
        _ bytes: RawSpan, at start: Int, length: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        decodeTyped(bytes, at: start, type: 12 + length, length: 14 + length, into: &packet)
    }

    /// DOCSIS: frame control, parameter, length, check sequence, perhaps an extended header; user frames are Ethernet.
    static func decodeDOCSIS(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 6 else {
            return captureHeaderTooShort(bytes, at: start, needed: 6, into: &packet)
        }
        let control = bytes.uint8(start)
        guard control & 0xfe == 0 else { return .notIP }
        let extended = control & 1 != 0 ? Int(bytes.uint8(start + 1)) : 0
        return decodeBehind(6 + extended, .ethernet, bytes, at: start, into: &packet)
    }
}
