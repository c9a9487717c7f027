import PacketDecoding
import XCTest

@testable import HEP

final class RawPacketTests: XCTestCase {
    private func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) << 8 | UInt32(bytes[offset + 1])
    }

    /// RFC 1071: the sum over everything, the checksum included, is all ones.
    private func sum(_ bytes: [UInt8]) -> UInt32 {
        var total: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            total += UInt32(bytes[index]) << 8 | UInt32(index + 1 < bytes.count ? bytes[index + 1] : 0)
            total = (total & 0xffff) + total >> 16
        }
        return total
    }

    func testIPv4() {
        var bytes: [UInt8] = []
        let payload = Array("hello".utf8)
        XCTAssertTrue(
            RawPacket.append(
                payload.span, from: Endpoint(IPAddress(v4: 0xc000_0201), 5060),
                to: Endpoint(IPAddress(v4: 0xc000_0202), 5070), into: &bytes))
        XCTAssertEqual(bytes.count, 33)
        XCTAssertEqual(word(bytes, 2), 33)
        XCTAssertEqual(word(bytes, 24), 13)
        XCTAssertEqual(sum(Array(bytes[..<20])), 0xffff)
        XCTAssertEqual(sum(Array(bytes[12..<20]) + [0, 17, 0, 13] + bytes[20...]), 0xffff)
        var decoded = DecodedPacket()
        XCTAssertEqual(PacketDecoder.decode(bytes.span, linkType: .raw, into: &decoded), .udp)
        XCTAssertEqual(decoded.source, IPAddress(v4: 0xc000_0201))
        XCTAssertEqual(decoded.destinationPort, 5070)
        XCTAssertEqual(Array(bytes[decoded.payloadRange]), payload)
    }

    func testIPv6() {
        var bytes: [UInt8] = [9]
        let source = IPAddress(high: 0x2001_0db8_0000_0000, low: 1)
        XCTAssertTrue(
            RawPacket.append([1, 2, 3].span, from: Endpoint(source, 1), to: Endpoint(source, 2), into: &bytes))
        bytes.removeFirst()
        XCTAssertEqual(sum(Array(bytes[8..<40]) + [0, 0, 0, 11, 0, 0, 0, 17] + bytes[40...]), 0xffff)
        var decoded = DecodedPacket()
        XCTAssertEqual(PacketDecoder.decode(bytes.span, linkType: .raw, into: &decoded), .udp)
        XCTAssertEqual(decoded.source, source)
        XCTAssertEqual(Array(bytes[decoded.payloadRange]), [1, 2, 3])
    }

    func testTooLong() {
        var bytes: [UInt8] = []
        let nowhere = Endpoint(IPAddress(v4: 1), 1)
        let payload = [UInt8](repeating: 0, count: RawPacket.maxPayload + 1)
        XCTAssertFalse(RawPacket.append(payload.span, from: nowhere, to: nowhere, into: &bytes))
        XCTAssertTrue(bytes.isEmpty)
        XCTAssertTrue(RawPacket.append(Array(payload.dropLast()).span, from: nowhere, to: nowhere, into: &bytes))
    }
}
