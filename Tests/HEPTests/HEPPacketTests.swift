import PacketDecoding
import XCTest

@testable import HEP

/// Packets written out by hand after the HEP3 specification (github.com/sipcapture/HEP) and the C structures of HEP 1 and 2.
final class HEPPacketTests: XCTestCase {
    private func packet(_ bytes: [UInt8], isCut: Bool = false) -> HEPPacket? {
        guard case .packet(let packet) = HEPPacket.parse(bytes.span, isCut: isCut) else { return nil }
        return packet
    }

    func testVersion3() throws {
        let bytes = HEP3().ipv4([192, 0, 2, 1], [192, 0, 2, 2]).ports(5060, 5070).time(1_600_000_000, 123_456)
            .chunk(1, [2]).chunk(2, [17]).chunk(11, [1]).chunk(12, [0, 0, 7, 209]).chunk(14, Array("secret".utf8))
            .chunk(17, Array("id@x".utf8)).chunk(15, Array("OPTIONS".utf8)).bytes
        let hep = try XCTUnwrap(packet(bytes))
        XCTAssertEqual(hep.version, 3)
        XCTAssertEqual(hep.source, Endpoint(IPAddress(v4: 0xc000_0201), 5060))
        XCTAssertEqual(hep.destination, Endpoint(IPAddress(v4: 0xc000_0202), 5070))
        XCTAssertEqual(hep.timestamp, 1_600_000_000_123_456_000)
        XCTAssertEqual(hep.ipProtocol, 17)
        XCTAssertEqual(hep.payloadKind, .sip)
        XCTAssertEqual(hep.captureID, 2001)
        XCTAssertEqual(Array(bytes[hep.correlationID]), Array("id@x".utf8))
        XCTAssertEqual(Array(bytes[hep.payload]), Array("OPTIONS".utf8))
        XCTAssertFalse(hep.isCompressed)
    }

    func testVersion3WithIPv6() throws {
        var source = [UInt8](repeating: 0, count: 16)
        (source[0], source[1], source[2], source[3], source[15]) = (0x20, 0x01, 0x0d, 0xb8, 1)
        let bytes = HEP3().chunk(5, source).chunk(6, source).ports(1, 2).chunk(15, [65]).bytes
        let hep = try XCTUnwrap(packet(bytes))
        XCTAssertEqual(hep.source, Endpoint(IPAddress(high: 0x2001_0db8_0000_0000, low: 1), 1))
    }

    /// Chunks of other vendors have the same numbers and other meanings.
    func testOtherVendors() throws {
        let bytes = HEP3().ipv4([192, 0, 2, 1], [192, 0, 2, 2]).chunk(15, [1, 2]).chunk(15, [9], vendor: 3)
            .chunk(7, [1, 2, 3, 4, 5], vendor: 1).bytes
        let hep = try XCTUnwrap(packet(bytes))
        XCTAssertEqual(Array(bytes[hep.payload]), [1, 2])
    }

    func testCompressedPayload() throws {
        let bytes = HEP3().ipv4([192, 0, 2, 1], [192, 0, 2, 2]).chunk(16, [0x78, 0x9c]).bytes
        XCTAssertTrue(try XCTUnwrap(packet(bytes)).isCompressed)
    }

    func testMalformed() {
        let noAddresses = HEP3().ports(1, 2).chunk(15, [65]).bytes
        XCTAssertEqual(HEPPacket.parse(noAddresses.span), .malformed)
        // A port of three bytes, a chunk shorter than its own header, a chunk that is longer than the packet.
        XCTAssertEqual(
            HEPPacket.parse(HEP3().ipv4([1, 1, 1, 1], [2, 2, 2, 2]).chunk(7, [1, 2, 3]).bytes.span), .malformed)
        XCTAssertEqual(HEPPacket.parse(HEP3().raw([0, 0, 0, 15, 0, 5]).bytes.span), .malformed)
        XCTAssertEqual(HEPPacket.parse(HEP3().raw([0, 0, 0, 15, 0, 9, 1, 2]).bytes.span), .malformed)
        XCTAssertEqual(HEPPacket.parse(Array("HEP2".utf8).span), .notHEP)
        XCTAssertEqual(HEPPacket.parse([72, 69, 80, 51, 0, 5].span), .notHEP)
    }

    /// Every beginning of a packet asks for more, or, where the capture is cut, gives what is there.
    func testEveryPrefix() {
        let bytes = HEP3().ipv4([192, 0, 2, 1], [192, 0, 2, 2]).ports(5060, 5060).time(1, 2).chunk(17, [65, 66])
            .chunk(15, Array("INVITE sip:a SIP/2.0\r\n".utf8)).bytes
        for count in 0..<bytes.count {
            let prefix = Array(bytes[..<count])
            XCTAssertEqual(HEPPacket.parse(prefix.span), .needMore, "\(count) bytes")
            switch HEPPacket.parse(prefix.span, isCut: true) {
            case .packet(let hep): XCTAssertLessThanOrEqual(hep.payload.upperBound, count)
            case .needMore: XCTAssertLessThan(count, 6)
            case .malformed: XCTAssertLessThan(count, 6 + 10 + 10)
            case .notHEP: XCTFail("\(count) bytes")
            }
        }
        XCTAssertEqual(HEPPacket.parse(Array(bytes[..<(bytes.count - 5)]).span, isCut: true).packetIsCut, true)
    }

