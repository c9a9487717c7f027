import Testing

@testable import PacketDecoding

/// The short way must find what `PacketDecoder` finds, or leave the packet to it.
@Suite struct PlainUDPTests {
    typealias Build = PacketBuilder

    /// Long enough for Ethernet not to pad it.
    static let payload = Build.payload + Build.payload
    static let plain = Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(payload))

    /// True if the packet was plain; what it says then agrees with the decoder.
    private static func isPlainAndAgrees(_ bytes: [UInt8]) -> Bool {
        guard let found = unsafe PlainUDP(bytes.span.bytes) else { return false }
        var packet = DecodedPacket()
        let outcome = PacketDecoder.decode(bytes.span, linkType: .ethernet, into: &packet)
        let agrees =
            outcome == .udp && !packet.cut && !packet.isFragment && packet.source.isIPv4 && packet.destination.isIPv4
            && found.addresses.bigEndian == packet.source.low << 32 | packet.destination.low & 0xffff_ffff
            && found.ports.bigEndian == UInt32(packet.sourcePort) << 16 | UInt32(packet.destinationPort)
            && found.hopLimit == packet.hopLimit && packet.networkOffset == 14
            && packet.payloadOffset == PlainUDP.payloadOffset && found.payload.byteCount == packet.payloadLength
        #expect(agrees, "\(bytes)")
        return true
    }

    @Test func recognisesPlainPackets() {
        #expect(Self.isPlainAndAgrees(Self.plain))
        let shortest = Array(Self.payload.prefix(20))
        #expect(Self.isPlainAndAgrees(Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(shortest))))
        let longest = [UInt8](repeating: 0x80, count: 65535 - 28)
        #expect(Self.isPlainAndAgrees(Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(longest))))
    }

    @Test func leavesTheRestToTheDecoder() {
        let udp = Build.udp(Self.payload)
        let others: [[UInt8]] = [
            Build.ethernet(0x8100) + Build.vlanTag(5, then: 0x0800) + Build.ipv4(17, payload: udp),
            Build.ethernet(0x86dd) + Build.ipv6(17, payload: udp),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, options: [1, 1, 1, 1]),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, fragment: 0x2000),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, fragment: 0x0001),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, totalLength: 0),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(Self.payload, length: 0)),
            Build.ethernet(0x0800) + Build.ipv4(6, payload: Build.tcp(Self.payload)),
        ]
        #expect(!Self.isPlainAndAgrees(Self.plain + [0, 0, 0, 0]), "padding")
        // The lengths' lower 16 bits are those of the frame.
        #expect(!Self.isPlainAndAgrees(Self.plain + [UInt8](repeating: 0, count: 65536)), "more padding")
        #expect(!Self.isPlainAndAgrees(Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp([]))), "no payload")
        for bytes in others { #expect(!Self.isPlainAndAgrees(bytes)) }
        for length in 0..<Self.plain.count { #expect(!Self.isPlainAndAgrees(Array(Self.plain[..<length]))) }
    }

    @Test func agreesWhateverByteIsChanged() {
        for place in Self.plain.indices {
            for value in UInt8.min ... .max {
                var bytes = Self.plain
                bytes[place] = value
                _ = Self.isPlainAndAgrees(bytes)
            }
        }
    }
}
