/// Captures in other forms than the usual one.
extension CaptureText {
    /// Classic pcap with another link type or snap length, or with nanoseconds.
    static func file(
        _ packets: [(time: Int64, bytes: [UInt8])], linkType: UInt32 = 1, snapLength: Int = 262_144,
        nanoseconds: Bool = false
    ) -> [UInt8] {
        var bytes = little32(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4) + [2, 0, 4, 0] + little32(0) + little32(0)
        bytes += little32(UInt32(snapLength)) + little32(linkType)
        for packet in packets {
            let captured = packet.bytes.prefix(snapLength)
            let fraction = packet.time % 1_000_000_000
            bytes += little32(UInt32(packet.time / 1_000_000_000))
            bytes += little32(UInt32(nanoseconds ? fraction : fraction / 1000))
            bytes += little32(UInt32(captured.count)) + little32(UInt32(packet.bytes.count)) + captured
        }
        return bytes
    }

    /// pcapng, little endian, microseconds, one interface for each link type.
    static func pcapng(_ packets: [(time: Int64, interface: Int, bytes: [UInt8])], linkTypes: [UInt8]) -> [UInt8] {
        var file = block(0x0a0d_0d0a, little32(0x1a2b_3c4d) + [1, 0, 0, 0] + Array(repeating: 0xff, count: 8))
        for linkType in linkTypes {
            let low = linkType == sll2 ? UInt8(276 & 255) : linkType
            file += block(1, [low, linkType == sll2 ? 1 : 0, 0, 0] + little32(0))
        }
        for packet in packets {
            let units = UInt64(packet.time / 1000)
            let padding = [UInt8](repeating: 0, count: (4 - packet.bytes.count % 4) % 4)
            file += block(
                6,
                little32(UInt32(packet.interface)) + little32(UInt32(units >> 32))
                    + little32(UInt32(truncatingIfNeeded: units)) + little32(UInt32(packet.bytes.count))
                    + little32(UInt32(packet.bytes.count)) + packet.bytes + padding)
        }
        return file
    }

    /// Stands for 276, which is no byte.
    static let sll2: UInt8 = 255

    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let length = little32(UInt32(body.count + 12))
        return little32(type) + length + body + length
    }
}

extension Frame {
    /// The same IP packet as the `any` device hands it out.
    static func sll2(_ ethernet: [UInt8]) -> [UInt8] {
        Array(ethernet[12..<14]) + [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + ethernet[14...]
    }

    /// UDP over IPv6 between 2001:db8::/32 addresses that end in the bytes given.
    static func udp6(_ from: (UInt8, UInt16), _ to: (UInt8, UInt16), _ payload: [UInt8]) -> [UInt8] {
        let datagram = big16(from.1) + big16(to.1) + big16(UInt16(8 + payload.count)) + [0, 0] + payload
        return Array(ethernet(1)[..<12]) + [0x86, 0xdd, 0x60, 0, 0, 0] + big16(UInt16(datagram.count)) + [17, 64]
            + address6(from.0) + address6(to.0) + datagram
    }

    private static func address6(_ last: UInt8) -> [UInt8] {
        [0x20, 0x01, 0x0d, 0xb8] + Array(repeating: 0, count: 11) + [last]
    }

    /// ICMP port unreachable from `from` to the sender of the quoted Ethernet frame.
    static func portUnreachable(_ from: Peer, _ to: Peer, quoting frame: [UInt8], bytes: Int) -> [UInt8] {
        let message = [3, 3, 0, 0, 0, 0, 0, 0] + Array(frame[14...].prefix(bytes))
        return ethernet(1) + ipv4(from, to, 1, 64, message.count) + message
    }
}
