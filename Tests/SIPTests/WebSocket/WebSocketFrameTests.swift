import XCTest

@testable import SIP

final class WebSocketFrameTests: XCTestCase {
    private func frame(_ bytes: [UInt8]) -> WebSocketFrame? {
        guard case .frame(let frame) = WebSocketFrame.read(bytes.span, from: 0) else { return nil }
        return frame
    }

    /// The examples of RFC 6455 section 5.7.
    func testExamplesOfTheRFC() throws {
        let plain: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]
        let text = try XCTUnwrap(frame(plain))
        XCTAssertEqual(text.opcode, .text)
        XCTAssertTrue(text.isFinal)
        XCTAssertNil(text.mask)
        XCTAssertEqual(text.payloadLength, 5)

        let masked: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        let hidden = try XCTUnwrap(frame(masked))
        XCTAssertEqual(hidden.mask, 0x37fa_213d)
        var output: [UInt8] = []
        hidden.appendUnmasked(masked.span, at: hidden.headerLength, 0..<5, to: &output)
        XCTAssertEqual(String(decoding: output, as: UTF8.self), "Hello")
        // In pieces, the key goes on where it was.
        output = []
        hidden.appendUnmasked(masked.span, at: hidden.headerLength, 0..<3, to: &output)
        hidden.appendUnmasked(masked.span, at: hidden.headerLength, 3..<5, to: &output)
        XCTAssertEqual(String(decoding: output, as: UTF8.self), "Hello")

        XCTAssertFalse(try XCTUnwrap(frame([0x01, 0x03, 0x48, 0x65, 0x6c])).isFinal)
        XCTAssertEqual(try XCTUnwrap(frame([0x80, 0x02, 0x6c, 0x6f])).opcode, .continuation)
        XCTAssertEqual(try XCTUnwrap(frame([0x89, 0x05])).opcode, .ping)
        XCTAssertEqual(try XCTUnwrap(frame([0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d])).opcode, .pong)
        XCTAssertEqual(try XCTUnwrap(frame([0x82, 0x7e, 0x01, 0x00])).payloadLength, 256)
        XCTAssertEqual(try XCTUnwrap(frame([0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0])).payloadLength, 65_536)
    }

    func testMalformed() {
        let wrong: [[UInt8]] = [
            [0x91, 0], [0xa1, 0],  // RSV2 and RSV3
            [0x83, 0], [0x8b, 0],  // reserved opcodes
            [0x09, 0], [0xc9, 0],  // a ping in fragments, and compressed
            [0x89, 0x7e, 0, 126],  // a long ping
            [0x81, 0x7e, 0, 125], [0x81, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff],  // not the shortest form
            [0x81, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0], [0x81, 0x7f, 0x7f, 255, 255, 255, 255, 255, 255, 255],
        ]
        for bytes in wrong { XCTAssertEqual(WebSocketFrame.read(bytes.span, from: 0), .malformed, "\(bytes)") }
        XCTAssertTrue(frame([0xc1, 0])?.isCompressed ?? false)
    }

    func testEveryPrefix() {
        for header: [UInt8] in [
            [0x81, 0x85, 1, 2, 3, 4], [0x81, 0xfe, 1, 0, 1, 2, 3, 4], [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4],
        ] {
            for count in 0..<header.count {
                XCTAssertEqual(WebSocketFrame.read(Array(header[..<count]).span, from: 0), .needMore)
            }
            XCTAssertEqual(frame(header)?.headerLength, header.count)
        }
    }

    func testCarriesSIP() {
        func carries(_ bytes: [UInt8]) -> Bool { WebSocketFrame.carriesSIP(bytes.span) }
        let invite = Array("INVITE sip:bob@b.example SIP/2.0\r\nVia: x\r\n".utf8)
        XCTAssertTrue(carries(Frames.frame(1, invite, mask: 0x3141_5926)))
        XCTAssertTrue(carries(Frames.frame(2, Array("SIP/2.0 200 OK\r\n\r\n".utf8))))
        XCTAssertTrue(carries(Array(Frames.frame(1, invite).prefix(20))))
        XCTAssertFalse(carries(Frames.frame(1, Array("{\"type\":\"hello\",\"id\":12}".utf8), mask: 1)))
        XCTAssertFalse(carries(Frames.frame(9, invite)))
        XCTAssertFalse(carries(Frames.frame(0, invite)))
        XCTAssertFalse(carries(Array(Frames.frame(1, invite).prefix(8))))
        XCTAssertFalse(carries([]))
    }
}

/// WebSocket frames for tests.
enum Frames {
    static func frame(
        _ opcode: UInt8, _ payload: [UInt8], mask: UInt32? = nil, isFinal: Bool = true, compressed: Bool = false
    ) -> [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode]
        let bit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ..<126: bytes.append(bit | UInt8(payload.count))
        case ..<65_536: bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard let mask else { return bytes + payload }
        let key = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: mask >> $0) }
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }
}
