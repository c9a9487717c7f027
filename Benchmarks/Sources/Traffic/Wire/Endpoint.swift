/// An IPv4 or IPv6 address; an IPv4 address is the low 32 bits of `low`.
public struct IPAddress: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64
    public let isIPv6: Bool

    public init(ipv4: UInt32) {
        (high, low, isIPv6) = (0, UInt64(ipv4), false)
    }

    public init(ipv6High high: UInt64, low: UInt64) {
        (self.high, self.low, isIPv6) = (high, low, true)
    }

    public var ipv4: UInt32 { UInt32(truncatingIfNeeded: low) }
    public var length: Int { isIPv6 ? 16 : 4 }

    /// The address in network order.
    public func appendBytes(to bytes: inout [UInt8]) {
        if isIPv6 {
            bytes.append(big32: UInt32(truncatingIfNeeded: high >> 32))
            bytes.append(big32: UInt32(truncatingIfNeeded: high))
            bytes.append(big32: UInt32(truncatingIfNeeded: low >> 32))
        }
        bytes.append(big32: UInt32(truncatingIfNeeded: low))
    }

    /// Text as in RFC 5952 (longest run of zero groups as `::`, no leading zeros, lower case).
    public func appendText(to bytes: inout [UInt8]) {
        if isIPv6 { appendIPv6Text(to: &bytes) } else { appendIPv4Text(to: &bytes) }
    }

    private func appendIPv4Text(to bytes: inout [UInt8]) {
        for shift: UInt64 in [24, 16, 8, 0] {
            if shift < 24 { bytes.append(UInt8(ascii: ".")) }
            bytes.append(decimal: (low >> shift) & 0xFF)
        }
    }

    private func appendIPv6Text(to bytes: inout [UInt8]) {
        let groups = (0..<8).map { group -> UInt64 in
            let half = group < 4 ? high : low
            return (half >> UInt64(48 - (group % 4) * 16)) & 0xFFFF
        }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > best.count, end - start > 1 { best = start..<end }
            start = max(end, start + 1)
        }
        var group = 0
        while group < 8 {
            if !best.isEmpty, group == best.lowerBound {
                bytes.append(text: "::")
                group = best.upperBound
                continue
            }
            if group > 0, group != best.upperBound || best.isEmpty { bytes.append(UInt8(ascii: ":")) }
            let digits = groups[group] > 0xFFF ? 4 : groups[group] > 0xFF ? 3 : groups[group] > 0xF ? 2 : 1
            bytes.append(hex: groups[group], digits: digits)
            group += 1
        }
    }

    public var text: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// An address and a UDP or TCP port.
public struct Endpoint: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }

    /// `198.18.0.1:5060` or `[2001:db8::1]:5060`.
    public func appendText(to bytes: inout [UInt8]) {
        if address.isIPv6 { bytes.append(UInt8(ascii: "[")) }
        address.appendText(to: &bytes)
        if address.isIPv6 { bytes.append(UInt8(ascii: "]")) }
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: port)
    }

    public var text: String {
        var bytes: [UInt8] = []
        appendText(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The neighbouring port that RTCP uses (RFC 3550 section 11).
    public var rtcp: Endpoint { Endpoint(address, port &+ 1) }
}
