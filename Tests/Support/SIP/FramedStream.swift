import SIP

/// What a framer made of a stream.
public struct FramedStream: Equatable {
    public private(set) var messages: [String] = []
    /// Where the messages are in the stream.
    public private(set) var ranges: [Range<Int>] = []
    /// One for each place where no start line was, however many times the framer went on from it.
    public private(set) var faults: [FramingFault] = []
    public private(set) var skipped = 0
    public private(set) var keepalives = 0
    public private(set) var left = 0

    /// Feeds the pieces one after another, moving the buffer as a stream reader would. The framer must go on from where it
    /// is, within the buffer, and what waits is bounded.
    public init(_ pieces: [[UInt8]], limits: SIPStreamFramer.Limits = .init()) {
        let mostWaiting = limits.startLineBytes + limits.headerSectionBytes + limits.bodyBytes
        var framer = SIPStreamFramer(limits: limits)
        var buffer: [UInt8] = []
        var covered = 0
        for piece in pieces {
            buffer += piece
            var position = 0
            steps: while true {
                let range: Range<Int>
                switch framer.next(in: buffer.span, from: position) {
                case .needMore: break steps
                case .message(let found):
                    range = found
                    messages.append(String(decoding: buffer[range], as: UTF8.self))
                    ranges.append((range.lowerBound + covered)..<(range.upperBound + covered))
                case .keepalive(let found):
                    range = found
                    keepalives += range.count
                case .notSIP(let found, let fault):
                    range = found
                    if fault != .noStartLine || faults.last != fault { faults.append(fault) }
                    skipped += range.count
                }
                require(
                    range.lowerBound == position && !range.isEmpty && range.upperBound <= buffer.count,
                    "\(range) behind \(position) in \(buffer.count) bytes")
                position = range.upperBound
            }
            buffer.removeFirst(position)
            covered += position
            require(buffer.count <= mostWaiting + piece.count, "\(buffer.count) bytes wait")
        }
        left = buffer.count
    }
}
