import PacketDecoding

/// Packets in capture order, with one arena that holds all their bytes.
///
/// A batch is filled by a `PacketSource`, handed to its readers, and used again: filling it allocates nothing once its
/// arrays have their size. `bytes` and `packets` are plain arrays so that a reader may keep them; while one is kept, the
/// next fill of the same batch copies it first (correct, but dear: keep the batch out of the pool until its last reader is
/// done).
public struct PacketBatch: ~Copyable {
    /// 256 KiB: about 1,200 RTP packets, and it stays in a second-level cache.
    public static let defaultArenaBytes = 256 << 10

    /// The arena. Its length is its size: what lies between and behind packets has no meaning (record headers, other
    /// blocks of the file, the beginning of the next packet).
    public internal(set) var bytes: [UInt8]
    /// In capture order.
    public internal(set) var packets: [CapturedPacket]

    /// Of all the packets.
    public internal(set) var recordHeaders = RecordHeaders.none

    /// - Parameters:
    ///   - arenaBytes: size of the arena; it grows only for a single packet that is larger.
    ///   - packetCapacity: packets that fit before the array has to grow.
    public init(arenaBytes: Int = PacketBatch.defaultArenaBytes, packetCapacity: Int = 1024) {
        bytes = [UInt8](repeating: 0, count: max(arenaBytes, 64))
        packets = []
        packets.reserveCapacity(packetCapacity)
    }

    /// A batch that may never be filled: who fills it gives it its memory, by `growArena`.
    public static var empty: PacketBatch { PacketBatch(arenaBytes: 0, packetCapacity: 0) }

    @inlinable public var count: Int { packets.count }
    @inlinable public var isEmpty: Bool { packets.isEmpty }

    /// The bytes of one packet of this batch.
    @inlinable
    @_lifetime(borrow self)
    public func bytes(of packet: CapturedPacket) -> Span<UInt8> {
        bytes.span.extracting(packet.range)
    }

    /// Forgets the packets and keeps the memory.
    public mutating func removeAll() {
        packets.removeAll(keepingCapacity: true)
        recordHeaders = .none
    }

    /// Makes room for `needed` bytes in all; what is there stays where it is.
    public mutating func growArena(to needed: Int = PacketBatch.defaultArenaBytes) {
        guard needed > bytes.count else { return }
        bytes.appendZeros(needed - bytes.count)
    }

    /// Puts a copy of a packet behind `end`, the first free byte of the arena. The caller has made sure that it fits.
    mutating func append(_ packet: CapturedPacket, of source: borrowing PacketBatch, interface: UInt16, at end: Int) {
        var copy = packet
        copy.offset = UInt32(truncatingIfNeeded: end)
        copy.interface = interface
        let range = packet.range
        unsafe source.bytes.withUnsafeBytes { from in
            unsafe bytes.withUnsafeMutableBytes { to in
                let piece = unsafe UnsafeRawBufferPointer(rebasing: from[range])
                unsafe UnsafeMutableRawBufferPointer(rebasing: to[end..<end + range.count]).copyMemory(from: piece)
            }
        }
        packets.append(copy)
        recordHeaders = .none
    }
}

extension [UInt8] {
    /// Space to read into.
    mutating func appendZeros(_ count: Int) {
        append(addingCapacity: count) { (free: inout OutputSpan<UInt8>) in free.append(repeating: 0, count: count) }
    }
}
