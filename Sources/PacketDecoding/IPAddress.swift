/// An IPv4 or IPv6 address as one 128-bit value.
///
/// IPv4 addresses are held in their IPv4-mapped form (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2), so that comparing and
/// hashing need no case distinction and an address written either way in SDP meets the one on the wire.
@frozen
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes in network order, as a number.
    public var high: UInt64
    /// The last eight bytes in network order, as a number.
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address; `value` is the number its four bytes spell in network order (127.0.0.1 is 0x7f000001).
    @inlinable
    public init(v4 value: UInt32) {
        high = 0
        low = 0x0000_ffff_0000_0000 | UInt64(value)
    }

    @inlinable public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// `0.0.0.0` or `::`, which SDP uses for "nowhere" (hold, RFC 3264 section 8.4).
    @inlinable public var isUnspecified: Bool { high == 0 && (low == 0 || low == 0x0000_ffff_0000_0000) }
}

/// A transport address: where a datagram or segment comes from or goes to.
@frozen
public struct Endpoint: Hashable, Sendable, BitwiseCopyable {
    public var address: IPAddress
    /// Host order.
    public var port: UInt16

    @inlinable
    public init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }
}
