import TestSupport
import Testing

@testable import PacketDecoding

@Suite struct ESPTests {
    typealias Build = PacketBuilder

    /// RFC 4303: SPI and sequence in front; padding 1 2 3 …, its length, the next header and a check value behind.
    static func esp(_ content: [UInt8], nextHeader: UInt8, checkValue: Int = 12, vector: Int = 0) -> [UInt8] {
        let padding = (4 - (content.count + 2) % 4) % 4
        return [0, 0, 0x12, 0x34, 0, 0, 0, 1] + [UInt8](repeating: 0xee, count: vector) + content
            + (1...4).prefix(padding).map { UInt8($0) } + [UInt8(padding), nextHeader]
            + [UInt8](repeating: 0xa5, count: checkValue)
    }

    /// A datagram from 203.0.113.1:4000 to 203.0.113.2:5060 with its right checksum, added up by hand below.
    static func udp(_ payload: [UInt8]) -> [UInt8] {
        var datagram = Build.udp(payload)
        datagram[6] = 0
        datagram[7] = 0
        var sum = 0xcb00 + 0x7101 + 0xcb00 + 0x7102 + 17 + datagram.count
        for place in stride(from: 0, to: datagram.count, by: 2) {
            sum += Int(datagram[place]) << 8 + (place + 1 < datagram.count ? Int(datagram[place + 1]) : 0)
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        datagram[6] = UInt8(~sum >> 8 & 255)
        datagram[7] = UInt8(~sum & 255)
        return datagram
    }

    static func decode(_ bytes: [UInt8], _ mode: ESPDecoding) -> Decoded {
        var decoded = Decoded(bytes)
        decoded.outcome = PacketDecoder.decode(bytes.span, linkType: .ethernet, esp: mode, into: &decoded.packet)
        return decoded
    }

    static func packet(_ esp: [UInt8]) -> [UInt8] { Build.ethernet(0x0800) + Build.outerIPv4(50, esp) }

    @Test(arguments: [12, 16, 0, 24, 32], [ESPDecoding.heuristic, .null])
    func transportMode(_ checkValue: Int, _ mode: ESPDecoding) {
        for length in 1...16 {
            let payload = Array(Build.payload.prefix(length)) + [UInt8](repeating: 7, count: max(0, length - 14))
            let bytes = Self.packet(Self.esp(Self.udp(payload), nextHeader: 17, checkValue: checkValue))
            let decoded = Self.decode(bytes, mode)
            #expect(decoded.outcome == .udp)
            #expect(decoded.packet.sourceEndpoint.description == "203.0.113.1:4000")
            #expect(decoded.packet.destinationEndpoint.description == "203.0.113.2:5060")
            #expect(decoded.payload(of: bytes) == payload)
        }
    }

    @Test(arguments: [ESPDecoding.heuristic, .null]) func tunnelMode(_ mode: ESPDecoding) {
        let bytes = Self.packet(Self.esp(CarrierSample.ip, nextHeader: 4))
        let decoded = Self.decode(bytes, mode)
        #expect(decoded.outcome == .udp && decoded.packet.sourceEndpoint.description == "198.18.0.1:4000")
        #expect(decoded.payload(of: bytes) == Build.payload)
        let six = Self.decode(Self.packet(Self.esp(CarrierSample.ip6, nextHeader: 41, checkValue: 16, vector: 8)), mode)
        #expect(six.outcome == .udp && six.packet.source == IPAddress("2001:db8::1"))
        let nested = Self.packet(
            Self.esp(Build.outerIPv4(50, Self.esp(CarrierSample.ip, nextHeader: 4)), nextHeader: 4))
        #expect(Self.decode(nested, mode).packet.sourceEndpoint.description == "198.18.0.1:4000")
    }

    @Test(arguments: [ESPDecoding.heuristic, .null]) func overUDP(_ mode: ESPDecoding) {
        let bytes = Build.ethernet(0x0800) + Build.outerUDP(4500, Self.esp(CarrierSample.ip, nextHeader: 4))
        #expect(Self.decode(bytes, mode).packet.sourceEndpoint.description == "198.18.0.1:4000")
        // A security parameters index that begins as RTP does.
        var like = bytes
        like[42] = 0x80
        #expect(Self.decode(like, mode).packet.sourceEndpoint.description == "198.18.0.1:4000")
        let closed = Self.decode(bytes, .closed)
        #expect(closed.outcome == .udp && closed.packet.destinationPort == 4500)
        let keepalive = Build.ethernet(0x0800) + Build.outerUDP(4500, [0xff])
        #expect(Self.decode(keepalive, mode).outcome == .udp)
    }

    @Test func closedUnlessAsked() {
        let bytes = Self.packet(Self.esp(CarrierSample.ip, nextHeader: 4))
        #expect(Decoded(bytes).outcome == .esp)
        let decoded = Self.decode(bytes, .closed)
        #expect(decoded.outcome == .otherIP && decoded.packet.ipProtocol == 50)
    }

    @Test func theHeuristicWantsTheChecksum() {
        var wrong = Self.udp(Build.payload)
        wrong[7] ^= 1
        let bytes = Self.packet(Self.esp(wrong, nextHeader: 17))
        #expect(Self.decode(bytes, .heuristic).outcome == .otherIP)
        #expect(Self.decode(bytes, .null).outcome == .udp)
    }

    @Test func encryptedBytesStayClosed() {
        var random = SeededRandom(printedFor: "encrypted ESP")
        var opened = 0
        for _ in 0..<20_000 {
            let content = (0..<Int.random(in: 40...90, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let bytes = Self.packet([0, 0, 1, 0, 0, 0, 0, 1] + content)
            #expect(Self.decode(bytes, .heuristic).outcome == .otherIP)
            if Self.decode(bytes, .null).outcome != .otherIP { opened += 1 }
        }
        // What claims to be TCP has little to check: one byte of padding length, one of next header, and a header length.
        #expect(opened <= 40)
    }

    @Test func everyPrefix() {
        let bytes = Self.packet(Self.esp(CarrierSample.ip, nextHeader: 4))
        for count in bytes.indices {
            let prefix = Array(bytes[..<count])
            let decoded = Self.decode(prefix, .null)
            #expect(decoded.packet.payloadOffset + decoded.packet.payloadLength <= count)
            #expect(decoded.packet.sourcePort == 0, "a cut trailer proves nothing")
        }
    }
}
