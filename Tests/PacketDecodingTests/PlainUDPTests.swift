import Testing

@testable import PacketDecoding

/// The short way must find what `PacketDecoder` finds, or leave the packet to it.
@Suite struct PlainUDPTests {
    typealias Build = PacketBuilder

    static let plain = Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(Build.payload))

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
            && packet.payloadOffset == PlainUDP.payloadOffset && found.payloadLength == packet.payloadLength
        #expect(agrees, "\(bytes)")
        return true
    }

    @Test func recognisesPlainPackets() {
        #expect(Self.isPlainAndAgrees(Self.plain))
        #expect(Self.isPlainAndAgrees(Self.plain + [0, 0, 0, 0]), "padding")
        #expect(Self.isPlainAndAgrees(Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp([]))), "no payload")
    }

    @Test func leavesTheRestToTheDecoder() {
        let udp = Build.udp(Build.payload)
        let others: [[UInt8]] = [
            Build.ethernet(0x8100) + Build.vlanTag(5, then: 0x0800) + Build.ipv4(17, payload: udp),
            Build.ethernet(0x86dd) + Build.ipv6(17, payload: udp),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, options: [1, 1, 1, 1]),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, fragment: 0x2000),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, fragment: 0x0001),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: udp, totalLength: 0),
            Build.ethernet(0x0800) + Build.ipv4(17, payload: Build.udp(Build.payload, length: 0)),
            Build.ethernet(0x0800) + Build.ipv4(6, payload: Build.tcp(Build.payload)),
        ]
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
