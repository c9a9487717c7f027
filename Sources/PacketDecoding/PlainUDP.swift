/// The commonest packet there is: untagged Ethernet II, IPv4 without options, a whole UDP datagram and nothing behind it.
///
/// What media consist of. It is recognised by comparing a few words, and its fields are read when they are asked for, so
/// that a loop over packets has few of them to keep; everything else is for `PacketDecoder`, which finds exactly the same
/// in these packets.
@frozen
public struct PlainUDP: ~Escapable {
    /// Ethernet, IPv4 and UDP header.
    public static let payloadOffset = 42
    /// Ethernet pads shorter ones; longer ones there are none.
    @usableFromInline static let payloadLengths = 20...65535 - 28

    @usableFromInline let frame: RawSpan

    /// nil if the packet is anything else.
    @inlinable
    @inline(__always)
    @_lifetime(copy frame)
    public init?(_ frame: RawSpan) {
        let payloadLength = frame.byteCount &- PlainUDP.payloadOffset
        guard PlainUDP.payloadLengths.contains(payloadLength) else { return nil }
        self.frame = frame
        // EtherType IPv4, version 4, five words of header. All loads lie within the bytes just counted.
        guard load(12, UInt32.self) & 0x00ff_ffff == 0x0045_0008 else { return nil }
        // No fragment offset, no more to come, and UDP.
        guard load(20, UInt32.self) & 0xff00_ff3f == 0x1100_0000 else { return nil }
        // Both lengths are that of the frame, which has just been found to fit 16 bits: nothing is cut, and nothing padded.
        let length = UInt16(truncatingIfNeeded: payloadLength)
        guard load(16, UInt16.self) == (length &+ 28).byteSwapped, load(38, UInt16.self) == (length &+ 8).byteSwapped
        else { return nil }
    }

    /// Source and destination address as they lie in the packet, one number.
    @inlinable
    public var addresses: UInt64 {
        @inline(__always) get { load(26, UInt64.self) }
    }

    /// Source and destination port as they lie in the packet, one number.
    @inlinable
    public var ports: UInt32 {
        @inline(__always) get { load(34, UInt32.self) }
    }

    @inlinable
    public var hopLimit: UInt8 {
        @inline(__always) get { load(22, UInt8.self) }
    }

    @inlinable
    public var payload: RawSpan {
        @inline(__always) @_lifetime(copy self)
        // `init` has counted as many bytes.
        get { unsafe frame.extracting(unchecked: PlainUDP.payloadOffset..<frame.byteCount) }
    }

    /// A payload that begins like RTP may be a carrier's all the same, for one of its ports (see `PacketDecoder`).
    public var mayBeCarrier: Bool {
        min(load(34, UInt16.self).byteSwapped, load(36, UInt16.self).byteSwapped)
            <= PacketDecoder.highestCarrierOfAnyContent
    }

    /// A little-endian number in the headers.
    @inlinable
    @inline(__always)
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Number.Type) -> Number {
        // `init` has counted the headers' bytes, and no number reaches behind them; every bit pattern is a valid integer.
        unsafe Number(littleEndian: frame.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Number.self))
    }
}
