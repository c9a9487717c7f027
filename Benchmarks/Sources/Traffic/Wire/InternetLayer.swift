/// IP protocol numbers that we write.
public enum TransportProtocol: UInt8, Sendable {
    case icmp = 1
    case tcp = 6
    case udp = 17
    case icmpv6 = 58
    case sctp = 132
}

/// IPv4 (RFC 791) and IPv6 (RFC 8200) headers, whole and fragmented.
public enum InternetHeader {
    public static func length(_ address: IPAddress) -> Int { address.isIPv6 ? 40 : 20 }

    static func etherType(_ address: IPAddress) -> UInt16 { address.isIPv6 ? 0x86DD : 0x0800 }

    /// A fragment's place in its datagram; offset in bytes, a multiple of eight.
    public struct FragmentPlace {
        public var offset: Int
        public var more: Bool
    }

    /// - Parameter payloadLength: bytes after this header (and after the IPv6 fragment header, if there is one).
    public static func append(
        path: Path, transport: TransportProtocol, payloadLength: Int, identification: UInt32,
        fragment: FragmentPlace? = nil, to bytes: inout [UInt8]
    ) {
        if path.source.address.isIPv6 {
            bytes.append(big32: 0x6000_0000)
            bytes.append(big16: UInt16(truncatingIfNeeded: payloadLength + (fragment == nil ? 0 : 8)))
            bytes.append(fragment == nil ? transport.rawValue : 44)
            bytes.append(path.hopLimit)
            path.source.address.appendBytes(to: &bytes)
            path.destination.address.appendBytes(to: &bytes)
            if let fragment {
                bytes.append(transport.rawValue)
                bytes.append(0)
                bytes.append(big16: UInt16(truncatingIfNeeded: fragment.offset) | (fragment.more ? 1 : 0))
                bytes.append(big32: identification)
            }
            return
        }
        let start = bytes.count
        bytes.append(0x45)
        bytes.append(0)
        bytes.append(big16: UInt16(truncatingIfNeeded: payloadLength + 20))
        bytes.append(big16: UInt16(truncatingIfNeeded: identification))
        let flags: UInt16 = fragment?.more == true ? 0x2000 : 0
        bytes.append(big16: flags | UInt16(truncatingIfNeeded: (fragment?.offset ?? 0) / 8))
        bytes.append(path.hopLimit)
        bytes.append(transport.rawValue)
        bytes.append(big16: 0)
        path.source.address.appendBytes(to: &bytes)
        path.destination.address.appendBytes(to: &bytes)
        var checksum = InternetChecksum()
        bytes.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        bytes.store(big16: checksum.value, at: start + 10)
    }

    /// The pseudo-header's part of a transport checksum.
    static func pseudoHeader(path: Path, transport: TransportProtocol, length: Int) -> InternetChecksum {
        var checksum = InternetChecksum()
        for address in [path.source.address, path.destination.address] {
            for part in address.isIPv6 ? [address.high, address.low] : [address.low] {
                for shift: UInt64 in [48, 32, 16, 0] { checksum.add(word: UInt16(truncatingIfNeeded: part >> shift)) }
            }
        }
        checksum.add(word: UInt16(transport.rawValue))
        checksum.add(word: UInt16(truncatingIfNeeded: length))
        return checksum
    }
}
