import SIP

extension FuzzTarget {
    /// However a stream is cut, the same messages come out, and what waits is bounded.
    static func framer(_ input: [UInt8]) {
        // A line that turns out to be no start line is skipped sooner when it comes whole: one message behind everything
        // says whether both ways have come to the same place.
        let bytes = input + Array("\r\nOPTIONS sip:last SIP/2.0\r\n\r\n".utf8)
        let limits = SIPStreamFramer.Limits(headerSectionBytes: 1024, bodyBytes: 2048, startLineBytes: 256)
        let whole = frame([bytes], limits)
        var random = SplitMix(bytes)
        var pieces: [[UInt8]] = []
        var position = 0
        let most = random.below(2) == 0 ? 1 : 1 + random.below(300)
        while position < bytes.count {
            let length = min(1 + random.below(most), bytes.count - position)
            pieces.append(Array(bytes[position..<(position + length)]))
            position += length
        }
        let cut = frame(pieces, limits)
        require(whole.messages == cut.messages, "other messages when cut: \(whole.messages) and \(cut.messages)")
    }

    private struct Framed {
        var messages: [Range<Int>] = []
        var covered = 0
    }

    private static func frame(_ pieces: [[UInt8]], _ limits: SIPStreamFramer.Limits) -> Framed {
        var framer = SIPStreamFramer(limits: limits)
        var buffer: [UInt8] = []
        var result = Framed()
        for piece in pieces {
            buffer += piece
            var position = 0
            steps: while true {
                switch framer.next(in: buffer.span, from: position) {
                case .needMore: break steps
                case .message(let range):
                    require(range.lowerBound == position && range.upperBound <= buffer.count, "message \(range)")
                    result.messages.append(
                        (range.lowerBound + result.covered)..<(range.upperBound + result.covered))
                    position = range.upperBound
                case .keepalive(let range), .notSIP(let range, _):
                    require(!range.isEmpty && range.lowerBound == position && range.upperBound <= buffer.count, "range")
                    position = range.upperBound
                }
            }
            buffer.removeFirst(position)
            result.covered += position
            require(buffer.count <= 256 + 1024 + 2048 + piece.count, "\(buffer.count) bytes wait")
        }
        return result
    }
}
