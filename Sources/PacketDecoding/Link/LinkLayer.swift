/// Which link header a packet, or a frame inside of one, begins with.
extension PacketDecoder {
    @inline(never)
    static func decodeLink(
        _ bytes: RawSpan, linkType: LinkType, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch linkType {
        case .linuxSLL2: decodeLinuxSLL2(bytes, at: offset, into: &packet)
        case .linuxSLL: decodeLinuxSLL(bytes, at: offset, into: &packet)
        case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6: decodeIP(bytes, at: offset, into: &packet)
        case .null, .loop: decodeLoopback(bytes, at: offset, into: &packet)
        case .ethernet: decodeEthernet(bytes, at: offset, into: &packet)
        default: decodeRareLink(bytes, linkType: linkType, at: offset, into: &packet)
        }
    }

    private static func decodeRareLink(
        _ bytes: RawSpan, linkType: LinkType, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch linkType {
        case .ieee80211: decodeIEEE80211(bytes, at: offset, into: &packet)
        case .radiotap: decodeRadiotap(bytes, at: offset, into: &packet)
        case .prism, .avs: decodePrism(bytes, at: offset, into: &packet)
        case .llc: decodeLLC(bytes, at: offset, into: &packet)
        case .ppi: decodePPI(bytes, at: offset, into: &packet)
        case .pktap, .pktapOfApple: decodePKTAP(bytes, at: offset, into: &packet)
        case .erf: decodeERF(bytes, at: offset, into: &packet)
        case .nflog: decodeNFLOG(bytes, at: offset, into: &packet)
        case .exportedPDU: decodeExportedPDU(bytes, at: offset, into: &packet)
        case .pflog: decodePFLOG(bytes, at: offset, into: &packet)
        case .enc: decodeBehind(12, .ip, bytes, at: offset, into: &packet)
        case .ipnet: decodeBehind(24, .ip, bytes, at: offset, into: &packet)
        case .slip: decodeBehind(16, .ip, bytes, at: offset, into: &packet)
        default: decodeOtherNetwork(bytes, linkType: linkType, at: offset, into: &packet)
        }
    }

    private static func decodeOtherNetwork(
        _ bytes: RawSpan, linkType: LinkType, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch linkType {
        case .ppp, .pppSerial, .pppd, .ciscoHDLC: decodeSerial(bytes, at: offset, into: &packet)
        case .pppoe: decodePPPoESession(bytes, at: offset, into: &packet)
        case .pppWithDirection: decodeBehind(1, .link(.ppp), bytes, at: offset, into: &packet)
        case .ciscoHDLCWithDirection: decodeBehind(1, .link(.ciscoHDLC), bytes, at: offset, into: &packet)
        case .frameRelay: decodeFrameRelay(bytes, at: offset, into: &packet)
        case .frameRelayWithDirection: decodeBehind(1, .link(.frameRelay), bytes, at: offset, into: &packet)
        case .atm: decodeATM(bytes, at: offset, into: &packet)
        case .sunATM: decodeBehind(4, .link(.atm), bytes, at: offset, into: &packet)
        case .tokenRing: decodeTokenRing(bytes, at: offset, into: &packet)
        case .fddi: decodeFDDI(bytes, at: offset, into: &packet)
        case .arcnet: decodeARCNET(bytes, at: offset, isLinux: false, into: &packet)
        case .arcnetLinux: decodeARCNET(bytes, at: offset, isLinux: true, into: &packet)
        case .fibreChannel: decodeBehind(16, .link(.llc), bytes, at: offset, into: &packet)
        case .ieee1394: decodeTyped(bytes, at: offset, type: 16, length: 18, into: &packet)
        case .infiniBand: decodeTyped(bytes, at: offset, type: 40, length: 44, into: &packet)
        case .docsis: decodeDOCSIS(bytes, at: offset, into: &packet)
        case .netAnalyzer: decodeBehind(4, .ethernet, bytes, at: offset, into: &packet)
        case .netAnalyzerTransparent: decodeBehind(12, .ethernet, bytes, at: offset, into: &packet)
        case .epon: decodeBehind(8, .ethernet, bytes, at: offset, into: &packet)
        case .switchTagBroadcom, .switchTagDSA: decodeSwitchTag(bytes, at: offset, length: 4, into: &packet)
        case .switchTagEDSA: decodeSwitchTag(bytes, at: offset, length: 8, into: &packet)
        case .switchTagPrepended: decodeBehind(4, .ethernet, bytes, at: offset, into: &packet)
        case .juniperEthernet: decodeJuniper(bytes, at: offset, link: .ethernet, into: &packet)
        case .juniperPPP: decodeJuniper(bytes, at: offset, link: .ppp, into: &packet)
        case .juniperFrameRelay: decodeJuniper(bytes, at: offset, link: .frameRelay, into: &packet)
        case .juniperHDLC: decodeJuniper(bytes, at: offset, link: .ciscoHDLC, into: &packet)
        default: .notIP
        }
    }
}
