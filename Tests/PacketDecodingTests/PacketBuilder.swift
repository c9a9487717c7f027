@testable import PacketDecoding

/// Headers written out byte by byte, for packets whose every field is known.
enum PacketBuilder {
    static func bytes16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
    static func bytes32(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    static let macs: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
    static func ethernet(_ etherType: Int) -> [UInt8] { macs + bytes16(etherType) }
    static func vlanTag(_ identifier: Int, then etherType: Int) -> [UInt8] { bytes16(identifier) + bytes16(etherType) }

    static func linuxSLL(_ protocolType: Int, hardwareType: Int = 1) -> [UInt8] {
        [0, 4] + bytes16(hardwareType) + [0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + bytes16(protocolType)
    }

    static func linuxSLL2(_ protocolType: Int, hardwareType: Int = 1) -> [UInt8] {
        bytes16(protocolType) + [0, 0, 0, 0, 0, 3] + bytes16(hardwareType) + [0, 6, 2, 0, 0, 0, 0, 1, 0, 0]
    }

    /// 198.18.0.1 to 198.18.0.2, identification 0x1234, TTL 64.
    static func ipv4(
        _ ipProtocol: UInt8, payload: [UInt8], options: [UInt8] = [], totalLength: Int? = nil, fragment: Int = 0x4000
    ) -> [UInt8] {
        let header = 20 + options.count
        return [0x40 | UInt8(header / 4), 0] + bytes16(totalLength ?? header + payload.count) + [0x12, 0x34]
            + bytes16(fragment) + [64, ipProtocol, 0xab, 0xcd, 198, 18, 0, 1, 198, 18, 0, 2] + options + payload
    }

    static let v6Source: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    static let v6Destination: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]

    /// 2001:db8::1 to 2001:db8::2, hop limit 63.
    static func ipv6(_ nextHeader: UInt8, payload: [UInt8], payloadLength: Int? = nil) -> [UInt8] {
        [0x60, 0, 0, 0] + bytes16(payloadLength ?? payload.count) + [nextHeader, 63] + v6Source + v6Destination
            + payload
    }

    /// Ports 4000 and 5060.
    static func udp(_ payload: [UInt8], length: Int? = nil) -> [UInt8] {
        bytes16(4000) + bytes16(5060) + bytes16(length ?? 8 + payload.count) + [0xde, 0xad] + payload
    }

    /// Ports 4000 and 5060, sequence 0x01020304, acknowledgement 0x0a0b0c0d, PSH and ACK.
    static func tcp(_ payload: [UInt8], options: [UInt8] = [], headerLength: Int? = nil) -> [UInt8] {
        let words = UInt8((headerLength ?? 20 + options.count) / 4)
        return bytes16(4000) + bytes16(5060) + [1, 2, 3, 4, 10, 11, 12, 13, words << 4, 0x18, 0x20, 0, 0, 0, 0, 0]
            + options + payload
    }

    /// 203.0.113.1 to 203.0.113.2, as the end points of tunnels.
    static func outerIPv4(_ ipProtocol: UInt8, _ payload: [UInt8], fragment: Int = 0, identification: Int = 7)
        -> [UInt8]
    {
        [0x45, 0] + bytes16(20 + payload.count) + bytes16(identification) + bytes16(fragment)
            + [64, ipProtocol, 0, 0, 203, 0, 113, 1, 203, 0, 113, 2] + payload
    }

    /// In UDP between them, from port 40000.
    static func outerUDP(_ port: Int, _ payload: [UInt8]) -> [UInt8] {
        outerIPv4(17, bytes16(40000) + bytes16(port) + bytes16(8 + payload.count) + [0, 0] + payload)
    }

    static let payload: [UInt8] = Array("hello lippycat".utf8)  // 14 bytes
}

/// A decoded packet together with its outcome.
struct Decoded {
    var outcome: DecodeOutcome
    var packet: DecodedPacket

    init(_ bytes: [UInt8], _ linkType: LinkType = .ethernet) {
        // Starts from rubbish: nothing of an earlier packet may shine through.
        packet = DecodedPacket()
        packet.payloadLength = 99999
        packet.payloadOffset = 99999
        packet.cut = true
        packet.isFragment = true
        packet.quotedOffset = 77
        packet.sourcePort = 7
        outcome = PacketDecoder.decode(bytes.span, linkType: linkType, into: &packet)
    }

    func payload(of bytes: [UInt8]) -> [UInt8] { Array(bytes[packet.payloadRange]) }
}
