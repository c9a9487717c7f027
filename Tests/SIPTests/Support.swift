import PacketDecoding
import TestSupport
import Testing

@testable import SIP

/// The text with CRLF line ends, as it is on the wire.
func wire(_ text: String) -> [UInt8] {
    Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").utf8)
}

/// A message with its bytes, so that ranges can be read as text.
struct Parsed {
    let bytes: [UInt8]
    let message: SIPMessage

    func text(_ range: ByteRange) -> String? { range.isPresent ? range.string(in: bytes.span) : nil }

    var topVia: Via { Via(bytes.span, in: message.via) }

    /// The values of all headers called `name`, unfolded.
    func values(_ name: String) -> [String] {
        var found: [String] = []
        var headers = message.headers
        while let header = headers.next(in: bytes.span) {
            if header.nameRange.string(in: bytes.span).lowercased() == name.lowercased() {
                found.append(String(decoding: header.unfolded(in: bytes.span), as: UTF8.self))
            }
        }
        return found
    }
}

func parse(_ bytes: [UInt8], isCut: Bool = false) throws -> Parsed {
    guard case .message(let message) = SIPMessage.parse(bytes.span, isCut: isCut) else {
        Issue.record("no message: \(SIPMessage.parse(bytes.span))")
        throw NotAMessage()
    }
    return Parsed(bytes: bytes, message: message)
}

func parse(_ text: String) throws -> Parsed { try parse(wire(text)) }

struct NotAMessage: Error {}

/// Runs every parser of the module over the bytes. Nothing is expected but that it returns, within its limits.
func exercise(_ bytes: [UInt8]) {
    let span = bytes.span
    SIPParsers.readMessage(span)
    SIPParsers.readSessionDescription(span)
    SIPParsers.readHeaderValue(span, ByteRange(0, span.count))
    _ = FramedStream([bytes])
}
