/// Serial and wide-area links: frame relay, Cisco HDLC, PPP, ATM.
extension PacketDecoder {
    /// Q.922 address bytes; the last has bit 0 set.
    private static let maxFrameRelayAddress = 4

    /// The address, then either an EtherType (Cisco) or, as RFC 2427 has it, control 3 and an NLPID.
    static func decodeFrameRelay(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        var offset = start
        repeat {
            guard offset - start < maxFrameRelayAddress, bytes.available(from: offset) >= 1 else {
                return captureHeaderTooShort(bytes, at: start, needed: offset - start + 1, into: &packet)
            }
            offset += 1
        } while bytes.uint8(offset - 1) & 1 == 0
        guard bytes.available(from: offset) >= 2 else {
            return captureHeaderTooShort(bytes, at: start, needed: offset - start + 2, into: &packet)
        }
        guard bytes.uint8(offset) == 0x03 else {
            let etherType = EtherType(rawValue: bytes.uint16(offset))
            return decodeEtherType(bytes, etherType, at: offset + 2, into: &packet)
        }
        offset += 1
        if bytes.uint8(offset) == 0 { offset += 1 }
        return decodeNLPID(bytes, at: offset, into: &packet)
    }

    /// Network layer protocol identifiers (ISO 9577): IP by itself, or SNAP or PPP.
    static func decodeNLPID(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 2 else {
            return captureHeaderTooShort(bytes, at: offset, needed: 2, into: &packet)
        }
        switch bytes.uint8(offset) {
        case 0xcc, 0x8e: return decodeIP(bytes, at: offset + 1, into: &packet)
        case 0x80: return decodeSNAP(bytes, at: offset + 1, into: &packet)
        case 0xcf: return decodePPP(bytes, at: offset + 1, into: &packet)
        default: return .notIP
        }
    }

    /// Cisco HDLC: address `0f` (unicast) or `8f`, control 0, EtherType.
    static func decodeCiscoHDLC(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 4 else {
            return captureHeaderTooShort(bytes, at: offset, needed: 4, into: &packet)
        }
        return decodeEtherType(bytes, EtherType(rawValue: bytes.uint16(offset + 2)), at: offset + 4, into: &packet)
    }

    /// Serial lines are said to be PPP also where they have Cisco's header.
    static func decodeSerial(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 2 else {
            return captureHeaderTooShort(bytes, at: offset, needed: 2, into: &packet)
        }
        switch bytes.uint16(offset) {
        case 0x0f00, 0x8f00: return decodeCiscoHDLC(bytes, at: offset, into: &packet)
        // The first byte may be the direction instead of PPP's address.
        case 0x0003, 0x0103: return decodePPP(bytes, at: offset + 2, into: &packet)
        default: return decodePPP(bytes, at: offset, into: &packet)
        }
    }

    /// RFC 2684: LLC in front, or IP at once.
    static func decodeATM(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 3 else {
            return captureHeaderTooShort(bytes, at: offset, needed: 3, into: &packet)
        }
        switch bytes.uint16(offset) {
        case 0xaaaa, 0xfefe, 0x0606: return decodeLLC(bytes, at: offset, into: &packet)
        default: return looksLikeIP(bytes, at: offset) ? decodeIP(bytes, at: offset, into: &packet) : .notIP
        }
    }

    /// Juniper's captures: a magic number, flags and perhaps extensions in front of the link header.
    static func decodeJuniper(
        _ bytes: RawSpan, at start: Int, link: LinkType, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        guard bytes.available(from: start) >= 6 else {
            return captureHeaderTooShort(bytes, at: start, needed: 6, into: &packet)
        }
        guard bytes.uint32(start) >> 8 == 0x4d4743 else { return .notIP }
        let flags = bytes.uint8(start + 3)
        var offset = start + 4
        if flags & 0x80 != 0 { offset += 2 + Int(bytes.uint16(offset)) }
        packet.isLinkUnsteady = true
        // Without link header there are four bytes with the protocol's family.
        let hasNoLink = flags & 0x02 != 0
        return decodeCarried(
            .link(hasNoLink ? .raw : link), by: .capturedLink, bytes, at: offset + (hasNoLink ? 4 : 0), into: &packet)
    }
}
