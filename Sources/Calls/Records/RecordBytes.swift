import PacketDecoding

/// What all formatters put together their output from: ASCII numbers and times, appended to the bytes so far.
extension [UInt8] {
    mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }

    mutating func append(decimal value: UInt64) {
        if value < 10 {
            append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        var digits = 1
        var bound: UInt64 = 10
        while value >= bound {
            digits += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        append(padded: value, digits: digits)
    }

    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    mutating func append<Value: FixedWidthInteger & UnsignedInteger>(decimal value: Value) {
        append(decimal: UInt64(value))
    }

    /// The last `digits` decimal digits of `value`, leading zeros included.
    mutating func append(padded value: UInt64, digits: Int) {
        let start = count
        for _ in 0..<digits { append(UInt8(ascii: "0")) }
        var rest = value
        var index = count
        while index > start {
            index -= 1
            self[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    /// `value` in units of 10^-`decimals` as a decimal number: trailing zeros left out, but one decimal always there.
    mutating func append(fixed value: Int64, decimals: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var unit: UInt64 = 1
        for _ in 0..<decimals { unit *= 10 }
        append(decimal: value.magnitude / unit)
        append(UInt8(ascii: "."))
        append(padded: value.magnitude % unit, digits: decimals)
        let least = count - decimals + 1
        while count > least, self[count - 1] == UInt8(ascii: "0") { removeLast() }
    }

    /// Nanoseconds as seconds.
    mutating func append(seconds nanoseconds: Int64) {
        append(fixed: nanoseconds, decimals: 9)
    }

    /// Nanoseconds as milliseconds.
    mutating func append(milliseconds nanoseconds: Int64) {
        append(fixed: nanoseconds, decimals: 6)
    }

    /// A time as RFC 3339 in UTC with nine decimals.
    mutating func append(time nanoseconds: Int64) {
        let time = CivilTime(nanoseconds: nanoseconds)
        append(date: time)
        append(UInt8(ascii: "T"))
        append(timeOfDay: time)
        append(UInt8(ascii: "."))
        append(padded: UInt64(time.nanosecond), digits: 9)
        append(UInt8(ascii: "Z"))
    }

    /// `2026-01-02`.
    mutating func append(date time: CivilTime) {
        append(padded: UInt64(time.year), digits: 4)
        append(UInt8(ascii: "-"))
        append(padded: UInt64(time.month), digits: 2)
        append(UInt8(ascii: "-"))
        append(padded: UInt64(time.day), digits: 2)
    }

    /// `03:04:05`.
    mutating func append(timeOfDay time: CivilTime) {
        append(padded: UInt64(time.hour), digits: 2)
        append(UInt8(ascii: ":"))
        append(padded: UInt64(time.minute), digits: 2)
        append(UInt8(ascii: ":"))
        append(padded: UInt64(time.second), digits: 2)
    }

    /// `192.0.2.1:5060` or `[2001:db8::1]:5060`.
    mutating func append(endpoint: Endpoint) {
        if endpoint.address.isIPv4 {
            for shift: UInt64 in [24, 16, 8] {
                append(decimal: endpoint.address.low >> shift & 255)
                append(UInt8(ascii: "."))
            }
            append(decimal: endpoint.address.low & 255)
        } else {
            append(UInt8(ascii: "["))
            append(text: endpoint.address.description)
            append(UInt8(ascii: "]"))
        }
        append(UInt8(ascii: ":"))
        append(decimal: UInt64(endpoint.port))
    }

    /// `0x` and eight digits.
    mutating func append(hexadecimal value: UInt32) {
        append(text: "0x")
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            append(hexDigit: UInt8(truncatingIfNeeded: value >> shift & 15))
        }
    }

    mutating func append(hexDigit value: UInt8) {
        append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
    }
}

extension Double {
    /// In units of 10^-`decimals`, rounded; nil when that is not a number that fits.
    func fixed(decimals: Int) -> Int64? {
        var unit = 1.0
        for _ in 0..<decimals { unit *= 10 }
        let scaled = self * unit
        // Also false for what is not a number. `rounded()` would need the C mathematics library.
        guard scaled.magnitude < 9e18 else { return nil }
        return Int64(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
    }
}
