import TestSupport
import Testing

@testable import PacketDecoding

/// No bytes whatever may trap, and no outcome may point outside them.
@Suite struct HostileBytesTests {
    typealias Build = PacketBuilder

    static let linkTypes: [LinkType] = [
        .null, .ethernet, .rawBSD, .rawOpenBSD, .raw, .loop, .linuxSLL, .ipv4, .ipv6, .linuxSLL2,
        LinkType(rawValue: 147),
    ]

    static let transports: [[UInt8]] = [
        Build.ipv4(17, payload: Build.udp(Build.payload)),
        Build.ipv4(6, payload: Build.tcp(Build.payload, options: [1, 1, 1, 0])),
        Build.ipv4(1, payload: [3, 3, 0, 0, 0, 0, 0, 0] + Build.ipv4(17, payload: Build.udp(Build.payload))),
        Build.ipv4(17, payload: Build.udp(Build.payload), options: [1, 1, 1, 1], fragment: 0x2001),
        Build.ipv4(51, payload: [6, 1, 0, 0] + [UInt8](repeating: 0, count: 8) + Build.tcp(Build.payload)),
        Build.ipv6(17, payload: Build.udp(Build.payload)),
        Build.ipv6(0, payload: [60, 0, 1, 4, 0, 0, 0, 0, 6, 1] + [UInt8](repeating: 0, count: 14) + Build.tcp([1])),
        Build.ipv6(44, payload: [17, 0, 0, 1, 0, 0, 0, 1] + Build.udp(Build.payload)),
        Build.ipv6(58, payload: [1, 4, 0, 0, 0, 0, 0, 0] + Build.ipv6(17, payload: Build.udp(Build.payload))),
    ]

    static func header(_ linkType: LinkType, _ isIPv4: Bool) -> [UInt8] {
        let etherType = isIPv4 ? 0x0800 : 0x86dd
        switch linkType {
        case .ethernet: return Build.ethernet(0x8100) + Build.vlanTag(5, then: etherType)
        case .linuxSLL: return Build.linuxSLL(etherType)
        case .linuxSLL2: return Build.linuxSLL2(0x8100) + Build.vlanTag(5, then: etherType)
        case .null, .loop: return [0, 0, 0, isIPv4 ? 2 : 30]
        default: return []
        }
    }

    /// One expectation for all: there are hundreds of thousands of packets.
    private static func expectWithin(_ bytes: [UInt8], _ decoded: Decoded) {
        let packet = decoded.packet
        var isWithin =
            packet.payloadLength >= 0 && packet.payloadOffset >= 0
            && packet.payloadOffset + packet.payloadLength <= bytes.count
            && packet.declaredPayloadLength >= packet.payloadLength
            && packet.networkOffset <= bytes.count && packet.transportOffset <= bytes.count
            && (packet.quotedOffset == 0 || packet.quotedOffset < bytes.count)
            && packet.fragmentOffset <= 65_528
            && packet.isFragment == (decoded.outcome == .fragment)
            && (packet.declaredPayloadLength == packet.payloadLength || packet.cut)
        if isWithin, packet.quotedOffset > 0 {
            var quoted = DecodedPacket()
            _ = PacketDecoder.decodeNetwork(bytes.span, at: packet.quotedOffset, into: &quoted)
            isWithin = quoted.payloadOffset + quoted.payloadLength <= bytes.count
        }
        #expect(isWithin, "\(decoded) of \(bytes)")
    }

    @Test(arguments: linkTypes) func everyPrefix(_ linkType: LinkType) {
        for sample in Self.transports {
            let bytes = Self.header(linkType, sample[0] >> 4 == 4) + sample
            let whole = Decoded(bytes, linkType)
            var layersSeen: [UInt8] = []
            for count in bytes.indices {
                let prefix = Array(bytes[..<count])
                let decoded = Decoded(prefix, linkType)
                Self.expectWithin(prefix, decoded)
                switch decoded.outcome {
                case .malformed(let layer):
                    layersSeen.append(layer.rawValue)
                    #expect(decoded.packet.fault.layer == layer)
                    #expect(decoded.packet.fault.available < decoded.packet.fault.needed)
                    #expect(Int(decoded.packet.fault.offset) <= count)
                case let outcome:
                    #expect(outcome == whole.outcome)
                    #expect(outcome == .notIP || decoded.packet.cut)
                    #expect(decoded.packet.sourceEndpoint == whole.packet.sourceEndpoint)
                    #expect(decoded.packet.destinationEndpoint == whole.packet.destinationEndpoint)
                }
            }
            // A longer prefix never stops at a lower layer.
            #expect(layersSeen == layersSeen.sorted())
        }
    }

    @Test(arguments: linkTypes) func randomBytes(_ linkType: LinkType) {
        var random = SeededRandom(printedFor: "random bytes for \(linkType)")
        for round in 0..<20_000 {
            var bytes: [UInt8]
            if round % 2 == 0 {
                let count = Int.random(in: 0..<120, using: &random)
                bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            } else {
                // Nearly right packets get further than noise.
                let sample = Self.transports.randomElement(using: &random) ?? []
                bytes = Self.header(linkType, sample[0] >> 4 == 4) + sample
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                bytes.removeLast(Int.random(in: 0..<8, using: &random))
            }
            let decoded = Decoded(bytes, linkType)
            Self.expectWithin(bytes, decoded)
            var packet = decoded.packet
            let ipProtocol = UInt8(truncatingIfNeeded: round)
            _ = PacketDecoder.decodeTransport(of: bytes.span, ipProtocol: ipProtocol, into: &packet)
            #expect(packet.payloadOffset + packet.payloadLength <= bytes.count)
        }
    }
}
