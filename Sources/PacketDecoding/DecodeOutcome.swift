/// What a packet, the innermost of those that carry one another, turned out to be. One byte; the particulars are in the `DecodedPacket`.
@frozen
public enum DecodeOutcome: Hashable, Sendable {
    /// UDP; ports and payload are set. With `cut` the payload may be shorter than sent, or empty.
    case udp
    /// TCP; ports and, unless `transportHeaderCut`, sequence numbers, flags and payload are set.
    case tcp
    /// ICMP or ICMPv6 (see `ipVersion`); for errors `quotedOffset` says where the quoted packet begins.
    case icmp
    /// A fragment of a datagram; the payload is the fragment's part of it. `ipProtocol` is the header's word.
    case fragment
    /// Another protocol over IP, see `ipProtocol`; the payload is what follows the IP headers.
    case otherIP
    /// ESP, alone or, with ports set, in UDP: the payload is the ESP packet. See `PacketDecoder.decodeESP(_:as:into:)`.
    case esp
    /// More carriers inside one another than `PacketDecoder.maxCarriers`.
    case tooDeep
    /// ARP, STP, a link type we do not decode: nothing we looked into.
    case notIP
    /// A header that is cut short or contradicts itself; `DecodedPacket.fault` has the particulars.
    case malformed(ProtocolLayer)

    /// Written out because the synthesised one is not inlined into other modules and costs 20 instructions a packet.
    @inlinable
    public static func == (left: DecodeOutcome, right: DecodeOutcome) -> Bool { left.code == right.code }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    @inlinable
    var code: UInt8 {
        switch self {
        case .udp: 0
        case .tcp: 1
        case .icmp: 2
        case .fragment: 3
        case .otherIP: 4
        case .notIP: 5
        case .esp: 9
        case .tooDeep: 10
        case .malformed(let layer): 6 &+ layer.rawValue
        }
    }
}

/// The layer at which decoding stopped, as the packet ledger counts it.
@frozen
public enum ProtocolLayer: UInt8, Hashable, Sendable, CaseIterable {
    case link
    case ip
    case transport
}
