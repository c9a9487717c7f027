extension PcapngParser {
    private static let byteOrderMagic: UInt32 = 0x1a2b_3c4d

    /// A new section (4.1): its byte order, and no interfaces yet.
    mutating func sectionHeader(_ bytes: RawSpan, _ position: inout Int, _ end: Int) -> ParseStep.Stop? {
        let order = bytes.word(at: position + 8, swapped: false)
        guard order == PcapngParser.byteOrderMagic || order.byteSwapped == PcapngParser.byteOrderMagic else {
            return .damage("the section's byte-order magic is wrong", needed: 4, available: 4)
        }
        isSwapped = order != PcapngParser.byteOrderMagic
        let length: Int
        switch frame(bytes, position, end, minimum: 28) {
        case .complete(let total): length = total
        case .stop(let stop): return stop
        }
        let major = bytes.half(at: position + 12, swapped: isSwapped)
        guard major == 1 else {
            return .damage("the section has version \(major), not 1", needed: 1, available: UInt64(major))
        }
        sectionInterfaces.removeAll(keepingCapacity: true)
        position += length
        return nil
    }

    /// An interface description (4.2).
    mutating func interfaceBlock(_ bytes: RawSpan, _ position: inout Int, _ end: Int) -> ParseStep.Stop? {
        let length: Int
        switch frame(bytes, position, end, minimum: 20) {
        case .complete(let total): length = total
        case .stop(let stop): return stop
        }
        guard interfaces.count < CaptureLimits.maximumInterfaces else {
            return .damage(
                "the file describes too many interfaces", needed: UInt64(interfaces.count) + 1,
                available: UInt64(CaptureLimits.maximumInterfaces))
        }
        var section = SectionInterface()
        section.global = UInt16(truncatingIfNeeded: interfaces.count)
        section.snapLength = bytes.word(at: position + 12, swapped: isSwapped)
        section.recordLimit = CaptureLimits.recordLimit(snapLength: section.snapLength)
        var name: String?
        readOptions(bytes, from: position + 16, to: position + length - 4, &section.time, &name)
        interfaces.append(
            CaptureInterface(
                linkType: UInt32(bytes.half(at: position + 8, swapped: isSwapped)), name: name,
                snapLength: section.snapLength, isFinerThanMicrosecond: section.time.isFinerThanMicrosecond))
        sectionInterfaces.append(section)
        position += length
        return nil
    }

    /// Options (3.5): those we know are taken when their length is right, the others passed over. Options that do not
    /// fit their block end the list; the packets do not depend on them enough to stop here.
    private func readOptions(
        _ bytes: RawSpan, from start: Int, to end: Int, _ time: inout PcapngTime, _ name: inout String?
    ) {
        var position = start
        while end - position >= 4 {
            let code = bytes.half(at: position, swapped: isSwapped)
            let length = Int(bytes.half(at: position + 2, swapped: isSwapped))
            let value = position + 4
            guard code != 0, end - value >= length else { return }
            switch (code, length) {
            case (2, 1...):  // if_name
                name = PcapngParser.text(bytes, from: value, count: min(length, CaptureLimits.maximumNameBytes))
            case (9, 1):  // if_tsresol
                time.setResolution(unsafe bytes.unsafeLoad(fromByteOffset: value, as: UInt8.self))
            case (14, 8):  // if_tsoffset
                let first = UInt64(bytes.word(at: value, swapped: isSwapped))
                let second = UInt64(bytes.word(at: value + 4, swapped: isSwapped))
                // Eight bytes in the section's order: on a little-endian machine the low half stands first unless swapped.
                time.offset = Int64(bitPattern: isSwapped ? first << 32 | second : second << 32 | first)
            default:
                break
            }
            position = value + (length + 3) / 4 * 4
        }
    }

    /// UTF-8, ended early by a zero byte as some writers pad; what is not UTF-8 is replaced.
    private static func text(_ bytes: RawSpan, from start: Int, count: Int) -> String {
        var units: [UInt8] = []
        for offset in start..<start + count {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if byte == 0 { break }
            units.append(byte)
        }
        return String(decoding: units, as: UTF8.self)
    }
}
