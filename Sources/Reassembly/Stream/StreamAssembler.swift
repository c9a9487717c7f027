/// Puts the bytes of one direction of a TCP connection in order.
///
/// The caller gives every segment with payload; the assembler says whether it continues the stream, lies ahead of it or
/// repeats it, keeps what lies ahead, and offers the contiguous bytes that no message has consumed yet. It remembers which
/// packets (`tag`, a handle of the caller) contributed which bytes, and for a while which owner consumed them, so that
/// retransmitted segments find their call.
///
/// Stream offsets are 64-bit and start at 0 where the direction was synchronized; sequence numbers (RFC 9293 section 3.4)
/// are unwrapped against the next one expected.
///
/// Cost: appending is amortised constant per byte, a segment out of order costs a binary search and a shift of at most
/// `pending.count` entries of 40 bytes.
public struct StreamAssembler: Sendable {
    /// Stream offset that the next in-order byte will have.
    public private(set) var nextOffset: Int64 = 0
    private var nextSequence: UInt32 = 0
    public private(set) var isSynchronized = false
    /// Bytes in order; those before `head` are consumed.
    private var buffer: [UInt8] = []
    private var head = 0
    private var contributions: [Contribution] = []
    private var firstContribution = 0
    /// Whether contributions stand in the order of their start; a repeated segment breaks it until all are consumed.
    private var contributionsAscend = true
    /// Segments ahead of `nextOffset`, by start.
    private var pending: [PendingSegment] = []
    /// Bytes of the packets that hold them.
    public private(set) var pendingBytes = 0
    private var delivered: [DeliveredRange] = []

    /// Consumed ranges remembered for retransmissions.
    public static let maxDelivered = 1024
    /// A consumed prefix longer than this is cut off the buffer.
    static let compactionThreshold = 16384

    public struct Contribution: Sendable {
        public var start: Int64
        public var end: Int64
        public var tag: UInt32
    }

    public struct PendingSegment: Sendable {
        public var start: Int64
        public var end: Int64
        public var tag: UInt32
        public var heldSince: Int64
        /// The packet that holds the bytes; shared with the caller, not copied.
        var packet: [UInt8]
        var payloadOffset: Int
    }

    public struct DeliveredRange: Sendable {
        public var start: Int64
        public var end: Int64
        public var owner: UInt64
    }

    public init() {}

    // MARK: Synchronizing

    /// The next byte expected has this sequence number (after a SYN: its number plus one).
    public mutating func synchronize(at sequence: UInt32) {
        nextSequence = sequence
        isSynchronized = true
    }

    public var expectedSequence: UInt32 { nextSequence }

    /// Where a segment with this sequence number begins; within 2 GiB of the expected one.
    public func offset(of sequence: UInt32) -> Int64 {
        nextOffset + Int64(Int32(bitPattern: sequence &- nextSequence))
    }

    // MARK: State

    public var unconsumedStart: Int64 { nextOffset - Int64(buffer.count - head) }
    public var unconsumedCount: Int { buffer.count - head }
    public var pendingSegments: [PendingSegment] { pending }
    public var hasPending: Bool { !pending.isEmpty }
    public var firstPendingStart: Int64? { pending.first?.start }
    public var oldestPendingTime: Int64? { pending.isEmpty ? nil : pending.reduce(.max) { min($0, $1.heldSince) } }
    /// Nothing half done: the connection can be forgotten and picked up again at `expectedSequence`.
    public var isIdle: Bool { pending.isEmpty && head == buffer.count }
    /// Bytes of buffer memory in use.
    public var bufferedBytes: Int { buffer.capacity }

    /// The contiguous bytes not yet consumed; stream offset `unconsumedStart` comes first.
    public var unconsumed: Span<UInt8> {
        @_lifetime(borrow self)
        get { buffer.span.extracting(droppingFirst: head) }
    }

