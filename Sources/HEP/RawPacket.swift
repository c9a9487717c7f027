import PacketDecoding

/// An IP packet with a UDP datagram in it, made from addresses and a payload: what a HEP packet tells of, as a capture file
/// can hold it. IPv4 without options, or IPv6; checksums are right.
///
/// What came over TCP or SCTP is written as UDP too: HEP hands on messages, not segments, and nothing is known of sequence
/// numbers.
public enum RawPacket {
    /// Most bytes of payload; with more the length fields cannot say how many.
    public static let maxPayload = 65_507

    static let hopLimit: UInt8 = 64

    /// Appends the packet. False, and nothing appended, if the payload is too long.
    public static func append(
        _ payload: Span<UInt8>, from source: Endpoint, to destination: Endpoint, into bytes: inout [UInt8]
    ) -> Bool {
        guard payload.count <= maxPayload else { return false }
        let length = UInt16(8 + payload.count)
        let isIPv4 = source.address.isIPv4 && destination.address.isIPv4
        let start = bytes.count
        if isIPv4 {
            appendIPv4Header(source.address, destination.address, length, into: &bytes)
        } else {
            appendIPv6Header(source.address, destination.address, length, into: &bytes)
        }
        let datagram = bytes.count
        bytes.append(big16: source.port)
        bytes.append(big16: destination.port)
        bytes.append(big16: length)
        bytes.append(big16: 0)
        // Copied before the pointer ends.
        unsafe payload.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        // RFC 768, RFC 8200 section 8.1: addresses, protocol and length, then the datagram.
        var sum = InternetChecksum()
        sum.add(bytes, (isIPv4 ? start + 12 : start + 8)..<datagram)
        sum.add(17)
        sum.add(length)
        sum.add(bytes, datagram..<bytes.count)
        // 0 would mean that there is none.
        bytes.set(big16: sum.value == 0 ? 0xffff : sum.value, at: datagram + 6)
        return true
    }

    private static func appendIPv4Header(
        _ source: IPAddress, _ destination: IPAddress, _ length: UInt16, into bytes: inout [UInt8]
    ) {
        let start = bytes.count
        bytes.append(contentsOf: [0x45, 0])
        bytes.append(big16: 20 + length)
        // Identification 0, "don't fragment" (RFC 6864 section 4.1).
        bytes.append(contentsOf: [0, 0, 0x40, 0, hopLimit, 17, 0, 0])
        for address in [source, destination] {
            bytes.append(big16: UInt16(truncatingIfNeeded: address.low >> 16))
            bytes.append(big16: UInt16(truncatingIfNeeded: address.low))
        }
        var sum = InternetChecksum()
        sum.add(bytes, start..<bytes.count)
        bytes.set(big16: sum.value, at: start + 10)
    }

    private static func appendIPv6Header(
        _ source: IPAddress, _ destination: IPAddress, _ length: UInt16, into bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: [0x60, 0, 0, 0])
        bytes.append(big16: length)
        bytes.append(contentsOf: [17, hopLimit])
        for address in [source, destination] {
            for half in [address.high, address.low] {
                for shift: UInt64 in [48, 32, 16, 0] {
                    bytes.append(big16: UInt16(truncatingIfNeeded: half >> shift))
                }
            }
        }
    }
}

/// RFC 1071.
struct InternetChecksum {
    private var sum: UInt64 = 0

    mutating func add(_ word: UInt16) { sum += UInt64(word) }

    /// An odd last byte counts as the upper half of a word.
    mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
        var index = range.lowerBound
        while index + 1 < range.upperBound {
            sum += UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
            index += 2
        }
        if index < range.upperBound { sum += UInt64(bytes[index]) << 8 }
    }

    var value: UInt16 {
        var folded = sum
        while folded >> 16 != 0 { folded = (folded & 0xffff) + folded >> 16 }
        return ~UInt16(truncatingIfNeeded: folded)
    }
}

extension [UInt8] {
    mutating func append(big16 word: UInt16) {
        append(UInt8(truncatingIfNeeded: word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }

    fileprivate mutating func set(big16 word: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: word >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: word)
    }
}
