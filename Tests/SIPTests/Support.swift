import PacketDecoding
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

/// A generator with a seed that is printed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

/// Runs every parser of the module over the bytes. Nothing is expected but that it returns.
func exercise(_ bytes: [UInt8]) {
    let span = bytes.span
    _ = looksLikeSIP(span)
    let patterns = ["alice", "+49*", "*31"].compactMap { try? UserPattern($0) }
    for isCut in [false, true] {
        guard case .message(let message) = SIPMessage.parse(span, isCut: isCut) else { continue }
        var headers = message.headers
        while let header = headers.next(in: span) {
            _ = header.unfolded(in: span)
            exerciseValue(span, header.value)
        }
        for pattern in patterns { _ = pattern.matches(message, in: span) }
        let sdp = message.sessionDescription(in: span)
        exerciseSDP(span.bytes(sdp))
    }
    exerciseSDP(span)
    exerciseValue(span, ByteRange(0, span.count))
    var framer = SIPStreamFramer()
    var position = 0
    framing: while true {
        switch framer.next(in: span, from: position) {
        case .needMore: break framing
        case .message(let range), .keepalive(let range), .notSIP(let range, _):
            precondition(range.lowerBound == position && !range.isEmpty && range.upperBound <= span.count)
            position = range.upperBound
        }
    }
}

private func exerciseValue(_ span: Span<UInt8>, _ value: ByteRange) {
    var list = value
    while true {
        let address = NameAddress(span, in: list)
        _ = address.displayName(in: span)
        _ = address.tag(in: span)
        _ = SIPURI(span, in: address.uri)
        guard address.rest.isPresent, address.rest.start > list.start else { break }
        list = address.rest
    }
    let via = Via(span, in: value)
    _ = via.received(in: span)
    _ = via.rport(in: span)
    _ = CSeq(span, in: value)
    var parts = BodyPartIterator(body: ByteRange(0, span.count), boundary: value)
    while let part = parts.next(in: span) { _ = part.contentType }
}

private func exerciseSDP(_ span: Span<UInt8>) {
    var endpoints = SDPEndpoints()
    endpoints.collect(span)
    precondition(endpoints.items.count <= SDPEndpoints.limit)
    guard let description = SessionDescription.parse(span) else { return }
    for media in description.media {
        for type in media.payloadTypes { _ = media.format(of: type, in: span) }
    }
}