    /// A copy of part of the unconsumed bytes.
    public func copyUnconsumed(_ range: Range<Int>, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: buffer[(head + range.lowerBound)..<(head + range.upperBound)])
    }

    public mutating func reserve(_ capacity: Int) {
        if buffer.capacity < capacity { buffer.reserveCapacity(capacity) }
    }

    /// Gives the buffer's memory back if it holds nothing.
    public mutating func releaseMemory() {
        guard head == buffer.count else { return }
        buffer = []
        head = 0
    }

    /// Gives back what a burst has made the buffer grow beyond twice `capacity`, if it holds nothing.
    public mutating func shrink(to capacity: Int) {
        guard head == buffer.count, buffer.capacity > 2 * capacity else { return }
        releaseMemory()
        reserve(capacity)
    }

    // MARK: Arriving segments

    /// Takes the in-order bytes of a segment without storing them: they were consumed where they are.
    ///
    /// Precondition: nothing is unconsumed or pending and the segment starts at `nextOffset`.
    public mutating func advance(by count: Int) {
        nextOffset += Int64(count)
        nextSequence &+= UInt32(truncatingIfNeeded: count)
    }

    /// Adds the part of `payload` that continues the stream; `start` must not lie ahead of `nextOffset`.
    public mutating func append(_ payload: Span<UInt8>, start: Int64, tag: UInt32) {
        let end = start + Int64(payload.count)
        if let last = contributions.last, last.start > start { contributionsAscend = false }
        contributions.append(Contribution(start: start, end: end, tag: tag))
        guard end > nextOffset else { return }
        compact()
        let fresh = payload.extracting(droppingFirst: Int(nextOffset - start))
        unsafe fresh.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        advance(by: fresh.count)
    }

    /// Keeps a segment that lies ahead of the stream.
    public mutating func hold(
        packet: [UInt8], payloadOffset: Int, count: Int, start: Int64, tag: UInt32, at time: Int64
    ) {
        var low = 0
        var high = pending.count
        while low < high {
            let middle = (low + high) / 2
            if pending[middle].start <= start { low = middle + 1 } else { high = middle }
        }
        pending.insert(
            PendingSegment(
                start: start, end: start + Int64(count), tag: tag, heldSince: time, packet: packet,
                payloadOffset: payloadOffset),
            at: low)
        pendingBytes += packet.count
    }

    /// Moves pending segments that now continue the stream into it, and returns them.
    public mutating func drainPending() -> [PendingSegment] {
        var count = 0
        // Each one appended may close the way to the next.
        while count < pending.count, pending[count].start <= nextOffset {
            let segment = pending[count]
            let range = segment.payloadOffset..<(segment.payloadOffset + Int(segment.end - segment.start))
            append(segment.packet.span.extracting(range), start: segment.start, tag: segment.tag)
            pendingBytes -= segment.packet.count
            count += 1
        }
        guard count > 0 else { return [] }
        let drained = Array(pending[..<count])
        pending.removeFirst(count)
        return drained
    }

    /// Takes pending segments out that end at or before `offset`.
    public mutating func removePending(endingBy offset: Int64) -> [PendingSegment] {
        let gone = pending.filter { $0.end <= offset }
        if !gone.isEmpty { pending.removeAll { $0.end <= offset } }
        for segment in gone { pendingBytes -= segment.packet.count }
        return gone
    }

    /// Where the next packet begins behind the front, or the end of what is here: without a position in the stream's own
    /// framing, packets are the only boundaries there are.
    public var nextPacketStart: Int64 {
        let front = unconsumedStart
        var next = nextOffset
        var index = firstContribution
        while index < contributions.count {
            let start = contributions[index].start
            if start > front, start < next { next = start }
            if contributionsAscend, start > front { break }
            index += 1
        }
        return next
    }

    // MARK: Consuming

    /// Tags of the packets that contributed a byte of the stream range, in order of arrival in the stream.
    public func carriers(of range: Range<Int64>) -> [UInt32] {
        var tags: [UInt32] = []
        var index = firstContribution
        while index < contributions.count {
            let contribution = contributions[index]
            if contribution.start < range.upperBound, contribution.end > range.lowerBound {
                tags.append(contribution.tag)
            }
            // Many messages behind one filled hole must not cost the square of their number.
            if contributionsAscend, contribution.start >= range.upperBound { break }
            index += 1
        }
        return tags
    }

    /// Consumes bytes from the front and remembers who got them. Returns the tags no unconsumed byte needs any more.
    public mutating func consume(_ count: Int, owner: UInt64?) -> [UInt32] {
        let start = unconsumedStart
        head += min(count, buffer.count - head)
        if let owner { remember(start..<(start + Int64(count)), owner: owner) }
        return releaseContributions()
    }

    /// Gives up a hole (and what stands before it): the stream goes on at `offset`, which must not lie behind.
    /// Returns the tags of everything unconsumed.
    public mutating func skip(to offset: Int64) -> [UInt32] {
        buffer.removeAll(keepingCapacity: true)
        head = 0
        if offset > nextOffset {
            nextSequence &+= UInt32(truncatingIfNeeded: offset - nextOffset)
            nextOffset = offset
        }
        return releaseContributions()
    }

    private mutating func releaseContributions() -> [UInt32] {
        let start = unconsumedStart
        var tags: [UInt32] = []
        // One that still waits holds back those behind it: they go when it goes.
        while firstContribution < contributions.count, contributions[firstContribution].end <= start {
            tags.append(contributions[firstContribution].tag)
            firstContribution += 1
        }
        if firstContribution == contributions.count {
            contributions.removeAll(keepingCapacity: true)
            firstContribution = 0
            contributionsAscend = true
        } else if firstContribution > 64, firstContribution > contributions.count / 2 {
            contributions.removeFirst(firstContribution)
            firstContribution = 0
        }
        return tags
    }

    private mutating func compact() {
        if head == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            head = 0
        } else if head > StreamAssembler.compactionThreshold, head > buffer.count / 2 {
            buffer.removeFirst(head)
            head = 0
        }
    }

    // MARK: Remembering

    public mutating func remember(_ range: Range<Int64>, owner: UInt64) {
        if delivered.count >= StreamAssembler.maxDelivered { delivered.removeFirst(StreamAssembler.maxDelivered / 2) }
        delivered.append(DeliveredRange(start: range.lowerBound, end: range.upperBound, owner: owner))
    }

    /// Owners of the consumed messages that a repeated segment covers, each once.
    public func owners(of range: Range<Int64>) -> [UInt64] {
        var owners: [UInt64] = []
        for entry in delivered.reversed() {
            if entry.start < range.upperBound, entry.end > range.lowerBound, !owners.contains(entry.owner) {
                owners.append(entry.owner)
            }
            // Ranges ascend, so nothing further back can overlap.
            if entry.end <= range.lowerBound { break }
        }
        return owners
    }
}

