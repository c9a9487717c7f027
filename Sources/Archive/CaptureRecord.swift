/// A packet on its way to a file, without its bytes.
struct CaptureRecord {
    var kind: RecordKind
    var linkType: UInt32
    /// Nanoseconds since the epoch.
    var timestamp: Int64
    var originalLength: UInt32
    var position: UInt64
    /// No record with a lower position will come for this call.
    var floor: UInt64

    /// Writes record header and bytes; the caller has made sure of `bytes.count` + 16 bytes at `memory`.
    @inline(__always)
    func store(_ bytes: Span<UInt8>, nanoseconds: Bool, at memory: UnsafeMutableRawPointer) {
        // The format has 32 bits for the seconds, and cannot say times before the epoch: they become the epoch.
        let time = UInt64(max(timestamp, 0))
        let seconds = time / 1_000_000_000
        let rest = time &- seconds &* 1_000_000_000
        let ticks = nanoseconds ? rest : rest / 1_000
        // Never fewer on the wire than were captured: recovery takes that for a sign of damage.
        let captured = UInt32(truncatingIfNeeded: bytes.count)
        let lengths = UInt64(captured) | UInt64(max(originalLength, captured)) << 32
        unsafe memory.storeBytes(of: (seconds & 0xffff_ffff | ticks << 32).littleEndian, as: UInt64.self)
        unsafe memory.storeBytes(of: lengths.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe bytes.withUnsafeBytes { source in
            // An empty span may have no address.
            guard let address = source.baseAddress else { return }
            unsafe (memory + PcapFormat.recordHeaderLength).copyMemory(from: address, byteCount: source.count)
        }
    }
}

extension OpenFile {
    /// The usual case of an append: link type as before, in order, room in the buffer. False: nothing has changed.
    @inline(__always)
    mutating func append(
        _ record: CaptureRecord, _ bytes: Span<UInt8>, nanoseconds: Bool, arena: borrowing BufferArena,
        index order: inout OrderIndex, refused: inout UInt64
    ) -> Bool {
        let length = bytes.count &+ PcapFormat.recordHeaderLength
        guard record.linkType == linkType, length <= room, record.position >= lastPosition else { return false }
        if record.floor > lastPosition {
            // Nothing can come before the last record any more, so nothing has to be known about it and earlier ones.
            if !index.isEmpty { order.clear(&index) }
            unknownBelow = lastPosition
        } else if !order.append(
            OrderIndex.Place(position: lastPosition, offset: lastOffset), floor: record.floor, to: &index)
        {
            refused += 1
            unknownBelow = lastPosition
        }
        // `room` vouches for `length` bytes behind `used`, and is 0 without a buffer.
        unsafe record.store(bytes, nanoseconds: nanoseconds, at: arena.memory(of: block) + used)
        used &+= length
        room &-= length
        lastPosition = record.position
        lastOffset = endOffset
        endOffset &+= UInt64(truncatingIfNeeded: length)
        packets &+= 1
        return true
    }
}
