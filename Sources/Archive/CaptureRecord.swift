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

    func store(_ bytes: Span<UInt8>, nanoseconds: Bool, at memory: UnsafeMutableRawPointer) {
        unsafe Self.store(timestamp, originalLength, bytes, nanoseconds: nanoseconds, at: memory)
    }

    /// Writes record header and bytes; the caller has made sure of `bytes.count` + 16 bytes at `memory`.
    @inline(__always)
    static func store(
        _ timestamp: Int64, _ originalLength: UInt32, _ bytes: Span<UInt8>, nanoseconds: Bool,
        at memory: UnsafeMutableRawPointer
    ) {
        var second = PcapFormat.Second()
        unsafe store(second.split(timestamp, nanoseconds: nanoseconds), originalLength, bytes.bytes, at: memory)
    }

    /// The same with the time as `PcapFormat.Second` gives it.
    @inline(__always)
    static func store(
        _ time: UInt64, _ originalLength: UInt32, _ bytes: RawSpan, at memory: UnsafeMutableRawPointer
    ) {
        // Never fewer on the wire than were captured: recovery takes that for a sign of damage.
        let captured = UInt32(truncatingIfNeeded: bytes.byteCount)
        let lengths = UInt64(captured) | UInt64(max(originalLength, captured)) << 32
        unsafe memory.storeBytes(of: time.littleEndian, as: UInt64.self)
        unsafe memory.storeBytes(of: lengths.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe bytes.withUnsafeBytes { source in
            // An empty span may have no address.
            guard let address = source.baseAddress else { return }
            unsafe (memory + PcapFormat.recordHeaderLength).copyMemory(from: address, byteCount: source.count)
        }
    }
}

extension OpenFile {
    /// Enters the last record in the index when a late one could still have to precede it. False: there was no place.
    @inline(never)
    mutating func remember(floor: UInt64, in order: inout OrderIndex) -> Bool {
        guard packets > 0 else { return true }
        let place = OrderIndex.Place(position: lastPosition, offset: lastOffset)
        if floor <= lastPosition, order.append(place, floor: floor, to: &index) { return true }
        index.unknownBelow = lastPosition
        guard floor > lastPosition else { return false }
        order.clear(&index)
        return true
    }
}
