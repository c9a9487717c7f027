/// Finds the headers of a captured packet.
///
/// The folders spell the stack: a function in `Link/` finds the network header and hands on to `Network/`, which finds
/// the transport header and hands on to `Transport/`. A tunnel would be a file beside `Transport/UDP.swift` whose
/// payload goes back to `decodeNetwork(_:at:into:)` or `decodeLink`, with a bound on how often.
///
/// Tolerant where captures are: checksums are not looked at (offload leaves them wrong), a length of 0 means "to the
/// end of the capture" (segmentation offload), and a cut packet is decoded as far as it goes.
public enum PacketDecoder {
    /// Decodes one packet as captured. `packet` is overwritten entirely.
    public static func decode(
        _ bytes: Span<UInt8>, linkType: LinkType, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet = DecodedPacket()
        return unsafe decodeLink(bytes.bytes, linkType: linkType, into: &packet)
    }

    /// Decodes an IP packet that begins at `offset`, such as the one an ICMP error quotes. The quotation may end
    /// anywhere after the ports; `packet` is overwritten entirely and its offsets count from the start of `bytes`.
    public static func decodeNetwork(
        _ bytes: Span<UInt8>, at offset: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet = DecodedPacket()
        guard offset >= 0, offset <= bytes.count else {
            return malformed(.ip, .captureTooShort, offset: offset, needed: 1, available: 0, into: &packet)
        }
        return unsafe decodeIP(bytes.bytes, at: offset, into: &packet)
    }

    /// Decodes what was reassembled from fragments: the bytes after the IP headers, beginning with `ipProtocol`.
    ///
    /// `packet` is that of any of the fragments: it keeps addresses, version, hop limit and identification; its
    /// offsets count from the start of `reassembled` afterwards, and it is no fragment any more.
    public static func decodeTransport(
        of reassembled: Span<UInt8>, ipProtocol: UInt8, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        var whole = DecodedPacket()
        whole.source = packet.source
        whole.destination = packet.destination
        whole.ipVersion = packet.ipVersion
        whole.hopLimit = packet.hopLimit
        whole.identification = packet.identification
        packet = whole
        let outcome = unsafe decodeExtensionHeaders(
            reassembled.bytes, at: 0, declaredEnd: reassembled.count, nextHeader: ipProtocol, into: &packet)
        guard outcome == .fragment else { return outcome }
        packet.isFragment = false
        packet.moreFragments = false
        packet.fragmentOffset = 0
        return malformed(.ip, .nestedFragment, offset: 0, needed: 0, available: 0, into: &packet)
    }

    @inline(__always)
    static func decodeLink(
        _ bytes: RawSpan, linkType: LinkType, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        if linkType == .ethernet { return decodeEthernet(bytes, into: &packet) }
        return decodeOtherLink(bytes, linkType: linkType, into: &packet)
    }

    @inline(never)
    private static func decodeOtherLink(
        _ bytes: RawSpan, linkType: LinkType, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        switch linkType {
        case .linuxSLL2: decodeLinuxSLL2(bytes, into: &packet)
        case .linuxSLL: decodeLinuxSLL(bytes, into: &packet)
        case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6: decodeIP(bytes, at: 0, into: &packet)
        case .null, .loop: decodeLoopback(bytes, into: &packet)
        default: .notIP
        }
    }

    /// Notes why decoding stopped; `packet` keeps what was found until then.
    @inline(never)
    static func malformed(
        _ layer: ProtocolLayer, _ reason: DecodeFault.Reason, offset: Int, needed: Int, available: Int,
        into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet.fault = DecodeFault(layer, reason, offset: offset, needed: needed, available: available)
        return .malformed(layer)
    }
}
