import PacketDecoding

/// Where a parser stopped, and why.
struct ParseStep {
    enum Stop {
        /// As many packets as were asked for, and perhaps more behind.
        case limit
        /// The record at `position` has this many bytes at least, and they are not all there.
        case needs(Int)
        /// The record at `position` contradicts the format.
        case damage(String, needed: UInt64, available: UInt64)
    }
    /// The first byte that was not consumed.
    var position: Int
    var stop: Stop
    /// What stands in front of the packets that were appended.
    var recordHeaders = RecordHeaders.none
}

/// The two formats behind one face. A value: a copy parses ahead without disturbing the original.
enum RecordParser {
    case classic(ClassicParser)
    case pcapng(PcapngParser)

    var interfaces: [CaptureInterface] {
        switch self {
        case .classic(let parser): parser.interfaces
        case .pcapng(let parser): parser.interfaces
        }
    }

    /// The capture may not end here: the parser is inside a block that it skips.
    var isInsideBlock: Bool {
        switch self {
        case .classic: false
        case .pcapng(let parser): parser.skipRemaining > 0
        }
    }

    /// Appends the packets whose records are complete in `bytes[start..<end]`, until there are `limit` of them.
    ///
    /// With a limit already reached it consumes what comes before the next packet and stops in front of that.
    mutating func parse(
        _ bytes: RawSpan, from start: Int, to end: Int, into packets: inout [CapturedPacket], limit: Int
    ) -> ParseStep {
        switch self {
        case .classic(let parser):
            return parser.parse(bytes, from: start, to: end, into: &packets, limit: limit)
        case .pcapng(var parser):
            // Moved out and back so that its arrays stay uniquely referenced.
            self = .classic(.placeholder)
            let step = parser.parse(bytes, from: start, to: end, into: &packets, limit: limit)
            self = .pcapng(parser)
            return step
        }
    }
}

extension RawSpan {
    /// A 32-bit number in the capture's byte order. Checked: the bytes must lie in the span.
    @inline(__always)
    func word(at offset: Int, swapped: Bool) -> UInt32 {
        let value = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return swapped ? value.byteSwapped : value
    }

    @inline(__always)
    func half(at offset: Int, swapped: Bool) -> UInt16 {
        let value = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return swapped ? value.byteSwapped : value
    }
}
