/// An interval in few bytes: most have a few hundred packets, no loss and a small jitter.
///
/// Numbers are written seven bits a byte, the lowest first, the eighth bit set where more follow (LEB128): packets with two
/// flags below, what the flags announce, and the jitter in microseconds plus one.
extension IntervalFigures {
    private static let hasLoss: UInt64 = 1
    private static let hasSurplus: UInt64 = 2

    /// Nanoseconds to the microsecond.
    static func microseconds(_ nanoseconds: Double) -> Int64 {
        guard nanoseconds > 0 else { return 0 }
        return Int64(min(nanoseconds, 1e15) / 1000 + 0.5) * 1000
    }

    func encode(to bytes: inout [UInt8]) {
        let flags = (lost > 0 ? IntervalFigures.hasLoss : 0) | (surplus > 0 ? IntervalFigures.hasSurplus : 0)
        bytes.append(short: packets << 2 | flags)
        if lost > 0 {
            bytes.append(short: lost)
            bytes.append(short: bursts)
        }
        if surplus > 0 { bytes.append(short: surplus) }
        bytes.append(short: jitterMaximum.map { UInt64($0) / 1000 + 1 } ?? 0)
    }

    /// - Parameter place: where it begins in what `encode` wrote; moved behind it.
    init(decoding bytes: [UInt8], at place: inout Int) {
        let first = bytes.short(at: &place)
        packets = first >> 2
        if first & IntervalFigures.hasLoss != 0 {
            lost = bytes.short(at: &place)
            bursts = bytes.short(at: &place)
        }
        if first & IntervalFigures.hasSurplus != 0 { surplus = bytes.short(at: &place) }
        let jitter = bytes.short(at: &place)
        jitterMaximum = jitter > 0 ? Int64(jitter - 1) * 1000 : nil
    }
}

extension [UInt8] {
    fileprivate mutating func append(short value: UInt64) {
        var rest = value
        while rest > 0x7f {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    fileprivate func short(at place: inout Int) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < count {
            let byte = self[place]
            place += 1
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return value
    }
}
