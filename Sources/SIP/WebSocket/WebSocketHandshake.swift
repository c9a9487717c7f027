/// The HTTP request and response that turn a TCP connection into a WebSocket connection (RFC 6455 section 4).
///
/// Looks for the end of the header section in bytes that keep their front and grow; what was searched is not searched again.
public struct WebSocketHandshake: Sendable {
    private var scanned = 0

    /// Most bytes of the header section that are waited for.
    public static let maxBytes = 16_384
    /// The least that every TCP has to take in one segment (RFC 9293 section 3.7.1): smaller ones were cut on purpose.
    static let smallSegment = 536

    public enum Outcome: Sendable, Hashable {
        /// Not the beginning of an HTTP message that could be one of the two.
        case notHTTP
        case needMore
        /// A header section of so many bytes that asks for a WebSocket connection.
        case request(Int, offersSIP: Bool)
        /// One that agrees to it.
        case response(Int, acceptsSIP: Bool)
        /// Other HTTP.
        case other(Int)
    }

    public init() {}

    public mutating func look(at bytes: Span<UInt8>) -> Outcome {
        let isRequest: Bool
        switch WebSocketHandshake.beginning(bytes) {
        case .notHTTP: return .notHTTP
        case .needMore: return .needMore
        case .request: isRequest = true
        case .response: isRequest = false
        }
        let limit = min(bytes.count, WebSocketHandshake.maxBytes)
        guard let end = headerEnd(bytes, limit) else {
            return bytes.count < WebSocketHandshake.maxBytes ? .needMore : .other(bytes.count)
        }
        scanned = 0
        let header = bytes.extracting(0..<end)
        let facts = WebSocketHandshake.facts(header)
        guard facts.upgrades, isRequest || WebSocketHandshake.isSwitching(header) else { return .other(end) }
        return isRequest ? .request(end, offersSIP: facts.hasSIP) : .response(end, acceptsSIP: facts.hasSIP)
    }

    /// Whether a segment is worth a look although nothing of SIP is in it: it begins one of the two and asks for WebSocket,
    /// or is too small to tell. (A browser's request with large cookies is cut too, but at the size of a segment.)
    public static func mayBegin(_ bytes: Span<UInt8>) -> Bool {
        switch beginning(bytes) {
        case .notHTTP: return false
        case .needMore: return true
        case .request, .response:
            if facts(bytes.extracting(0..<min(bytes.count, maxBytes))).mentionsWebSocket { return true }
            var handshake = WebSocketHandshake()
            return bytes.count < smallSegment && handshake.headerEnd(bytes, bytes.count) == nil
        }
    }

    private enum Beginning { case notHTTP, needMore, request, response }

    private static let requestStart = Array("GET ".utf8)
    private static let responseStart = Array("HTTP/1.1 ".utf8)

    private static func beginning(_ bytes: Span<UInt8>) -> Beginning {
        guard bytes.count > 0 else { return .needMore }
        let isRequest = bytes[0] == requestStart[0]
        let start = isRequest ? requestStart : responseStart
        for index in 0..<min(start.count, bytes.count) where bytes[index] != start[index] { return .notHTTP }
        guard bytes.count >= start.count else { return .needMore }
        return isRequest ? .request : .response
    }

    private static func isSwitching(_ header: Span<UInt8>) -> Bool {
        let code = responseStart.count
        return header.count >= code + 3 && header[code] == UInt8(ascii: "1") && header[code + 1] == UInt8(ascii: "0")
            && header[code + 2] == UInt8(ascii: "1")
    }

    /// Behind the empty line; nil while there is none.
    private mutating func headerEnd(_ bytes: Span<UInt8>, _ limit: Int) -> Int? {
        var index = scanned
        while index < limit {
            if bytes[index] == ASCII.lineFeed {
                if index > 0, bytes[index - 1] == ASCII.lineFeed { return index + 1 }
                if index > 1, bytes[index - 1] == ASCII.carriageReturn, bytes[index - 2] == ASCII.lineFeed {
                    return index + 1
                }
            }
            index += 1
        }
        scanned = limit
        return nil
    }

    private struct Facts {
        var upgrades = false
        var hasSIP = false
        var mentionsWebSocket = false
    }

    /// What the header lines say; the last one may be incomplete.
    private static func facts(_ header: Span<UInt8>) -> Facts {
        var facts = Facts()
        var line = 0
        while line < header.count {
            let end = header.offset(of: ASCII.lineFeed, from: line, to: header.count)
            let colon = header.offset(of: UInt8(ascii: ":"), from: line, to: end)
            if colon < end {
                if header.equalsIgnoringCase("upgrade", from: line, to: colon) {
                    facts.upgrades = has("websocket", in: header, from: colon + 1, to: end)
                    facts.mentionsWebSocket = facts.mentionsWebSocket || facts.upgrades
                } else if header.equalsIgnoringCase("sec-websocket-protocol", from: line, to: colon) {
                    facts.hasSIP = facts.hasSIP || has("sip", in: header, from: colon + 1, to: end)
                    facts.mentionsWebSocket = true
                }
            }
            line = end + 1
        }
        return facts
    }

    /// Whether a list separated by commas has the word.
    private static func has(_ word: StaticString, in header: Span<UInt8>, from start: Int, to end: Int) -> Bool {
        var item = start
        while item < end {
            let comma = header.offset(of: UInt8(ascii: ","), from: item, to: end)
            let first = header.skipLinearSpace(from: item, to: comma)
            let last = header.trimLinearSpace(from: first, backFrom: comma)
            if header.equalsIgnoringCase(word, from: first, to: last) { return true }
            item = comma + 1
        }
        return false
    }
}
