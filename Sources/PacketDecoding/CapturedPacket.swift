/// One packet of a `PacketBatch`: when it came, where its bytes are, and how long it was on the wire.
@frozen
public struct CapturedPacket: Sendable, Equatable, BitwiseCopyable {
    /// Nanoseconds since 1970-01-01 UTC.
    public var timestamp: Int64
    /// First byte of the packet in the batch's arena.
    public var offset: UInt32
    /// Bytes that were captured, and that the arena holds.
    public var capturedLength: UInt32
    /// Bytes the packet had on the wire; more than `capturedLength` when the packet was cut.
    public var originalLength: UInt32
    /// Index into `PacketSource.interfaces`.
    public var interface: UInt16

    @inlinable
    public init(timestamp: Int64, offset: UInt32, capturedLength: UInt32, originalLength: UInt32, interface: UInt16) {
        self.timestamp = timestamp
        self.offset = offset
        self.capturedLength = capturedLength
        self.originalLength = originalLength
        self.interface = interface
    }

    /// The packet's place in the arena. Sources only publish packets that lie inside it.
    @inlinable public var range: Range<Int> { Int(offset)..<Int(offset) + Int(capturedLength) }

    /// The packet was longer on the wire than what was captured (snaplen).
    @inlinable public var isCut: Bool { originalLength > capturedLength }
}
