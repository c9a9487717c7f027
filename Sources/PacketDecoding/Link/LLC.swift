/// IEEE 802.2 LLC, with SNAP (RFC 1042) or, rarer, with IP's own SAP or an NLPID.
extension PacketDecoder {
    /// Anything but IP is `notIP`, also when it is short: STP and IPX are none of our business.
    static func decodeLLC(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 3, bytes.uint8(offset + 2) == 0x03 else { return .notIP }
        switch bytes.uint16(offset) {
        case 0x0606: return decodeIP(bytes, at: offset + 3, into: &packet)
        case 0xfefe:
            return bytes.available(from: offset) > 4 ? decodeNLPID(bytes, at: offset + 3, into: &packet) : .notIP
        case 0xaaaa: return decodeSNAP(bytes, at: offset + 3, into: &packet)
        default: return .notIP
        }
    }

    /// Organisation code and protocol.
    static func decodeSNAP(_ bytes: RawSpan, at offset: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: offset) >= 5 else { return .notIP }
        let organisation = bytes.uint32(offset) >> 8
        let type = EtherType(rawValue: bytes.uint16(offset + 3))
        let content = offset + 5
        switch organisation {
        // 0 says that an EtherType follows; 0x0000f8 is Cisco's and Apple's bridge tunnelling of it.
        case 0, 0x0000f8:
            // A length here would be LLC in LLC without end.
            guard !type.isLength else { return .notIP }
            return decodeEtherType(bytes, type, at: content, into: &packet)
        // RFC 2684 and RFC 2427: a bridged Ethernet frame, behind two bytes of padding on ATM.
        case 0x0080c2 where type.rawValue == 1 || type.rawValue == 7:
            let frame = looksLikeEthernet(bytes, at: content) ? content : content + 2
            return decodeCarried(.ethernet, by: .capturedLink, bytes, at: frame, into: &packet)
        default: return .notIP
        }
    }
}
