extension PcapngParser {
    /// One packet block, of the three kinds there are. Nil when it was consumed.
    @inline(__always)
    mutating func packetBlock(
        _ bytes: RawSpan, _ position: inout Int, _ end: Int, type: UInt32, into packets: inout [CapturedPacket]
    ) -> ParseStep.Stop? {
        let isSimple = type == BlockType.simplePacket
        let headerBytes: Int = isSimple ? 12 : 28
        let length: Int
        switch frame(bytes, position, end, minimum: UInt32(headerBytes + 4)) {
        case .complete(let total): length = total
        case .stop(let stop): return stop
        }
        let block = position
        // Section 4.3: interface (32 bits); the obsolete block of appendix A: interface and drop count (16 bits each).
        var index = 0
        if type == BlockType.enhancedPacket {
            index = Int(bytes.word(at: block + 8, swapped: isSwapped))
        } else if !isSimple {
            index = Int(bytes.half(at: block + 8, swapped: isSwapped))
        }
        guard index < sectionInterfaces.count else { return unknownInterface(index) }
        let interface = sectionInterfaces[index]

        let room = UInt32(truncatingIfNeeded: length - headerBytes - 4)
        let original: UInt32
        var captured: UInt32
        if isSimple {
            // Section 4.4: as much as the snaplen allows, and the block has.
            original = bytes.word(at: block + 8, swapped: isSwapped)
            captured = interface.snapLength == 0 ? original : min(original, interface.snapLength)
        } else {
            let high = bytes.word(at: block + 12, swapped: isSwapped)
            let low = bytes.word(at: block + 16, swapped: isSwapped)
            captured = bytes.word(at: block + 20, swapped: isSwapped)
            original = bytes.word(at: block + 24, swapped: isSwapped)
            previousTimestamp = interface.time.nanoseconds(UInt64(high) << 32 | UInt64(low))
        }
        guard captured <= room, captured <= interface.recordLimit else {
            return badCapturedLength(captured, room: room, limit: interface.recordLimit)
        }
        packets.append(
            CapturedPacket(
                timestamp: previousTimestamp, offset: UInt32(truncatingIfNeeded: block + headerBytes),
                capturedLength: captured, originalLength: original, interface: interface.global))
        position = block + length
        return nil
    }

    @inline(never)
    private func unknownInterface(_ index: Int) -> ParseStep.Stop {
        .damage(
            "a packet names interface \(index), which the section does not describe", needed: UInt64(index) + 1,
            available: UInt64(sectionInterfaces.count))
    }

    @inline(never)
    private func badCapturedLength(_ captured: UInt32, room: UInt32, limit: UInt32) -> ParseStep.Stop {
        if captured > room {
            return .damage("a packet is longer than its block", needed: UInt64(captured), available: UInt64(room))
        }
        return .damage("a packet is longer than any packet", needed: UInt64(captured), available: UInt64(limit))
    }
}
