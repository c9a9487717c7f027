/// The header of a WebSocket frame (RFC 6455 section 5.2).
///
/// ```
///  0  FIN, RSV1-3, opcode      2  extended length: 0, 2 or 8 bytes
///  1  MASK, length             +  masking key: 0 or 4 bytes
/// ```
public struct WebSocketFrame: Sendable, Hashable {
    public enum Opcode: UInt8, Sendable, Hashable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        /// Control frames have no fragments and at most 125 bytes (section 5.5).
        public var isControl: Bool { rawValue & 8 != 0 }
    }

    public var opcode: Opcode
    /// The last frame of its message.
    public var isFinal: Bool
    /// RSV1: compressed, when permessage-deflate was negotiated (RFC 7692 section 6).
    public var isCompressed: Bool
    /// The key, its first byte uppermost; nil for a frame that is not masked.
    public var mask: UInt32?
    public var headerLength: Int
    public var payloadLength: Int

    /// No connection carries more; positions within it can be added without overflow.
    public static let maxPayloadLength: UInt64 = 1 << 40

    public enum ReadResult: Sendable, Hashable {
        case frame(WebSocketFrame)
        case needMore
        /// No frame: reserved bits or opcode, a control frame that is long or in fragments, a length that is not in its
        /// shortest form or has its uppermost bit set.
        case malformed
    }

    /// Reads the header that begins at `start`.
    public static func read(_ bytes: Span<UInt8>, from start: Int) -> ReadResult {
        let available = bytes.count - start
        guard available >= 1 else { return .needMore }
        let first = bytes[start]
        // RSV2 and RSV3 belong to no extension that is in use.
        guard first & 0x30 == 0, let opcode = Opcode(rawValue: first & 15) else { return .malformed }
        let isFinal = first & 0x80 != 0
        let isCompressed = first & 0x40 != 0
        if opcode.isControl, !isFinal || isCompressed { return .malformed }
        guard available >= 2 else { return .needMore }
        let second = bytes[start + 1]
        let short = Int(second & 0x7f)
        if opcode.isControl, short > 125 { return .malformed }
        let extended = short == 126 ? 2 : short == 127 ? 8 : 0
        let maskLength = second & 0x80 != 0 ? 4 : 0
        let headerLength = 2 + extended + maskLength
        guard available >= 2 + extended else { return .needMore }
        var length = UInt64(short)
        if extended > 0 {
            length = 0
            for index in 0..<extended { length = length << 8 | UInt64(bytes[start + 2 + index]) }
            guard length >= (extended == 2 ? 126 : 65_536), length <= maxPayloadLength else { return .malformed }
        }
        let payloadLength = Int(length)
        guard available >= headerLength else { return .needMore }
        var mask: UInt32?
        if maskLength > 0 {
            mask = 0
            for index in 0..<4 { mask = mask.map { $0 << 8 | UInt32(bytes[start + 2 + extended + index]) } }
        }
        return .frame(
            WebSocketFrame(
                opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, mask: mask, headerLength: headerLength,
                payloadLength: payloadLength))
    }

    /// Appends part of the frame's payload as it was before masking; `range` counts from the payload's first byte, which
    /// is at `start`.
    public func appendUnmasked(
        _ bytes: Span<UInt8>, at start: Int, _ range: Range<Int>, to output: inout [UInt8]
    ) {
        let piece = bytes.extracting((start + range.lowerBound)..<(start + range.upperBound))
        let first = output.count
        // Copied before the pointer ends.
        unsafe piece.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
        guard let mask else { return }
        let key = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: mask >> $0) }
        for index in 0..<piece.count { output[first + index] ^= key[(range.lowerBound + index) & 3] }
    }

    /// Whether `bytes` begin with a data frame whose payload begins with a SIP start line, as far as it is there.
    ///
    /// What tells SIP over WebSocket from other traffic when the handshake was not captured.
    public static func carriesSIP(_ bytes: Span<UInt8>) -> Bool {
        guard case .frame(let frame) = read(bytes, from: 0), frame.opcode == .text || frame.opcode == .binary,
            !frame.isCompressed
        else { return false }
        let count = min(frame.payloadLength, bytes.count - frame.headerLength, SIPLimits.streamStartLineBytes)
        // "SIP/2.0 1" or "A sip:b S": less is no evidence.
        guard count >= 9 else { return false }
        var payload: [UInt8] = []
        payload.reserveCapacity(count)
        frame.appendUnmasked(bytes, at: frame.headerLength, 0..<count, to: &payload)
        switch looksLikeSIP(payload.span) {
        case .yes: return true
        case .no: return false
        case .needMore: return payload.starts(with: Array("SIP/2.0 ".utf8)) || hasSIPURI(payload)
        }
    }

    /// Behind the method stands a URI of SIP.
    private static func hasSIPURI(_ line: [UInt8]) -> Bool {
        guard let blank = line.firstIndex(of: 0x20) else { return false }
        let rest = line[(blank + 1)...].prefix(5).map { $0 | 0x20 }
        return ["sip:", "sips:", "tel:"].contains { rest.starts(with: Array($0.utf8)) }
    }
}
