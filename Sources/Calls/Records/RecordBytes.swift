import PacketDecoding

/// What all formatters put together their output from: ASCII numbers and times, appended to the bytes so far.
extension [UInt8] {
    mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }

    mutating func append(literal: StaticString) {
        // A literal's text lives as long as the program.
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    mutating func append(decimal value: UInt64) {
        if value < 10 {
            append(UInt8(ascii: "0") + UInt8(value))
            return
        }
        append(DecimalDigits(value), atLeast: 1)
    }

    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    mutating func append<Value: FixedWidthInteger & UnsignedInteger>(decimal value: Value) {
        append(decimal: UInt64(value))
    }

    /// The last `digits` decimal digits of `value`, leading zeros included; 20 at most.
    mutating func append(padded value: UInt64, digits: Int) {
        let all = DecimalDigits(value)
        append(all, from: DecimalDigits.most - digits, to: DecimalDigits.most)
    }

    private mutating func append(_ digits: DecimalDigits, atLeast least: Int) {
        append(digits, from: Swift.min(digits.first, DecimalDigits.most - least), to: DecimalDigits.most)
    }

    private mutating func append(_ digits: DecimalDigits, from first: Int, to end: Int) {
        append(addingCapacity: end - first) { (output: inout OutputSpan<UInt8>) in
            unsafe digits.text.span.extracting(first..<end).withUnsafeBufferPointer {
                unsafe output.append(copying: $0)
            }
        }
    }

    /// `value` in units of 10^-`decimals` as a decimal number: trailing zeros left out, but one decimal always there.
    mutating func append(fixed value: Int64, decimals: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var unit: UInt64 = 1
        for _ in 0..<decimals { unit *= 10 }
        append(decimal: value.magnitude / unit)
        append(UInt8(ascii: "."))
        let digits = DecimalDigits(value.magnitude % unit)
        let first = DecimalDigits.most - decimals
        var end = DecimalDigits.most
        while end > first + 1, digits.text[end - 1] == UInt8(ascii: "0") { end -= 1 }
        append(digits, from: first, to: end)
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
        append(literal: "0x")
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            append(hexDigit: UInt8(truncatingIfNeeded: value >> shift & 15))
        }
    }

    mutating func append(hexDigit value: UInt8) {
        append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
    }
}

/// A number's decimal digits, right-aligned among zeros.
private struct DecimalDigits {
    /// As many as the largest `UInt64` has.
    static let most = 20

    var text = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    /// Where the number begins.
    var first = most

    init(_ value: UInt64) {
        var rest = value
        while rest > 0 {
            first -= 1
            text[first] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends bytes, for which there must be room.
    ///
    /// Nothing that comes from the wire decides whether there is. Both callers have asked `append(addingCapacity:)` for it
    /// with the length of what they copy: the digits of one number, 20 at most (`append(_:from:to:)` above), and a literal
    /// key, with four bytes more for the two before it and the two behind (`JSONObject.key`). It is compared all the same,
    /// because what lies behind the buffer is somebody else's.
    mutating func append(copying source: UnsafeBufferPointer<UInt8>) {
        precondition(source.count <= freeCapacity)
        unsafe withUnsafeMutableBufferPointer { (buffer, used) in
            // An empty source may have no address.
            guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
            unsafe (to + used).initialize(from: from, count: source.count)
            used += source.count
        }
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
