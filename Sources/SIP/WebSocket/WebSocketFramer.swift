/// Cuts the bytes of one direction of a WebSocket connection into messages (RFC 6455 section 5.4), each of which is one SIP
/// message (RFC 7118 section 5).
///
/// The caller keeps the bytes, as for `SIPStreamFramer`: it gives the same front again with more behind it, and takes away
/// what a step says. The framer keeps where the next frame begins and the frames of the message at the front, so that each
/// header is read once.
public struct WebSocketFramer: Sendable {
    public struct Limits: Sendable, Hashable {
        /// Payload of a message in all its frames.
        public let messageBytes: Int
        /// Frames of a message, and control frames in between.
        public let frames: Int

        public init(messageBytes: Int = 65_536 + 1 << 20, frames: Int = 4096) {
            self.messageBytes = max(1, min(messageBytes, 1 << 30))
            self.frames = max(1, frames)
        }
    }

    /// A frame of the message at the front; offsets count from the front.
    public struct Piece: Sendable, Hashable {
        public var frame: WebSocketFrame
        public var start: Int
        public var payloadStart: Int { start + frame.headerLength }
        public var end: Int { payloadStart + frame.payloadLength }
    }

    public let limits: Limits
    /// Data frames whose header is complete.
    public private(set) var pieces: [Piece] = []
    /// Where the next frame begins.
    private var next = 0
    private var payloadBytes = 0
    /// Control frames before `next`.
    private var controls = 0
    /// Bytes still to come of a frame that is not wanted.
    private var unwantedBytes = 0

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Nothing of a frame is known, and none is being skipped.
    public var isBetweenMessages: Bool { pieces.isEmpty && next == 0 && unwantedBytes == 0 }

    /// Where the frame ends of which the front has the header and not all of the payload.
    public var frameEnd: Int? { pieces.isEmpty ? nil : max(next, pieces[pieces.count - 1].end) }

    public mutating func next(in buffer: Span<UInt8>) -> WebSocketStep {
        if unwantedBytes > 0 {
            let count = min(unwantedBytes, buffer.count)
            guard count > 0 else { return .needMore }
            unwantedBytes -= count
            return .skipped(0..<count, nil)
        }
        while true {
            if let last = pieces.last, next < last.end {
                guard buffer.count >= last.end else { return .needMore }
                next = last.end
                if last.frame.isFinal { return finish() }
            }
            let frame: WebSocketFrame
            switch WebSocketFrame.read(buffer, from: next) {
            case .needMore: return .needMore
            case .malformed: return lose()
            case .frame(let found): frame = found
            }
            if frame.opcode.isControl {
                let end = next + frame.headerLength + frame.payloadLength
                guard buffer.count >= end else { return .needMore }
                if pieces.isEmpty { return .skipped(0..<end, nil) }
                controls += 1
                guard pieces.count + controls <= limits.frames else { return lose() }
                next = end
            } else if let step = take(frame, buffer.count) {
                return step
            }
        }
    }

    /// A data frame; nil if it became part of the message at the front.
    private mutating func take(_ frame: WebSocketFrame, _ available: Int) -> WebSocketStep? {
        let isContinuation = frame.opcode == .continuation
        // A message may not begin within another.
        if !pieces.isEmpty, !isContinuation { return lose() }
        // The rest of a message whose beginning was given up.
        if pieces.isEmpty, isContinuation { return skip(frame, available, nil) }
        payloadBytes += frame.payloadLength
        if payloadBytes > limits.messageBytes || pieces.count + controls >= limits.frames {
            let start = next
            reset()
            return skip(frame, available, .tooLong, from: start)
        }
        pieces.append(Piece(frame: frame, start: next))
        if frame.payloadLength == 0 {
            next += frame.headerLength
            if frame.isFinal { return finish() }
        }
        return nil
    }

    /// Everything up to the end of this frame is not wanted, what is not here yet included.
    private mutating func skip(
        _ frame: WebSocketFrame, _ available: Int, _ fault: WebSocketFault?, from start: Int = 0
    ) -> WebSocketStep {
        let end = start + frame.headerLength + frame.payloadLength
        unwantedBytes = max(0, end - available)
        return .skipped(0..<min(end, available), fault)
    }

    /// The message at the front is complete. Its frames stay in `pieces` until `next` is called with the next front.
    private mutating func finish() -> WebSocketStep {
        let done = pieces
        let end = next
        reset()
        if done[0].frame.isCompressed { return .skipped(0..<end, .compressed) }
        return .message(done, end: end)
    }

    private mutating func lose() -> WebSocketStep {
        // In front of it are whole frames of a message that has no end: whoever looked there again would find them again.
        let count = next
        reset()
        return .lost(behind: count)
    }

    private mutating func reset() { self = WebSocketFramer(limits: limits) }
}

/// What the framer found at the front of the buffer.
public enum WebSocketStep: Sendable, Hashable {
    /// Nothing complete: call again with the same front and more bytes behind it.
    case needMore
    /// A whole message in these frames, and where the next frame begins; control frames may stand between them.
    case message([WebSocketFramer.Piece], end: Int)
    /// Nothing of a message: a control frame, or a message that is not for us.
    case skipped(Range<Int>, WebSocketFault?)
    /// No frame stands where one should begin, behind so many bytes of a message that is not to be had.
    case lost(behind: Int)
}

public enum WebSocketFault: UInt8, Sendable, CaseIterable {
    /// permessage-deflate (RFC 7692), which we do not read.
    case compressed
    /// Longer than `Limits` allows.
    case tooLong
}
