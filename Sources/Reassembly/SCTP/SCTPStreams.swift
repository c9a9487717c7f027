import PacketDecoding

/// Puts the user messages of one direction of an SCTP association together (RFC 9260 section 6.9).
///
/// A message in one chunk is complete at once, whatever its TSN: messages are independent of each other, and a message
/// that was lost must not keep later ones waiting. Fragments wait for each other. TSNs of messages that are done are
/// remembered, so that a chunk that is sent again finds its message and is no second one.
public struct SCTPStreams: Sendable {
    /// Where a chunk's bytes come from: a handle of the caller.
    public typealias Tag = UInt32

    public enum Outcome: Sendable, Hashable {
        /// The chunk is a whole message.
        case whole
        /// It was the last missing one of this message, which came in these packets, in the order of the message.
        case complete(Message)
        /// It waits, and with it its packet.
        case held
        /// It was seen before; the owner is what `remember` was told.
        case repeated(owner: UInt64)
        /// It is here already and waits.
        case repeatedHeld
        /// No room.
        case refused
    }

    public struct Message: Sendable, Hashable {
        public var bytes: [UInt8]
        public var tags: [Tag]
        public var tsns: [UInt32]
    }

    public static let maxRemembered = 256
    /// Fragments that wait in one direction.
    public static let maxFragments = 1024
    /// Their bytes.
    public static let maxBytes = 2 << 20

    /// Consecutive fragments of one message.
    private struct Run {
        var message: UInt64
        var first: UInt32
        var pieces: [Piece]
        var begins: Bool
        var ends: Bool
        var since: Int64
        /// Where the next one belongs.
        var next: UInt32 { first &+ UInt32(pieces.count) }
    }

    private struct Piece {
        var tsn: UInt32
        var bytes: [UInt8]
        var tag: Tag
    }

    private struct Remembered {
        var tsn: UInt32
        var owner: UInt64
    }

    private var runs: [Run] = []
    private var remembered: [Remembered] = []
    private var nextRemembered = 0
    private var fragments = 0
    private var bytes = 0

    public init() {}

    public var isIdle: Bool { runs.isEmpty }

    public mutating func add(_ data: SCTPData, _ packet: Span<UInt8>, tag: Tag, now: Int64) -> Outcome {
        if let seen = remembered.last(where: { $0.tsn == data.tsn }) { return .repeated(owner: seen.owner) }
        if data.isFirst, data.isLast { return .whole }
        for run in runs where run.message == data.message && data.fragment &- run.first < UInt32(run.pieces.count) {
            return .repeatedHeld
        }
        guard fragments < SCTPStreams.maxFragments, bytes + data.payload.count <= SCTPStreams.maxBytes else {
            return .refused
        }
        var copy: [UInt8] = []
        let payload = packet.extracting(data.payload)
        // Copied before the pointer ends.
        unsafe payload.withUnsafeBufferPointer { unsafe copy.append(contentsOf: $0) }
        fragments += 1
        bytes += copy.count
        let index = insert(data, Piece(tsn: data.tsn, bytes: copy, tag: tag), now)
        guard runs[index].begins, runs[index].ends else { return .held }
        return .complete(take(index))
    }

    /// Puts the fragment where it belongs. Returns the run it is in now.
    private mutating func insert(_ data: SCTPData, _ piece: Piece, _ now: Int64) -> Int {
        let before = runs.firstIndex {
            $0.message == data.message && !$0.ends && !data.isFirst && $0.next == data.fragment
        }
        let after = runs.firstIndex {
            $0.message == data.message && !$0.begins && !data.isLast && $0.first == data.fragment &+ 1
        }
        guard let before else {
            if let after {
                runs[after].pieces.insert(piece, at: 0)
                runs[after].first = data.fragment
                runs[after].begins = data.isFirst
                return after
            }
            runs.append(
                Run(
                    message: data.message, first: data.fragment, pieces: [piece], begins: data.isFirst,
                    ends: data.isLast, since: now))
            return runs.count - 1
        }
        runs[before].pieces.append(piece)
        runs[before].ends = data.isLast
        guard let after else { return before }
        runs[before].pieces += runs[after].pieces
        runs[before].ends = runs[after].ends
        runs.remove(at: after)
        return after < before ? before - 1 : before
    }

    private mutating func take(_ index: Int) -> Message {
        let run = runs.remove(at: index)
        var message = Message(bytes: [], tags: [], tsns: [])
        for piece in run.pieces {
            message.bytes += piece.bytes
            message.tags.append(piece.tag)
            message.tsns.append(piece.tsn)
        }
        fragments -= run.pieces.count
        bytes -= message.bytes.count
        return message
    }

    /// The message of these chunks is done, and whose it was.
    public mutating func remember(_ tsns: [UInt32], owner: UInt64) {
        for tsn in tsns.suffix(SCTPStreams.maxRemembered) {
            let entry = Remembered(tsn: tsn, owner: owner)
            if remembered.count < SCTPStreams.maxRemembered {
                remembered.append(entry)
            } else {
                remembered[nextRemembered] = entry
                nextRemembered = (nextRemembered + 1) % SCTPStreams.maxRemembered
            }
        }
    }

    /// Gives up what has waited since before `time`. Returns the tags of the packets.
    public mutating func giveUp(before time: Int64) -> [Tag] {
        var tags: [Tag] = []
        runs.removeAll { run in
            guard run.since < time else { return false }
            tags += run.pieces.map(\.tag)
            fragments -= run.pieces.count
            bytes -= run.pieces.reduce(0) { $0 + $1.bytes.count }
            return true
        }
        return tags
    }
}
