/// The commonest packet there is: untagged Ethernet II, IPv4 without options, a whole UDP datagram, captured to its end.
///
/// What media consist of. It is recognised by comparing a few words, and what it carries fits in registers; everything
/// else is for `PacketDecoder`, which finds exactly the same in these packets.
@frozen
public struct PlainUDP {
    /// Ethernet, IPv4 and UDP header.
    public static let payloadOffset = 42

    /// Source and destination address as they lie in the packet, one number.
    public var addresses: UInt64
    /// Source and destination port as they lie in the packet, one number.
    public var ports: UInt32
    public var hopLimit: UInt8
    public var payloadLength: Int

    /// nil if the packet is anything else.
    @inlinable
    @inline(__always)
    public init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= PlainUDP.payloadOffset else { return nil }
        // EtherType IPv4, version 4, five words of header. All loads lie within the bytes just counted.
        guard PlainUDP.load(bytes, 12, UInt32.self) & 0x00ff_ffff == 0x0045_0008 else { return nil }
        // No fragment offset, no more to come, and UDP.
        let fragment = PlainUDP.load(bytes, 20, UInt32.self)
        guard fragment & 0xff00_ff3f == 0x1100_0000 else { return nil }
        let length = Int(PlainUDP.load(bytes, 38, UInt16.self).byteSwapped)
        let totalLength = Int(PlainUDP.load(bytes, 16, UInt16.self).byteSwapped)
        // The two lengths agree, so neither is 0; nothing is cut; padding may follow.
        guard length >= 8, totalLength == length &+ 20, totalLength &+ 14 <= bytes.byteCount else { return nil }
        addresses = PlainUDP.load(bytes, 26, UInt64.self)
        ports = PlainUDP.load(bytes, 34, UInt32.self)
        hopLimit = UInt8(truncatingIfNeeded: fragment >> 16)
        payloadLength = length &- 8
    }

    /// A little-endian number.
    @inlinable
    @inline(__always)
    static func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, _ offset: Int, _ type: Number.Type
    ) -> Number {
        // Bounds-checked by the standard library; every bit pattern is a valid integer.
        unsafe Number(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
