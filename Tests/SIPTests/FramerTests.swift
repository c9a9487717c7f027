import TestSupport
import Testing

@testable import SIP

private func message(_ id: String, body: String = "", length: String? = nil, name: String = "Content-Length") -> String
{
    let declared = length ?? "\(body.utf8.count)"
    let header = declared.isEmpty ? "" : "\(name): \(declared)\r\n"
    return "INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=1\r\nCall-ID: \(id)\r\n\(header)\r\n\(body)"
}

@Suite struct FramerTests {
    private let stream =
        "\r\n\r\n" + message("one", body: "v=0\r\n") + message("two", name: "l")
        + message("three", body: "x\r\n\r\nBYE sip:q SIP/2.0\r\n") + "\r\n" + message("four", length: "")

    @Test func messagesAreCutByContentLength() {
        let all = FramedStream([Array(stream.utf8)])
        #expect(all.messages.count == 4)
        #expect(all.messages[2] == message("three", body: "x\r\n\r\nBYE sip:q SIP/2.0\r\n"))
        #expect(all.keepalives == 6)
        #expect(all.faults.isEmpty)
        #expect(all.left == 0)
    }

    @Test func theSplitDoesNotMatter() {
        let bytes = Array(stream.utf8)
        let whole = FramedStream([bytes])
        for split in 0...bytes.count {
            #expect(FramedStream([Array(bytes[..<split]), Array(bytes[split...])]) == whole, "split at \(split)")
        }
        #expect(FramedStream(bytes.map { [$0] }) == whole)
    }

    @Test func garbageIsSkippedToTheNextStartLine() {
        let bytes = Array(("\u{16}\u{3}\u{1}tls\r\nVia: x\r\n\r\nv=0\r\na=x y\r\n" + message("one")).utf8)
        let whole = FramedStream([bytes])
        #expect(whole.messages == [message("one")])
        #expect(whole.faults == [.noStartLine])
        for split in 0...bytes.count {
            #expect(FramedStream([Array(bytes[..<split]), Array(bytes[split...])]).messages == [message("one")])
        }
        #expect(FramedStream(bytes.map { [$0] }).messages == [message("one")])
    }

    @Test(arguments: ["-1", "garbage", "1048577", "99999999999999999999", "5, 6"])
    func badLengthLeavesTheBodyOut(length: String) {
        let bad = message("bad", body: "", length: length)
        let text = message("one") + bad + "BYE of a body\r\n" + message("two")
        let framed = FramedStream(Array(text.utf8).map { [$0] })
        #expect(framed.messages == [message("one"), bad, message("two")])
        #expect(framed.faults == [.noStartLine])
    }

    @Test func foldedAndEmptyLengthsAreRead() {
        let folded = message("one", body: "abc", length: "\r\n 3")
        #expect(FramedStream([Array((folded + message("two")).utf8)]).messages == [folded, message("two")])
        let empty = message("one", length: " ")
        #expect(FramedStream([Array((empty + message("two")).utf8)]).messages == [empty, message("two")])
    }

    @Test func headersThatDoNotEndAreRefused() {
        let limits = SIPStreamFramer.Limits(headerSectionBytes: 1_000, bodyBytes: 100, startLineBytes: 200)
        let endless = "INFO sip:a@b SIP/2.0\r\n" + String(repeating: "X-Pad: 0123456789\r\n", count: 100)
        let framed = FramedStream([Array((endless + message("one")).utf8)], limits: limits)
        #expect(framed.faults == [.headerSectionTooLong])
        #expect(framed.messages == [message("one")])
        let longLine = "INFO sip:" + String(repeating: "a", count: 300) + " SIP/2.0\r\n\r\n"
        #expect(FramedStream([Array((longLine + message("one")).utf8)], limits: limits).messages == [message("one")])
        #expect(FramedStream([Array((longLine + message("one")).utf8)], limits: limits).faults == [.startLineTooLong])
        #expect(FramedStream([Array(message("one", length: "101").utf8)], limits: limits).messages.count == 1)
    }

