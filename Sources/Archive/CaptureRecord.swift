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
    /// The record has the link type of the one before, is not late, and fits the buffer (0 bytes of room: there is none).
    @inline(__always)
    func accepts(_ linkType: UInt32, _ position: UInt64, _ captured: Int, longest: Int) -> Bool {
        linkType == self.linkType && position >= lastPosition && captured <= longest
            && captured &+ PcapFormat.recordHeaderLength <= room
    }

    /// Accounts for an accepted record; returns where in the buffer it goes.
    @inline(__always)
    mutating func advance(_ position: UInt64, _ captured: Int) -> Int {
        let length = captured &+ PcapFormat.recordHeaderLength
        let start = used
        used = start &+ length
        room &-= length
        lastPosition = position
        lastOffset = endOffset
        endOffset &+= UInt64(truncatingIfNeeded: length)
        packets &+= 1
        return start
    }
}
