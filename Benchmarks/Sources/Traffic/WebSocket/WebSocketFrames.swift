/// How messages are put into WebSocket frames (RFC 6455, RFC 7118).
public struct WebSocketPlan: Sendable {
    /// Share of messages in two to five frames.
    public var fragmentation = 0.3
    /// Share of gaps between two frames of a message that have a ping or a pong in them, and of messages with one before.
    public var controls = 0.2
    /// Share of messages in binary frames.
    public var binary = 0.2

    public init() {}
}

/// Makes frames.
struct WebSocketFrames {
    let plan: WebSocketPlan
    var random: SplitMix64

    static let request = Array(
        ("GET /sip HTTP/1.1\r\nHost: sip.example\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n"
            + "Sec-WebSocket-Version: 13\r\nOrigin: https://phone.example\r\n\r\n").utf8)
    static let response = Array(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n").utf8)

    /// The frames of one message, with which of them are the message's.
    mutating func message(_ text: [UInt8], fromClient: Bool) -> [(bytes: [UInt8], isMessage: Bool)] {
        var frames: [(bytes: [UInt8], isMessage: Bool)] = []
        if random.chance(plan.controls) { frames.append((control(fromClient: fromClient), false)) }
        var cuts = [text.count]
        if random.chance(plan.fragmentation) {
            cuts += (0..<(1 + random.below(4))).map { _ in 1 + random.below(text.count - 1) }
        }
        var start = 0
        let opcode: UInt8 = random.chance(plan.binary) ? 2 : 1
        for end in cuts.sorted() where end > start || end == text.count {
            if start > 0, random.chance(plan.controls) { frames.append((control(fromClient: fromClient), false)) }
            let isLast = end == text.count
            let first: UInt8 = (isLast ? 0x80 : 0) | (start == 0 ? opcode : 0)
            frames.append((frame(first, Array(text[start..<end]), isMasked: fromClient), true))
            start = end
            if isLast { break }
        }
        return frames
    }

    private mutating func control(fromClient: Bool) -> [UInt8] {
        let payload = (0..<random.below(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        return frame(random.chance(0.5) ? 0x89 : 0x8A, payload, isMasked: fromClient)
    }

    private mutating func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool) -> [UInt8] {
        let bit: UInt8 = isMasked ? 0x80 : 0
        var bytes = [first]
        if payload.count < 126 {
            bytes.append(bit | UInt8(payload.count))
        } else {
            bytes.append(bit | 126)
            bytes.append(big16: UInt16(payload.count))
        }
        guard isMasked else { return bytes + payload }
        let key = (0..<4).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes += key
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index % 4]) }
        return bytes
    }
}
