/// Appending text and network-order numbers to a byte buffer, without intermediate strings.
extension [UInt8] {
    @inline(__always)
    public mutating func append(text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    public mutating func append(string: String) { append(contentsOf: string.utf8) }

    public mutating func append(decimal number: some BinaryInteger) {
        if number < 0 {
            append(UInt8(ascii: "-"))
            append(decimal: number.magnitude)
            return
        }
        var rest = UInt64(number)
        let first = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        self[first...].reverse()
    }

    public mutating func append(hex number: UInt64, digits: Int) {
        for place in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: (number >> (UInt64(place) * 4)) & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// Digits with leading zeros.
    public mutating func append(decimal number: UInt64, digits: Int) {
        var divisor: UInt64 = 1
        for _ in 1..<Swift.max(1, digits) { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8((number / divisor) % 10))
            divisor /= 10
        }
    }

    public mutating func append(big16 number: UInt16) {
        append(UInt8(truncatingIfNeeded: number >> 8))
        append(UInt8(truncatingIfNeeded: number))
    }

    public mutating func append(big32 number: UInt32) {
        append(big16: UInt16(truncatingIfNeeded: number >> 16))
        append(big16: UInt16(truncatingIfNeeded: number))
    }

    public mutating func store(big16 number: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: number >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: number)
    }
}
