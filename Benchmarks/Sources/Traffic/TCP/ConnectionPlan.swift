/// How a connection's messages are cut into segments, and what happens to those.
public struct SegmentationPlan: Sendable {
    /// Share of messages cut into two to four segments.
    public var split = 0.0
    /// Share of messages sent byte by byte.
    public var bytewise = 0.0
    /// Messages of one direction within 6 ms leave in one segment.
    public var coalesces = false
    /// Share of segments that change places with the one before them in the same message.
    public var reordering = 0.0
    /// Share of segments seen again after they were delivered.
    public var retransmission = 0.0
    /// Share of segments that begin with bytes of the segment before.
    public var overlap = 0.0
    /// CRLF keepalives (RFC 5626 section 3.5.1) this far apart; 0: none.
    public var keepaliveInterval: UInt64 = 0
    /// Sequence numbers begin close below 2^32.
    public var wraps = false

    public init() {}
}

/// Bytes of one direction of a connection, with whose they are.
struct OctetStream {
    /// One message (or keepalive) in the stream.
    struct Chunk {
        var range: Range<Int>
        /// Place in the connection's messages; nil for a keepalive.
        var message: Int?
        /// The message ends with it.
        var isLast = true
    }

    private(set) var bytes: [UInt8] = []
    private(set) var chunks: [Chunk] = []

    mutating func append(_ text: [UInt8], message: Int?, isLast: Bool = true) -> Range<Int> {
        let range = bytes.count..<(bytes.count + text.count)
        bytes.append(contentsOf: text)
        chunks.append(Chunk(range: range, message: message, isLast: isLast))
        return range
    }

    /// One message in several frames, some of which are nobody's.
    mutating func append(_ frames: [(bytes: [UInt8], isMessage: Bool)], message: Int) -> Range<Int> {
        let start = bytes.count
        let last = frames.lastIndex(where: \.isMessage)
        for (place, frame) in frames.enumerated() {
            _ = append(frame.bytes, message: frame.isMessage ? message : nil, isLast: place == last)
        }
        return start..<bytes.count
    }

    /// The chunks that have a byte in `range`.
    func chunks(in range: Range<Int>) -> ArraySlice<Chunk> {
        var (low, high) = (0, chunks.count)
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].range.upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < chunks.count, chunks[end].range.lowerBound < range.upperBound { end += 1 }
        return chunks[low..<end]
    }
}

/// A segment with payload, before it has numbers.
struct PlannedSegment {
    var time: UInt64
    var fromClient: Bool
    var range: Range<Int>
}

/// Cuts one connection's messages into segments.
struct Segmenter {
    static let maximumSegment = 1400

    let plan: SegmentationPlan
    var random: SplitMix64
    var client = OctetStream()
    var server = OctetStream()
    private(set) var segments: [PlannedSegment] = []
    private var held: (fromClient: Bool, range: Range<Int>, time: UInt64)?
    /// Segments of one direction leave in this order, whatever the messages' times.
    private var lastTime: (client: UInt64, server: UInt64) = (0, 0)

    init(plan: SegmentationPlan, random: SplitMix64) {
        (self.plan, self.random) = (plan, random)
    }

    /// Messages come in order of time.
    mutating func add(_ text: [UInt8], message: Int?, fromClient: Bool, at time: UInt64) {
        let range =
            fromClient ? client.append(text, message: message) : server.append(text, message: message)
        add(range, isMessage: message != nil, fromClient: fromClient, at: time)
    }

    mutating func add(
        _ frames: [(bytes: [UInt8], isMessage: Bool)], message: Int, fromClient: Bool, at time: UInt64
    ) {
        let range =
            fromClient ? client.append(frames, message: message) : server.append(frames, message: message)
        add(range, isMessage: true, fromClient: fromClient, at: time)
    }

    private mutating func add(_ range: Range<Int>, isMessage: Bool, fromClient: Bool, at time: UInt64) {
        guard plan.coalesces, isMessage else {
            release()
            return cut(range, fromClient: fromClient, at: time)
        }
        if let before = held, before.fromClient == fromClient, time - before.time < 6_000_000 {
            held = (fromClient, before.range.lowerBound..<range.upperBound, before.time)
            heldUntil = time
            return
        }
        release()
        held = (fromClient, range, time)
        heldUntil = time
    }

    private var heldUntil: UInt64 = 0

    mutating func release() {
        guard let before = held else { return }
        held = nil
        cut(before.range, fromClient: before.fromClient, at: heldUntil)
    }

    private mutating func cut(_ range: Range<Int>, fromClient: Bool, at time: UInt64) {
        let first = segments.count
        var pieces: [Range<Int>] = []
        var gap: UInt64 = 0
        if random.chance(plan.bytewise) {
            pieces = range.map { $0..<($0 + 1) }
            gap = 8_000
        } else if random.chance(plan.split), range.count > 8 {
            var cuts = (0..<(1 + random.below(3))).map { _ in range.lowerBound + 1 + random.below(range.count - 1) }
            cuts.append(range.upperBound)
            var start = range.lowerBound
            for end in cuts.sorted() where end > start {
                pieces.append(start..<end)
                start = end
            }
            gap = random.within(100_000...900_000)
        } else {
            pieces = [range]
            gap = 20_000
        }
        var at = max(time, (fromClient ? lastTime.client : lastTime.server) + 10_000)
        for piece in pieces.flatMap(Self.withinMaximum) {
            segments.append(PlannedSegment(time: at, fromClient: fromClient, range: overlapped(piece)))
            at += gap
        }
        if fromClient { lastTime.client = at } else { lastTime.server = at }
        disturb(from: first)
    }

    private static func withinMaximum(_ piece: Range<Int>) -> [Range<Int>] {
        stride(from: piece.lowerBound, to: piece.upperBound, by: maximumSegment).map {
            $0..<min($0 + maximumSegment, piece.upperBound)
        }
    }

    private mutating func overlapped(_ piece: Range<Int>) -> Range<Int> {
        guard piece.lowerBound > 0, random.chance(plan.overlap) else { return piece }
        let room = min(piece.lowerBound, max(0, Self.maximumSegment - piece.count))
        return (piece.lowerBound - min(room, 1 + random.below(200)))..<piece.upperBound
    }

    private mutating func disturb(from first: Int) {
        let last = segments.count
        for place in first..<last {
            if place > first, random.chance(plan.reordering) {
                (segments[place].time, segments[place - 1].time) = (segments[place - 1].time, segments[place].time)
            }
            if random.chance(plan.retransmission) {
                var again = segments[place]
                again.time += random.within(3_000_000...300_000_000)
                segments.append(again)
            }
        }
    }
}
