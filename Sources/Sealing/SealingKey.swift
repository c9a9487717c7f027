import Crypto

/// The key of an archive: 256 bits, as 32 bytes or 64 hexadecimal digits in a file.
public struct SealingKey: Sendable {
    static let length = 32
    let key: SymmetricKey

    /// - Parameter contents: of the key file; a line feed at the end of digits does not count. Nil: it is no key.
    public init?(contents: [UInt8]) {
        if contents.count == Self.length {
            key = SymmetricKey(data: contents)
        } else {
            var digits = contents[...]
            while let last = digits.last, last == 10 || last == 13 { digits = digits.dropLast() }
            guard digits.count == 2 * Self.length else { return nil }
            var bytes: [UInt8] = []
            var first: UInt8?
            for digit in digits {
                guard let value = Self.value(of: digit) else { return nil }
                if let high = first {
                    bytes.append(high << 4 | value)
                    first = nil
                } else {
                    first = value
                }
            }
            key = SymmetricKey(data: bytes)
        }
        // A file of zeros is a disk's doing, or a placeholder.
        guard key.withUnsafeBytes({ bytes in bytes.contains { $0 != 0 } }) else { return nil }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