    @Test func aStartLineAmongHeadersBeginsAMessage() {
        let lost = "INFO sip:a@b SIP/2.0\r\nVia: lost the rest\r\n"
        for split in 0..<lost.utf8.count {
            let bytes = Array((lost + message("one")).utf8)
            let framed = FramedStream([Array(bytes[..<split]), Array(bytes[split...])])
            #expect(framed.messages == [message("one")])
            #expect(framed.faults == [.headersInterrupted])
        }
        #expect(FramedStream([Array((lost + "SIP/2.0 200 OK\r\nl: 0\r\n\r\n").utf8)]).messages.count == 1)
    }

    /// What is told without framing is what framing gives; where something is odd, framing is left to tell.
    @Test func aWholeMessageIsTakenAsItIs() {
        let whole =
            "INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@b>\r\n"
            + "Call-ID: one\r\nCSeq: 1 INFO\r\nContent-Length: 10\r\n\r\n0123456789"
        for (text, isTaken) in [
            (whole, true), (String(whole.dropLast()), false), (whole + "x", false), ("\r\n" + whole, false),
            (whole.replacing("Content-Length", with: "Content-Size"), false),
            (whole.replacing("\r\n", with: "\n"), false),
        ] {
            let bytes = Array(text.utf8)
            var framer = SIPStreamFramer()
            guard case .message(let parsed) = SIPMessage.parse(bytes.span) else {
                Issue.record("no message: \(text)")
                continue
            }
            var isFound = framer.wouldTake(parsed, from: bytes.span)
            #expect(isFound == isTaken, "\(text)")
            if isTaken { #expect(framer.next(in: bytes.span, from: 0) == .message(0..<bytes.count)) }
            // In the middle of another message nothing is.
            _ = framer.next(in: Array("INV".utf8).span, from: 0)
            isFound = framer.wouldTake(parsed, from: bytes.span)
            #expect(!isFound)
        }
    }

    @Test func pendingTellsWhatIsKnown() {
        var framer = SIPStreamFramer()
        let bytes = Array(message("one", body: "0123456789").utf8)
        #expect(framer.pending == nil)
        #expect(framer.next(in: Array(bytes[..<30]).span, from: 0) == .needMore)
        #expect(framer.pending == PendingMessage(headerBytes: nil, messageBytes: nil))
        #expect(framer.next(in: Array(bytes[..<(bytes.count - 2)]).span, from: 0) == .needMore)
        #expect(framer.pending == PendingMessage(headerBytes: bytes.count - 10, messageBytes: bytes.count))
        framer.reset()
        #expect(framer.pending == nil)
        #expect(framer.next(in: bytes.span, from: 0) == .message(0..<bytes.count))
        #expect(framer.next(in: bytes.span, from: bytes.count) == .needMore)
        #expect(framer.next(in: bytes.span, from: bytes.count + 1) == .needMore)
        #expect(framer.next(in: bytes.span, from: -1) == .needMore)
    }

    /// A megabyte that comes a byte at a time: quadratic work would take hours.
    @Test(.timeLimit(.minutes(1))) func oneByteAtATimeIsLinear() {
        let bytes = Array(message("big", body: String(repeating: "x", count: 1 << 18)).utf8)
        let garbage = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 18)
        for (stream, expected) in [(bytes, 1), (garbage, 0), (Array(message("h").utf8.dropLast(2)) + garbage, 0)] {
            var framer = SIPStreamFramer()
            var position = 0
            var messages = 0
            for end in 1...stream.count {
                // The span grows over one buffer, as a stream reader's does.
                let seen = stream.span.extracting(0..<end)
                steps: while true {
                    switch framer.next(in: seen, from: position) {
                    case .needMore: break steps
                    case .message(let range):
                        messages += 1
                        position = range.upperBound
                    case .keepalive(let range), .notSIP(let range, _): position = range.upperBound
                    }
                }
            }
            #expect(messages == expected)
        }
    }

    /// What is framed is what the parser reads whole.
    @Test func framedMessagesParse() throws {
        for text in FramedStream([Array(stream.utf8)]).messages {
            let parsed = try parse(Array(text.utf8))
            #expect(!parsed.message.isTruncated)
            #expect(!parsed.message.flags.contains(.bytesAfterBody))
        }
    }
}
