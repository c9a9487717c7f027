import XCTest

@testable import SIP

final class WebSocketFramerTests: XCTestCase {
    /// Everything a stream of bytes is cut into when it comes in pieces of `size` bytes: the messages, unmasked, and the
    /// names of other steps.
    private func cut(_ stream: [UInt8], by size: Int, limits: WebSocketFramer.Limits = .init()) -> [String] {
        var framer = WebSocketFramer(limits: limits)
        var found: [String] = []
        var front: [UInt8] = []
        var position = 0
        while position < stream.count {
            front += stream[position..<min(position + size, stream.count)]
            position += size
            steps: while true {
                switch framer.next(in: front.span) {
                case .needMore: break steps
                case .message(let pieces, let end):
                    var text: [UInt8] = []
                    for piece in pieces {
                        piece.frame.appendUnmasked(
                            front.span, at: piece.payloadStart, 0..<piece.frame.payloadLength, to: &text)
                    }
                    found.append(String(decoding: text, as: UTF8.self))
                    front.removeFirst(end)
                case .skipped(let range, let fault):
                    if let fault { found.append("(\(fault))") }
                    front.removeFirst(range.upperBound)
                case .lost(let count):
                    found.append(count == 0 ? "(lost)" : "(lost behind \(count))")
                    front = []
                    break steps
                }
            }
        }
        return found
    }

    private func checkAnywhere(_ stream: [UInt8], _ expected: [String], limits: WebSocketFramer.Limits = .init()) {
        for size in [1, 2, 3, 7, 64, stream.count] {
            XCTAssertEqual(cut(stream, by: size, limits: limits), expected, "pieces of \(size)")
        }
    }

    func testMessagesInARow() {
        let long = String(repeating: "x", count: 70_000)
        let medium = String(repeating: "y", count: 300)
        checkAnywhere(
            Frames.frame(1, Array("one".utf8), mask: 7) + Frames.frame(2, Array(medium.utf8)) + Frames.frame(1, [])
                + Frames.frame(1, Array(long.utf8), mask: 0xdead_beef),
            ["one", medium, "", long])
    }

    func testFragmentsWithControlFramesBetween() {
        checkAnywhere(
            Frames.frame(9, [1, 2]) + Frames.frame(1, Array("on".utf8), mask: 5, isFinal: false)
                + Frames.frame(9, Array("ping".utf8), mask: 6) + Frames.frame(0, [], isFinal: false)
                + Frames.frame(10, []) + Frames.frame(0, Array("e".utf8), mask: 8) + Frames.frame(1, Array("two".utf8))
                + Frames.frame(8, [3, 232]),
            ["one", "two"])
    }

    func testCompressedMessagesArePassedOver() {
        checkAnywhere(
            Frames.frame(1, [1, 2, 3], isFinal: false, compressed: true) + Frames.frame(0, [4])
                + Frames.frame(1, Array("two".utf8)),
            ["(compressed)", "two"])
    }

    func testTooLongMessagesArePassedOver() {
        let limits = WebSocketFramer.Limits(messageBytes: 100, frames: 4)
        let long = [UInt8](repeating: 65, count: 90)
        checkAnywhere(
            Frames.frame(1, long + long) + Frames.frame(1, Array("two".utf8)), ["(tooLong)", "two"], limits: limits)
        checkAnywhere(
            Frames.frame(1, long, isFinal: false) + Frames.frame(0, long, isFinal: false) + Frames.frame(0, long)
                + Frames.frame(1, Array("two".utf8)),
            ["(tooLong)", "two"], limits: limits)
        let crumbs =
            Frames.frame(1, [65], isFinal: false) + (0..<8).flatMap { _ in Frames.frame(0, [66], isFinal: false) }
        checkAnywhere(
            crumbs + Frames.frame(0, [67]) + Frames.frame(1, Array("two".utf8)), ["(tooLong)", "two"], limits: limits)
    }

    func testNotFrames() {
        checkAnywhere(Frames.frame(1, Array("one".utf8)) + [0xff], ["one", "(lost)"])
        // A message that begins within another, and the end of one whose beginning is not there.
        XCTAssertEqual(
            cut(Frames.frame(1, [65], isFinal: false) + Frames.frame(1, [66]), by: 100), ["(lost behind 3)"])
        checkAnywhere(Frames.frame(0, [65, 66]) + Frames.frame(1, Array("two".utf8)), ["two"])
    }

    func testFrameEnd() {
        var framer = WebSocketFramer()
        let bytes = Array(Frames.frame(1, [UInt8](repeating: 65, count: 200), mask: 1).prefix(50))
        XCTAssertEqual(framer.next(in: bytes.span), .needMore)
        XCTAssertEqual(framer.frameEnd, 208)
        XCTAssertFalse(framer.isBetweenMessages)
    }
}

final class WebSocketHandshakeTests: XCTestCase {
    private static let request =
        "GET /ws HTTP/1.1\r\nHost: a.example\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xmpp, sip\r\n\r\n"
    private static let response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: SIP\r\n\r\n"

    private func look(_ text: String) -> WebSocketHandshake.Outcome {
        var handshake = WebSocketHandshake()
        return handshake.look(at: Array(text.utf8).span)
    }

    func testRequestAndResponse() {
        XCTAssertEqual(look(Self.request), .request(Self.request.utf8.count, offersSIP: true))
        XCTAssertEqual(look(Self.request + "more"), .request(Self.request.utf8.count, offersSIP: true))
        XCTAssertEqual(look(Self.response), .response(Self.response.utf8.count, acceptsSIP: true))
        let other = Self.request.replacing("xmpp, sip", with: "sipx, mqtt")
        XCTAssertEqual(look(other), .request(other.utf8.count, offersSIP: false))
        let refused = Self.response.replacing("101 Switching Protocols", with: "403 Forbidden")
        XCTAssertEqual(look(refused), .other(refused.utf8.count))
        let page = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        XCTAssertEqual(look(page), .other(page.utf8.count))
        XCTAssertEqual(look("POST / HTTP/1.1\r\n\r\n"), .notHTTP)
    }

    /// However it is cut, in any order of growth.
    func testEveryPrefix() {
        for text in [Self.request, Self.response] {
            let bytes = Array(text.utf8)
            var handshake = WebSocketHandshake()
            for count in 0..<bytes.count {
                XCTAssertEqual(handshake.look(at: Array(bytes[..<count]).span), .needMore, "\(count) bytes")
            }
            XCTAssertNotEqual(handshake.look(at: bytes.span), .needMore)
        }
    }

    func testBound() {
        let endless = "GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: WebSocketHandshake.maxBytes)
        XCTAssertEqual(look(endless), .other(endless.utf8.count))
    }

    func testMayBegin() {
        func mayBegin(_ text: String) -> Bool { WebSocketHandshake.mayBegin(Array(text.utf8).span) }
        XCTAssertTrue(mayBegin(Self.request))
        XCTAssertTrue(mayBegin("GE"))
        XCTAssertTrue(mayBegin(Self.response))
        XCTAssertFalse(mayBegin("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        XCTAssertFalse(mayBegin("HTTP/1.1 200 OK\r\n\r\n"))
    }
}
