/// How an interface's 64-bit timestamps become nanoseconds (options if_tsresol and if_tsoffset; pcapng draft,
/// section 4.2). Results that do not fit are held at the nearest that does: a hostile resolution is no reason to stop.
struct PcapngTime {
    enum Scale {
        /// Units of more than a nanosecond: multiply.
        case up(UInt64)
        /// Units of less than a nanosecond: divide.
        case down(UInt64)
        /// Units of 2^-n seconds.
        case binary(UInt64)
        /// Units so small that any 64-bit count of them is less than a nanosecond.
        case zero
    }

    /// Microseconds, when there is no option.
    var scale = Scale.up(1000)
    /// Seconds to add.
    var offset: Int64 = 0
    var isFinerThanMicrosecond = false

    /// - Parameter resolution: the option's byte: a negative power of 10, or of 2 when the top bit is set.
    mutating func setResolution(_ resolution: UInt8) {
        let exponent = resolution & 0x7f
        if resolution & 0x80 != 0 {
            scale = .binary(UInt64(exponent))
            isFinerThanMicrosecond = exponent > 19  // 2^-20 s is 0.95 us
        } else {
            scale = PcapngTime.decimal(exponent)
            isFinerThanMicrosecond = exponent > 6
        }
    }

    private static func decimal(_ exponent: UInt8) -> Scale {
        func power(_ count: UInt8) -> UInt64 { (0..<count).reduce(1) { product, _ in product * 10 } }
        if exponent <= 9 { return .up(power(9 - exponent)) }
        return exponent - 9 <= 19 ? .down(power(exponent - 9)) : .zero
    }

    /// Nanoseconds since the epoch.
    @inline(__always)
    func nanoseconds(_ units: UInt64) -> Int64 {
        if case .up(let factor) = scale, offset == 0 {
            let (value, overflow) = units.multipliedReportingOverflow(by: factor)
            return overflow ? .max : Int64(clamping: value)
        }
        return general(units)
    }

    @inline(never)
    private func general(_ units: UInt64) -> Int64 {
        var value: UInt64
        switch scale {
        case .up(let factor):
            let (product, overflow) = units.multipliedReportingOverflow(by: factor)
            value = overflow ? .max : product
        case .down(let divisor):
            value = units / divisor
        case .binary(let shift):
            let (high, low) = units.multipliedFullWidth(by: 1_000_000_000)
            if shift >= 64 {
                value = high >> (shift - 64)
            } else {
                value = shift == 0 ? low : high << (64 - shift) | low >> shift
                if high >> shift != 0 { value = .max }
            }
        case .zero:
            value = 0
        }
        let (seconds, overflow) = offset.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return offset < 0 ? .min : .max }
        let base = Int64(clamping: value)
        let (sum, sumOverflow) = base.addingReportingOverflow(seconds)
        // The base is never negative, so only a positive offset can take it over the top.
        return sumOverflow ? .max : sum
    }
}
