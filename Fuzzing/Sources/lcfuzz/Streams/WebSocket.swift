import SIP
import TestSupport

extension FuzzTarget {
    /// The bytes of one direction: a handshake, perhaps, and frames. However they are cut, the same handshake is seen and
    /// the same messages come out, connections are lost at the same place, and what waits is bounded.
    static func webSocket(_ bytes: [UInt8]) {
        _ = WebSocketHandshake.mayBegin(bytes.span)
        var random = SeededRandom(bytes)
        let pieces = random.pieces(of: bytes)
        let start = handshake([bytes])
        require(start == handshake(pieces), "another handshake when cut")
        let frames = Array(bytes.dropFirst(start))
        _ = WebSocketFrame.carriesSIP(frames.span)
        var left = start
        let framePieces = pieces.compactMap { piece -> [UInt8]? in
            let gone = min(left, piece.count)
            left -= gone
            return gone == piece.count ? nil : Array(piece.dropFirst(gone))
        }
        // Limits that a few frames reach, and the usual ones.
        for limits in [WebSocketFramer.Limits(messageBytes: 700, frames: 5), WebSocketFramer.Limits()] {
            let whole = WebSocketCut([frames], limits)
            let cut = WebSocketCut(framePieces, limits)
            require(whole == cut, "other messages when cut: \(whole) and \(cut)")
        }
    }

    /// Bytes of the handshake at the front.
    private static func handshake(_ pieces: [[UInt8]]) -> Int {
        var handshake = WebSocketHandshake()
        var buffer: [UInt8] = []
        for piece in pieces {
            buffer += piece
            switch handshake.look(at: buffer.span) {
            case .needMore: continue
            case .notHTTP: return 0
            case .request(let end, _), .response(let end, _), .other(let end):
                require(end > 0 && end <= buffer.count, "a handshake of \(end) bytes")
                return end
            }
        }
        return 0
    }
}

/// What a framer made of a direction.
private struct WebSocketCut: Equatable {
    var messages: [[UInt8]] = []
    var ends: [Int] = []
    var faults: [WebSocketFault] = []
    /// Where no frame stood.
    var lostAt: Int?

    init(_ pieces: [[UInt8]], _ limits: WebSocketFramer.Limits) {
        var framer = WebSocketFramer(limits: limits)
        var buffer: [UInt8] = []
        var covered = 0
        // Headers have at most 14 bytes, control frames 131; one of each may be incomplete.
        let mostWaiting = limits.messageBytes + (limits.frames + 1) * 131 + 14
        for piece in pieces {
            buffer += piece
            steps: while true {
                let gone: Int
                switch framer.next(in: buffer.span) {
                case .needMore: break steps
                case .lost(let count):
                    lostAt = covered + count
                    require(count >= 0 && count <= buffer.count, "lost behind \(count) bytes")
                    require(count > 0 || !WebSocketFrame.carriesSIP(buffer.span), "lost where a frame is found again")
                    require(framer.isBetweenMessages, "lost, and within a message")
                    return
                case .skipped(let range, let fault):
                    require(range.lowerBound == 0 && !range.isEmpty && range.upperBound <= buffer.count, "\(range)")
                    if let fault { faults.append(fault) }
                    gone = range.upperBound
                case .message(let found, let end):
                    messages.append(WebSocketCut.payload(found, end, buffer, limits))
                    ends.append(covered + end)
                    gone = end
                }
                buffer.removeFirst(gone)
                covered += gone
            }
            if let end = framer.frameEnd { require(end > 0, "a frame that ends at \(end)") }
            require(buffer.count <= mostWaiting + piece.count, "\(buffer.count) bytes wait")
        }
    }

    private static func payload(
        _ pieces: [WebSocketFramer.Piece], _ end: Int, _ buffer: [UInt8], _ limits: WebSocketFramer.Limits
    ) -> [UInt8] {
        require(!pieces.isEmpty && pieces.count <= limits.frames, "\(pieces.count) frames")
        require(pieces[pieces.count - 1].end == end && end <= buffer.count, "a message that ends at \(end)")
        var payload: [UInt8] = []
        var halves: [UInt8] = []
        var position = 0
        for piece in pieces {
            require(piece.start >= position, "frames within frames")
            position = piece.end
            let (length, half) = (piece.frame.payloadLength, piece.frame.payloadLength / 2)
            piece.frame.appendUnmasked(buffer.span, at: piece.payloadStart, 0..<length, to: &payload)
            piece.frame.appendUnmasked(buffer.span, at: piece.payloadStart, 0..<half, to: &halves)
            piece.frame.appendUnmasked(buffer.span, at: piece.payloadStart, half..<length, to: &halves)
        }
        require(payload == halves, "another payload in two halves")
        require(payload.count <= limits.messageBytes, "a message of \(payload.count) bytes")
        return payload
    }
}
