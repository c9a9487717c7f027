/// Finds the headers of a captured packet.
///
/// The folders spell the stack: a function in `Link/` finds the network header and hands on to `Network/`, which finds
/// the transport header and hands on to `Transport/`. What carries packets or frames is in `Carrier/`, and hands back to
/// one of the others, at most `maxCarriers` times; the innermost packet is the one that is described.
///
/// Tolerant where captures are: checksums are not looked at (offload leaves them wrong), a length of 0 means "to the
/// end of the capture" (segmentation offload), and a cut packet is decoded as far as it goes.
public enum PacketDecoder {
    /// Decodes one packet as captured. `packet` is overwritten entirely.
    public static func decode(
        _ bytes: Span<UInt8>, linkType: LinkType, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        packet = DecodedPacket()
        // A byte has no padding that might never have been written; so in the rest of this file.
        if linkType == .ethernet { return unsafe decodeEthernet(bytes.bytes, into: &packet) }
        return unsafe decodeLink(bytes.bytes, linkType: linkType, at: 0, into: &packet)
    }

    /// The same for whoever has no use for ESP as such: `esp` says what is done about it.
    public static func decode(
        _ bytes: Span<UInt8>, linkType: LinkType, esp: ESPDecoding, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        var outcome = decode(bytes, linkType: linkType, into: &packet)
        // Each time opens a carrier, or ends it.
        while outcome == .esp { outcome = decodeESP(bytes, as: esp, into: &packet) }
        return outcome
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
        whole.isLinkUnsteady = packet.isLinkUnsteady
        whole.carriers = packet.carriers
        whole.carrierPath = packet.carrierPath
        packet = whole
        let outcome = unsafe decodeExtensionHeaders(
            reassembled.bytes, at: 0, declaredEnd: reassembled.count, nextHeader: ipProtocol, into: &packet)
        // A fragment inside of a tunnel is another matter.
        guard outcome == .fragment, packet.carriers == whole.carriers else { return outcome }
        packet.isFragment = false
        packet.moreFragments = false
        packet.fragmentOffset = 0
        return malformed(.ip, .nestedFragment, offset: 0, needed: 0, available: 0, into: &packet)
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