    /// hep_hdr and hep_iphdr: version, length 16, AF_INET, UDP, ports, addresses.
    func testVersion1() throws {
        let bytes: [UInt8] =
            [1, 16, 2, 17, 0x13, 0xc4, 0x13, 0xce, 192, 0, 2, 1, 192, 0, 2, 2] + Array("SIP/2.0 200 OK".utf8)
        let hep = try XCTUnwrap(packet(bytes))
        XCTAssertEqual(hep.version, 1)
        XCTAssertEqual(hep.source, Endpoint(IPAddress(v4: 0xc000_0201), 5060))
        XCTAssertEqual(hep.destination, Endpoint(IPAddress(v4: 0xc000_0202), 5070))
        XCTAssertNil(hep.timestamp)
        XCTAssertEqual(bytes[hep.payload.lowerBound], UInt8(ascii: "S"))
    }

    /// hep_timehdr behind it: seconds and microseconds as x86 has them, the agent's number, two bytes of padding.
    func testVersion2() throws {
        let header: [UInt8] = [2, 16, 2, 6, 0x13, 0xc4, 0x13, 0xce, 192, 0, 2, 1, 192, 0, 2, 2]
        // 1,600,000,000 = 0x5f5e1000; 123,456 = 0x0001e240.
        let time: [UInt8] = [0x00, 0x10, 0x5e, 0x5f, 0x40, 0xe2, 0x01, 0x00, 0xd1, 0x07]
        let bytes = header + time + [0, 0] + Array("BYE".utf8)
        let hep = try XCTUnwrap(packet(bytes))
        XCTAssertEqual(hep.timestamp, 1_600_000_000_123_456_000)
        XCTAssertEqual(hep.ipProtocol, 6)
        XCTAssertEqual(Array(bytes[hep.payload]), Array("BYE".utf8))
        // A header length that counts a time without padding.
        let packed = [2, 26] + header[2...] + time + Array("BYE".utf8)
        XCTAssertEqual(Array(packed[try XCTUnwrap(self.packet(packed)).payload]), Array("BYE".utf8))
        // The other order of bytes.
        let big = header + [0x5f, 0x5e, 0x10, 0x00, 0x00, 0x01, 0xe2, 0x40, 0, 1, 0, 0] + Array("BYE".utf8)
        XCTAssertEqual(try XCTUnwrap(self.packet(big)).timestamp, 1_600_000_000_123_456_000)
        for count in 0..<(header.count + 12) {
            XCTAssertEqual(HEPPacket.parse(Array(bytes[..<count]).span), .needMore, "\(count) bytes")
        }
    }

    /// STUN responses and others that begin with a 1 or a 2.
    func testOthersAreNotHEP() {
        XCTAssertEqual(HEPPacket.parse([1, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42, 0, 0].span), .notHEP)
        XCTAssertEqual(HEPPacket.parse([2, 16, 2, 18, 0, 0, 0, 0, 0].span), .notHEP)
        XCTAssertFalse(HEPPacket.mayBegin([1, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42].span))
    }

    func testTimesThatAreNone() {
        XCTAssertNil(HEPPacket.timestamp(0, 5))
        XCTAssertNil(HEPPacket.timestamp(5, 1_000_000))
    }
}

extension HEPParseResult {
    var packetIsCut: Bool? { if case .packet(let packet) = self { packet.isCut } else { nil } }
}

/// Builds a packet chunk by chunk.
struct HEP3 {
    private var chunks: [UInt8] = []

    func raw(_ bytes: [UInt8]) -> HEP3 {
        var copy = self
        copy.chunks += bytes
        return copy
    }

    func chunk(_ type: UInt16, _ value: [UInt8], vendor: UInt16 = 0) -> HEP3 {
        raw(HEP3.word(vendor) + HEP3.word(type) + HEP3.word(UInt16(6 + value.count)) + value)
    }

    func ipv4(_ source: [UInt8], _ destination: [UInt8]) -> HEP3 { chunk(3, source).chunk(4, destination) }
    func ports(_ source: UInt16, _ destination: UInt16) -> HEP3 {
        chunk(7, HEP3.word(source)).chunk(8, HEP3.word(destination))
    }
    func time(_ seconds: UInt32, _ microseconds: UInt32) -> HEP3 {
        chunk(9, HEP3.long(seconds)).chunk(10, HEP3.long(microseconds))
    }

    var bytes: [UInt8] { Array("HEP3".utf8) + HEP3.word(UInt16(6 + chunks.count)) + chunks }

    static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
    static func long(_ value: UInt32) -> [UInt8] { word(UInt16(value >> 16)) + word(UInt16(value & 0xffff)) }
}