extension StreamAssembler {
    /// An assembler for another connection that takes this one's memory over.
    public mutating func surrenderBuffer() -> StreamAssembler {
        var fresh = StreamAssembler()
        // Swapped, not copied: emptying an array that two own allocates another.
        swap(&fresh.buffer, &buffer)
        head = 0
        fresh.buffer.removeAll(keepingCapacity: true)
        return fresh
    }
}

/// What is kept of a direction whose parser was given back between two messages.
public struct ParkedStream: Sendable {
    public var sequence: UInt32
    /// The messages consumed last, by their distance from `sequence` (negative), for segments that are sent again.
    public var delivered: [StreamAssembler.DeliveredRange]

    public static let maxDelivered = 4

    public init(sequence: UInt32) {
        self.sequence = sequence
        delivered = []
    }
}

extension StreamAssembler {
    /// Nil if the direction never was synchronized.
    public var parked: ParkedStream? {
        guard isSynchronized else { return nil }
        var state = ParkedStream(sequence: nextSequence)
        state.delivered = delivered.suffix(ParkedStream.maxDelivered).map {
            DeliveredRange(start: $0.start - nextOffset, end: $0.end - nextOffset, owner: $0.owner)
        }
        return state
    }

    public mutating func resume(_ state: ParkedStream) {
        synchronize(at: state.sequence)
        nextOffset = 0
        delivered = state.delivered
    }
}
