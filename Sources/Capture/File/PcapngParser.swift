/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng).
///
/// Sections in either byte order; interfaces of all sections get one global number. Blocks that carry no packet and no
/// interface are skipped without being held in memory, however long they are.
struct PcapngParser {
    static let sectionHeaderType: UInt32 = 0x0a0d_0d0a

    enum BlockType {
        static let interface: UInt32 = 1
        static let oldPacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
    }

    /// What this section says about one of its interfaces, beside `interfaces`.
    struct SectionInterface {
        var time = PcapngTime()
        /// 0 = no limit.
        var snapLength: UInt32 = 0
        var recordLimit: UInt32 = CaptureLimits.commonRecordBytes
        /// Index in `interfaces`.
        var global: UInt16 = 0
    }

    /// Of all sections up to here.
    var interfaces: [CaptureInterface] = []
    /// Of the current section.
    var sectionInterfaces: [SectionInterface] = []
    var isSwapped = false
    /// Simple packets have no timestamp of their own and take the one before.
    var previousTimestamp: Int64 = 0
    /// Bytes of a block that are still to be passed over, its trailing length included.
    var skipRemaining: UInt64 = 0
    private var skippedBlockLength: UInt32 = 0

    /// Appends the packets of complete blocks in `bytes[start..<end]`, until there are `limit` of them.
    mutating func parse(
        _ bytes: RawSpan, from start: Int, to end: Int, into packets: inout [CapturedPacket], limit: Int
    ) -> ParseStep {
        var position = start
        let end = min(end, bytes.byteCount)
        while true {
            if skipRemaining > 0 {
                if let stop = skip(bytes, &position, end) { return ParseStep(position: position, stop: stop) }
                continue
            }
            enhancedPacketRun(bytes, &position, end, into: &packets, limit: limit)
            guard end - position >= 12 else { return ParseStep(position: position, stop: .needs(12)) }
            let type = bytes.word(at: position, swapped: isSwapped)
            let stop: ParseStep.Stop?
            switch type {
            case BlockType.enhancedPacket, BlockType.oldPacket, BlockType.simplePacket:
                guard packets.count < limit else { return ParseStep(position: position, stop: .limit) }
                stop = packetBlock(bytes, &position, end, type: type, into: &packets)
            case PcapngParser.sectionHeaderType:
                stop = sectionHeader(bytes, &position, end)
            case BlockType.interface:
                stop = interfaceBlock(bytes, &position, end)
            default:
                stop = beginSkip(bytes, position)
            }
            if let stop { return ParseStep(position: position, stop: stop) }
        }
    }

    /// Checks the frame of a block that has to be in memory as a whole.
    ///
    /// - Parameter minimum: bytes of the smallest block of this type, both lengths included.
    @inline(__always)
    func frame(_ bytes: RawSpan, _ position: Int, _ end: Int, minimum: UInt32) -> FramedBlock {
        let total = bytes.word(at: position + 4, swapped: isSwapped)
        guard total >= minimum, total % 4 == 0, total <= CaptureLimits.maximumBlockBytes else {
            return .stop(badLength(total, minimum: minimum))
        }
        let length = Int(total)
        guard end - position >= length else { return .stop(.needs(length)) }
        let trailing = bytes.word(at: position + length - 4, swapped: isSwapped)
        guard trailing == total else { return .stop(badTrailer(total, trailing)) }
        return .complete(length)
    }

    enum FramedBlock {
        /// The block's total length.
        case complete(Int)
        case stop(ParseStep.Stop)
    }

    @inline(never)
    func badLength(_ total: UInt32, minimum: UInt32) -> ParseStep.Stop {
        if total > CaptureLimits.maximumBlockBytes {
            return .damage(
                "a block claims to be longer than any packet", needed: UInt64(total),
                available: UInt64(CaptureLimits.maximumBlockBytes))
        }
        let detail = total < minimum ? "a block is too short for its type" : "a block's length is no multiple of 4"
        return .damage(detail, needed: UInt64(minimum), available: UInt64(total))
    }

    @inline(never)
    func badTrailer(_ total: UInt32, _ trailing: UInt32) -> ParseStep.Stop {
        .damage("a block's two lengths differ", needed: UInt64(total), available: UInt64(trailing))
    }

    private mutating func beginSkip(_ bytes: RawSpan, _ position: Int) -> ParseStep.Stop? {
        let total = bytes.word(at: position + 4, swapped: isSwapped)
        guard total >= 12, total % 4 == 0 else {
            return .damage("a block's length is impossible", needed: 12, available: UInt64(total))
        }
        skippedBlockLength = total
        skipRemaining = UInt64(total)
        return nil
    }

    /// Passes over what is there of the block, and checks the length at its end.
    private mutating func skip(_ bytes: RawSpan, _ position: inout Int, _ end: Int) -> ParseStep.Stop? {
        let body = skipRemaining - 4
        let step = min(body, UInt64(max(end - position, 0)))
        position += Int(step)
        skipRemaining -= step
        guard skipRemaining == 4, end - position >= 4 else { return .needs(4) }
        let trailing = bytes.word(at: position, swapped: isSwapped)
        guard trailing == skippedBlockLength else { return badTrailer(skippedBlockLength, trailing) }
        position += 4
        skipRemaining = 0
        return nil
    }
}
