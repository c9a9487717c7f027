import TestSupport
import Testing

@testable import PacketDecoding

/// Carriers cut anywhere, and with any byte changed: nothing traps and nothing points outside.
@Suite struct CarrierTruncationTests {
    private static func isWithin(_ bytes: [UInt8], _ decoded: Decoded) -> Bool {
        let packet = decoded.packet
        return packet.payloadLength >= 0 && packet.payloadOffset >= 0
            && packet.payloadOffset + packet.payloadLength <= bytes.count
            && packet.payloadOffset < 65_536
            && packet.declaredPayloadLength >= packet.payloadLength
            && packet.networkOffset <= bytes.count && packet.transportOffset <= bytes.count
            && (packet.quotedOffset == 0 || packet.quotedOffset < bytes.count)
            && packet.isFragment == (decoded.outcome == .fragment)
            && Int(packet.carriers) <= PacketDecoder.maxCarriers
    }

    @Test(arguments: CarrierSample.all) func everyPrefix(_ sample: CarrierSample) {
        let whole = Decoded(sample.bytes, sample.linkType)
        for count in sample.bytes.indices {
            let prefix = Array(sample.bytes[..<count])
            let decoded = Decoded(prefix, sample.linkType)
            #expect(Self.isWithin(prefix, decoded), "\(count): \(decoded)")
            guard decoded.packet.sourceEndpoint == whole.packet.sourceEndpoint, decoded.outcome == .udp else {
                continue
            }
            let isWhole = decoded.payload(of: prefix) == PacketBuilder.payload
            #expect(decoded.packet.cut != isWhole, "\(count): \(decoded)")
        }
    }

    /// Behind a header that says all of it is there, as when a tunnel's packet is too short for what it carries.
    @Test(arguments: CarrierSample.udpCarriers) func everyPrefixOfWhatIsInUDP(_ sample: CarrierSample) {
        let payload = Array(sample.bytes[42...])
        let port = Int(sample.bytes[36]) << 8 | Int(sample.bytes[37])
        for count in payload.indices {
            let bytes = PacketBuilder.ethernet(0x0800) + PacketBuilder.outerUDP(port, Array(payload[..<count]))
            let decoded = Decoded(bytes)
            #expect(Self.isWithin(bytes, decoded), "\(count): \(decoded)")
            #expect(decoded.outcome == .udp, "\(count): \(decoded)")
        }
    }

    @Test(arguments: CarrierSample.all) func everyByteChanged(_ sample: CarrierSample) {
        for place in sample.bytes.indices {
            for value in [0, 1, 0x45, 0x60, 0x7f, 0x80, 0xff, sample.bytes[place] ^ 1, sample.bytes[place] &+ 1] {
                var bytes = sample.bytes
                bytes[place] = value
                let decoded = Decoded(bytes, sample.linkType)
                #expect(Self.isWithin(bytes, decoded), "\(place) \(value): \(decoded)")
            }
        }
    }

    @Test func randomBytesOnEveryLink() {
        var random = SeededRandom(printedFor: "random bytes on every link")
        for linkType in LinkType.decoded + [.llc] {
            for _ in 0..<1000 {
                let count = Int.random(in: 0..<160, using: &random)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                let decoded = Decoded(bytes, linkType)
                #expect(Self.isWithin(bytes, decoded), "\(linkType) \(bytes)")
            }
        }
    }

    @Test func mutationsGetFurtherThanNoise() {
        var random = SeededRandom(printedFor: "mutated carriers")
        for _ in 0..<30_000 {
            guard let sample = CarrierSample.all.randomElement(using: &random) else { return }
            var bytes = sample.bytes
            // Now and then the inside of another carrier in the middle.
            if Bool.random(using: &random), let other = CarrierSample.all.randomElement(using: &random) {
                bytes.replaceSubrange(Int.random(in: 0..<bytes.count, using: &random)..., with: other.bytes)
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<min(8, bytes.count), using: &random))
            var decoded = Decoded(bytes, sample.linkType)
            #expect(Self.isWithin(bytes, decoded), "\(sample.linkType) \(bytes)")
            for mode in [ESPDecoding.heuristic, .null] {
                decoded.outcome = PacketDecoder.decode(
                    bytes.span, linkType: sample.linkType, esp: mode, into: &decoded.packet)
                #expect(Self.isWithin(bytes, decoded), "\(sample.linkType) \(bytes)")
            }
            _ = PacketDecoder.decodeTransport(
                of: bytes.span, ipProtocol: UInt8.random(in: 0...255, using: &random), into: &decoded.packet)
            #expect(decoded.packet.payloadOffset + decoded.packet.payloadLength <= bytes.count)
        }
    }
}
