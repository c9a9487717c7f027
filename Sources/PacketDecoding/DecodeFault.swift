/// Why and where a packet could not be decoded. Only set for `DecodeOutcome.malformed`.
@frozen
public struct DecodeFault: Hashable, Sendable {
    @frozen
    public enum Reason: UInt8, Hashable, Sendable {
        /// The captured bytes end inside a header.
        case captureTooShort
        /// The enclosing header's length field ends inside this header.
        case enclosingLengthTooShort
        /// A header's own length field is smaller than the header's fixed part.
        case ownLengthTooShort
        /// Neither IPv4 nor IPv6 where an IP header must be.
        case unknownVersion
        /// More VLAN tags or IPv6 extension headers than the decoder follows; `needed` is one more than the bound.
        case tooManyHeaders
        /// A fragment header in what was reassembled from fragments.
        case nestedFragment
    }

    public var layer: ProtocolLayer
    public var reason: Reason
    /// Bytes the header needs from `offset` on (headers, for `tooManyHeaders`).
    public var needed: UInt32
    /// Bytes there were from `offset` on (headers followed, for `tooManyHeaders`).
    public var available: UInt32
    /// Where the header begins, in bytes from the start of the packet.
    public var offset: UInt32

    @inlinable
    init() {
        layer = .link
        reason = .captureTooShort
        needed = 0
        available = 0
        offset = 0
    }

    @usableFromInline
    init(_ layer: ProtocolLayer, _ reason: Reason, offset: Int, needed: Int, available: Int) {
        self.layer = layer
        self.reason = reason
        self.needed = UInt32(clamping: needed)
        self.available = UInt32(clamping: available)
        self.offset = UInt32(clamping: offset)
    }
}

extension DecodeFault: CustomStringConvertible {
    public var description: String {
        "\(layer) header at byte \(offset): \(reason), needed \(needed), available \(available)"
    }
}
