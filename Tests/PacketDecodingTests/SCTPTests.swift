import XCTest

@testable import PacketDecoding

/// Packets written by hand after RFC 9260 section 3.
final class SCTPTests: XCTestCase {
    /// Ports 5060 and 5070, tag 0x01020304, a SACK of 16 bytes, a DATA chunk with 5 bytes and their padding.
    private static let packet: [UInt8] =
        [0x13, 0xc4, 0x13, 0xce, 1, 2, 3, 4, 0, 0, 0, 0]
        + [3, 0, 0, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
        + [0, 7, 0, 21, 0, 0, 0, 9, 0, 2, 0, 3, 0, 0, 0, 0, 72, 101, 108, 108, 111, 0, 0, 0]

    private func chunks(_ bytes: [UInt8], isCut: Bool = false) -> (chunks: [SCTPChunk], end: SCTPChunk.ReadResult) {
        var chunks: [SCTPChunk] = []
        var offset = SCTPHeader.length
        while true {
            let result = SCTPChunk.read(bytes.span, at: offset, packetIsCut: isCut)
            guard case .chunk(let chunk, let next) = result else { return (chunks, result) }
            chunks.append(chunk)
            XCTAssertGreaterThan(next, offset)
            offset = next
        }
    }

    func testHeaderAndChunks() throws {
        let header = try XCTUnwrap(SCTPHeader(Self.packet.span))
        XCTAssertEqual(header.sourcePort, 5060)
        XCTAssertEqual(header.destinationPort, 5070)
        XCTAssertEqual(header.verificationTag, 0x0102_0304)
        let (chunks, end) = chunks(Self.packet)
        XCTAssertEqual(end, .end)
        XCTAssertEqual(chunks.map(\.type), [3, 0])
        let data = try XCTUnwrap(SCTPData(Self.packet.span, chunks[1]))
        XCTAssertEqual(data.tsn, 9)
        XCTAssertEqual(data.stream, 2)
        XCTAssertTrue(data.isFirst && data.isLast && data.isUnordered)
        XCTAssertEqual(Array(Self.packet[data.payload]), Array("Hello".utf8))
        XCTAssertNil(SCTPData(Self.packet.span, chunks[0]))
    }

    /// Padding behind the last chunk may be missing; everything else may not.
    func testEveryPrefix() {
        for count in 0..<Self.packet.count {
            let prefix = Array(Self.packet[..<count])
            guard SCTPHeader(prefix.span) != nil else {
                XCTAssertLessThan(count, 12)
                continue
            }
            let found = chunks(prefix)
            XCTAssertEqual(found.end, count == 12 || count == 28 || count >= 49 ? .end : .malformed, "\(count) bytes")
            let cut = chunks(prefix, isCut: true)
            XCTAssertEqual(cut.end, .end)
            for chunk in cut.chunks {
                XCTAssertLessThanOrEqual(chunk.value.upperBound, count)
                _ = SCTPData(prefix.span, chunk)
            }
        }
    }

    func testChunkShorterThanItsHeader() {
        let bytes = Self.packet[..<12] + [0, 3, 0, 3, 0, 0, 0, 0]
        XCTAssertEqual(chunks(Array(bytes)).end, .malformed)
    }
}
