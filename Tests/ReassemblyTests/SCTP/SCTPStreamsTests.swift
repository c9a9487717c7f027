import PacketDecoding
import XCTest

@testable import Reassembly

final class SCTPStreamsTests: XCTestCase {
    /// A DATA chunk by hand (RFC 9260 section 3.3.1) and what the streams make of it.
    private func add(
        _ streams: inout SCTPStreams, _ tsn: UInt32, _ text: String, _ flags: UInt8, tag: UInt32
    ) -> SCTPStreams.Outcome {
        let packet = SCTPBytes.packet([SCTPBytes.data(tsn, Array(text.utf8), flags: flags)])
        guard case .chunk(let chunk, _) = SCTPChunk.read(packet.span, at: SCTPHeader.length, packetIsCut: false),
            let data = SCTPData(packet.span, chunk)
        else { return .refused }
        return streams.add(data, packet.span, tag: tag, now: Int64(tag))
    }

    func testWholeMessages() {
        var streams = SCTPStreams()
        XCTAssertEqual(add(&streams, 9, "one", 3, tag: 1), .whole)
        streams.remember([9], owner: 77)
        XCTAssertEqual(add(&streams, 9, "one", 3, tag: 2), .repeated(owner: 77))
        XCTAssertEqual(add(&streams, 8, "zero", 7, tag: 3), .whole)
        XCTAssertTrue(streams.isIdle)
    }

    /// Every order in which four fragments can come gives the same message.
    func testFragmentsInAnyOrder() {
        let fragments: [(UInt32, String, UInt8)] = [
            (0xffff_fffe, "a", 2), (0xffff_ffff, "b", 0), (0, "c", 0), (1, "d", 1),
        ]
        for order in permutations([0, 1, 2, 3]) {
            var streams = SCTPStreams()
            for (step, number) in order.enumerated() {
                let fragment = fragments[number]
                let outcome = add(&streams, fragment.0, fragment.1, fragment.2, tag: UInt32(number))
                if step < 3 {
                    XCTAssertEqual(outcome, .held)
                } else {
                    let expected = SCTPStreams.Message(
                        bytes: Array("abcd".utf8), tags: [0, 1, 2, 3], tsns: fragments.map(\.0))
                    XCTAssertEqual(outcome, .complete(expected), "\(order)")
                }
            }
            XCTAssertTrue(streams.isIdle)
        }
    }

    private func permutations(_ items: [Int]) -> [[Int]] {
        items.isEmpty
            ? [[]] : items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }

    func testNeighboursAreNotMixed() {
        var streams = SCTPStreams()
        XCTAssertEqual(add(&streams, 11, "B", 1, tag: 2), .held)
        XCTAssertEqual(add(&streams, 12, "C", 2, tag: 3), .held)
        XCTAssertEqual(add(&streams, 11, "B", 1, tag: 9), .repeatedHeld)
        guard case .complete(let first) = add(&streams, 10, "A", 2, tag: 1) else { return XCTFail("not complete") }
        XCTAssertEqual(first.bytes, Array("AB".utf8))
        guard case .complete(let second) = add(&streams, 13, "D", 1, tag: 4) else { return XCTFail("not complete") }
        XCTAssertEqual(second.bytes, Array("CD".utf8))
    }

    func testBounds() {
        var streams = SCTPStreams()
        for number in 0..<SCTPStreams.maxFragments {
            XCTAssertEqual(add(&streams, UInt32(number * 2), "x", 0, tag: 0), .held)
        }
        XCTAssertEqual(add(&streams, 9999, "x", 0, tag: 0), .refused)
        XCTAssertEqual(streams.giveUp(before: 1).count, SCTPStreams.maxFragments)
        XCTAssertTrue(streams.isIdle)
        XCTAssertEqual(add(&streams, 9999, "x", 0, tag: 0), .held)
        for tsn in 0..<UInt32(2 * SCTPStreams.maxRemembered) { streams.remember([tsn], owner: 1) }
        XCTAssertEqual(add(&streams, 0, "x", 3, tag: 0), .whole)
    }

    /// RFC 8260: fragments of several messages in turn, numbered within their message.
    func testInterleavedMessages() {
        var streams = SCTPStreams()
        func add(_ tsn: UInt32, _ message: UInt32, _ number: UInt32, _ text: String, _ flags: UInt8)
            -> SCTPStreams.Outcome
        {
            let chunk = SCTPBytes.interleaved(tsn, message, number, Array(text.utf8), flags: flags)
            let packet = SCTPBytes.packet([chunk])
            guard case .chunk(let read, _) = SCTPChunk.read(packet.span, at: SCTPHeader.length, packetIsCut: false),
                let data = SCTPData(packet.span, read)
            else { return .refused }
            return streams.add(data, packet.span, tag: tsn, now: 0)
        }
        XCTAssertEqual(add(1, 5, 99, "a", 2), .held)
        XCTAssertEqual(add(2, 6, 99, "x", 2), .held)
        XCTAssertEqual(add(3, 6, 1, "y", 1).text, "xy")
        XCTAssertEqual(add(4, 5, 2, "c", 1), .held)
        XCTAssertEqual(add(5, 5, 1, "b", 0).text, "abc")
    }
}

extension SCTPStreams.Outcome {
    fileprivate var text: String? {
        if case .complete(let message) = self { String(decoding: message.bytes, as: UTF8.self) } else { nil }
    }
}

/// SCTP packets for tests.
enum SCTPBytes {
    static func packet(_ chunks: [[UInt8]], tag: UInt32 = 7) -> [UInt8] {
        [0x13, 0xc4, 0x13, 0xc4] + long(tag) + [0, 0, 0, 0] + chunks.flatMap { $0 }
    }

    static func data(_ tsn: UInt32, _ payload: [UInt8], flags: UInt8 = 3) -> [UInt8] {
        chunk(0, flags, long(tsn) + [0, 1, 0, 2, 0, 0, 0, 0] + payload)
    }

    static func interleaved(_ tsn: UInt32, _ message: UInt32, _ number: UInt32, _ payload: [UInt8], flags: UInt8)
        -> [UInt8]
    {
        chunk(64, flags, long(tsn) + [0, 1, 0, 0] + long(message) + long(number) + payload)
    }

    static func chunk(_ type: UInt8, _ flags: UInt8, _ value: [UInt8]) -> [UInt8] {
        let length = 4 + value.count
        return [type, flags, UInt8(length >> 8), UInt8(length & 255)] + value
            + [UInt8](repeating: 0, count: (4 - length % 4) % 4)
    }

    private static func long(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
