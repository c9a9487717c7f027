/// The commonest packet there is: untagged Ethernet II, IPv4 without options, a whole UDP datagram, captured to its end.
///
/// What media consist of. It is recognised by comparing three words, and what it carries fits in registers; everything
/// else is for `PacketDecoder`, which finds exactly the same in these packets.
@frozen
public struct PlainUDP {
    /// Ethernet, IPv4 and UDP header.
    public static let payloadOffset = 42

    /// Source and destination address in network order, one number.
    public var addresses: UInt64
    /// Source and destination port, one number.
    public var ports: UInt32
    public var hopLimit: UInt8
    public var payloadLength: Int

    /// nil if the packet is anything else.
    @inlinable
    @inline(__always)
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= PlainUDP.payloadOffset else { return nil }
        // All four lie within the bytes just counted; each is checked nevertheless.
        let network = PlainUDP.load(bytes, 12)
        let fragment = PlainUDP.load(bytes, 20)
        let transport = PlainUDP.load(bytes, 34)
        // EtherType IPv4, version 4, five words of header.
        guard network >> 40 == 0x08_0045 else { return nil }
        // No fragment offset, no more to come, and UDP.
        guard fragment & 0x3fff_00ff_0000_0000 == 0x0011_0000_0000 else { return nil }
        let length = Int(truncatingIfNeeded: transport >> 16 & 0xffff)
        let totalLength = Int(truncatingIfNeeded: network >> 16 & 0xffff)
        // The two lengths agree, so neither is 0; nothing is cut; padding may follow.
        guard length >= 8, totalLength == length &+ 20, totalLength &+ 14 <= bytes.byteCount else { return nil }
        addresses = PlainUDP.load(bytes, 26)
        ports = UInt32(truncatingIfNeeded: transport >> 32)
        hopLimit = UInt8(truncatingIfNeeded: fragment >> 40)
        payloadLength = length &- 8
    }

    @inlinable
    @inline(__always)
    static func load(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        // Bounds-checked by the standard library; every bit pattern is a valid integer.
        unsafe UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
