import PacketDecoding

/// Where text of records is put: the formatters below say how many bytes they need at most, and write them.
protocol TextOutput: ~Copyable {
    /// - Parameter write: is given memory for `most` bytes; returns how many of them it has written, from the first on.
    mutating func withRoom(for most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int)
}

extension [UInt8]: TextOutput {
    @inline(__always)
    mutating func withRoom(for most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        append(addingCapacity: most) { (output: inout OutputSpan<UInt8>) in
            unsafe output.withUnsafeMutableBufferPointer { (buffer, used) in
                // There is no address only where there is no room, and nothing to write.
                guard let start = buffer.baseAddress else { return }
                used += unsafe write(start + used)
            }
        }
    }
}

/// What all formatters put together their output from: ASCII numbers and times, behind what is there.
extension TextOutput where Self: ~Copyable {
    @inline(__always)
    mutating func append(byte: UInt8) {
        unsafe withRoom(for: 1) {
            unsafe $0[0] = byte
            return 1
        }
    }

    mutating func append(text: String) { append(copying: text.utf8.span) }

    mutating func append(copying text: Span<UInt8>) {
        unsafe withRoom(for: text.count) { memory in
            unsafe text.withUnsafeBufferPointer { unsafe TextDigits.copy($0, to: memory) }
        }
    }

    @inline(__always)
    mutating func append(literal: StaticString) {
        unsafe withRoom(for: literal.utf8CodeUnitCount) { memory in
            // A literal's text lives as long as the program.
            literal.withUTF8Buffer { unsafe TextDigits.copy($0, to: memory) }
        }
    }

    mutating func append(decimal value: UInt64) {
        unsafe withRoom(for: TextDigits.most) { unsafe TextDigits.put(value, to: $0) }
    }

    mutating func append(decimal value: Int64) {
        if value < 0 { append(byte: UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    mutating func append<Value: FixedWidthInteger & UnsignedInteger>(decimal value: Value) {
        append(decimal: UInt64(value))
    }

    /// The last `digits` decimal digits of `value`, leading zeros included; 20 at most.
    mutating func append(padded value: UInt64, digits: Int) {
        unsafe withRoom(for: digits) {
            unsafe TextDigits.put(value, digits: digits, to: $0)
            return digits
        }
    }

    /// `value` in units of 10^-`decimals` as a decimal number: trailing zeros left out, but one decimal always there.
    mutating func append(fixed value: Int64, decimals: Int) {
        var unit: UInt64 = 1
        for _ in 0..<decimals { unit *= 10 }
        let (whole, fraction) = value.magnitude.quotientAndRemainder(dividingBy: unit)
        unsafe withRoom(for: 2 * TextDigits.most + 2) { memory in
            var end = 0
            if value < 0 {
                unsafe memory[0] = UInt8(ascii: "-")
                end = 1
            }
            end += unsafe TextDigits.put(whole, to: memory + end)
            unsafe memory[end] = UInt8(ascii: ".")
            let first = end + 1
            unsafe TextDigits.put(fraction, digits: decimals, to: memory + first)
            end = first + decimals
            while end > first + 1, unsafe memory[end - 1] == UInt8(ascii: "0") { end -= 1 }
            return end
        }
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
        unsafe withRoom(for: 30) { memory in
            unsafe TextDigits.put(date: time, to: memory)
            unsafe memory[10] = UInt8(ascii: "T")
            unsafe TextDigits.put(timeOfDay: time, to: memory + 11)
            unsafe memory[19] = UInt8(ascii: ".")
            unsafe TextDigits.put(UInt64(time.nanosecond), digits: 9, to: memory + 20)
            unsafe memory[29] = UInt8(ascii: "Z")
            return 30
        }
    }

    /// `2026-01-02`.
    mutating func append(date time: CivilTime) {
        unsafe withRoom(for: 10) { memory in
            unsafe TextDigits.put(date: time, to: memory)
            return 10
        }
    }

    /// `03:04:05`.
    mutating func append(timeOfDay time: CivilTime) {
        unsafe withRoom(for: 8) { memory in
            unsafe TextDigits.put(timeOfDay: time, to: memory)
            return 8
        }
    }

    /// `192.0.2.1:5060` or `[2001:db8::1]:5060`.
    mutating func append(endpoint: Endpoint) {
        if endpoint.address.isIPv4 {
            for shift: UInt64 in [24, 16, 8] {
                append(decimal: endpoint.address.low >> shift & 255)
                append(byte: UInt8(ascii: "."))
            }
            append(decimal: endpoint.address.low & 255)
        } else {
            append(byte: UInt8(ascii: "["))
            append(text: endpoint.address.description)
            append(byte: UInt8(ascii: "]"))
        }
        append(byte: UInt8(ascii: ":"))
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
        append(byte: value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
    }
}

/// Puts text into memory that has room for it.
enum TextDigits {
    /// As many as the largest `UInt64` has.
    static let most = 20

    /// `value` in decimal, without leading zeros. Returns its length.
    @inline(__always)
    static func put(_ value: UInt64, to memory: UnsafeMutablePointer<UInt8>) -> Int {
        var length = 1
        var least: UInt64 = 10
        while value >= least {
            length += 1
            // 10^20 does not fit.
            guard length < most else { break }
            least &*= 10
        }
        unsafe put(value, digits: length, to: memory)
        return length
    }

    /// The last `digits` digits of `value`.
    @inline(__always)
    static func put(_ value: UInt64, digits: Int, to memory: UnsafeMutablePointer<UInt8>) {
        var rest = value
        var place = digits
        while place > 0 {
            place -= 1
            unsafe memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// `2026-01-02`, ten bytes; nanoseconds since 1970 have years of four digits.
    @inline(__always)
    static func put(date time: CivilTime, to memory: UnsafeMutablePointer<UInt8>) {
        unsafe put(UInt64(time.year), digits: 4, to: memory)
        unsafe memory[4] = UInt8(ascii: "-")
        unsafe put(UInt64(time.month), digits: 2, to: memory + 5)
        unsafe memory[7] = UInt8(ascii: "-")
        unsafe put(UInt64(time.day), digits: 2, to: memory + 8)
    }

    /// `03:04:05`, eight bytes.
    @inline(__always)
    static func put(timeOfDay time: CivilTime, to memory: UnsafeMutablePointer<UInt8>) {
        unsafe put(UInt64(time.hour), digits: 2, to: memory)
        unsafe memory[2] = UInt8(ascii: ":")
        unsafe put(UInt64(time.minute), digits: 2, to: memory + 3)
        unsafe memory[5] = UInt8(ascii: ":")
        unsafe put(UInt64(time.second), digits: 2, to: memory + 6)
    }

    @inline(__always)
    static func copy(_ text: UnsafeBufferPointer<UInt8>, to memory: UnsafeMutablePointer<UInt8>) -> Int {
        // Empty text may have no address.
        if let start = text.baseAddress { unsafe memory.update(from: start, count: text.count) }
        return text.count
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
