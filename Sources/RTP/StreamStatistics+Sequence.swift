/// Sequence numbers that do not simply follow on (RFC 3550 appendix A.1).
///
/// Forward by up to 3000 is loss. Backward by less than the window is a late packet or a duplicate; the RFC allows 100, we
/// allow what the window can tell exactly. Everything else is believed only when the next packet carries the next number:
/// then the source has begun a new numbering and the numbers between are nobody's loss, so that `expected` never grows
/// by half the number space. One case is told apart: forward, and with at least half the time passed that the missing
/// packets would have taken, is a gap in the capture, and its packets are lost.
extension StreamStatistics {
    /// MAX_DROPOUT of RFC 3550 appendix A.1.
    static let largestDropout: UInt16 = 3000

    @usableFromInline @inline(never)
    mutating func receiveOutOfSequence(_ sequence: UInt16, distance: UInt16, elapsed: Int64, arrival: Int64) {
        guard packets > 1 else {
            begin(sequence, arrival: arrival)
            return
        }
        if elapsed > largestGap { largestGap = elapsed }
        enterFollowing()
        defer { entered = UInt32(truncatingIfNeeded: highest) }
        let backward = 0 &- distance
        if Int(backward) < SequenceWindow.span {
            confirming = -1
            if window.insert(sequence) {
                duplicates &+= 1
            } else {
                outOfOrder &+= 1
                lowest = min(lowest, highest &- Int64(backward))
            }
        } else if distance <= StreamStatistics.largestDropout {
            confirming = -1
            window.advance(to: sequence, distance: distance)
            _ = window.insert(sequence)
            highest &+= Int64(distance)
        } else {
            receiveStray(sequence, distance: distance, elapsed: elapsed)
        }
    }

    /// Enters the numbers that simply followed on.
    private mutating func enterFollowing() {
        let count = UInt32(truncatingIfNeeded: highest) &- entered
        window.follow(to: UInt16(truncatingIfNeeded: highest), count: Int(count))
    }

    private mutating func begin(_ sequence: UInt16, arrival: Int64) {
        firstArrival = arrival
        beginRun(first: sequence)
    }

    private mutating func beginRun(first: UInt16) {
        lowest = Int64(first)
        highest = Int64(first)
        entered = UInt32(truncatingIfNeeded: highest)
        confirming = -1
        window = SequenceWindow()
        _ = window.insert(first)
    }

    private mutating func receiveStray(_ sequence: UInt16, distance: UInt16, elapsed: Int64) {
        let following = Int32(sequence &+ 1)
        if Int32(sequence) == confirming {
            // The packet before, until now a stray, was the first of what follows.
            strays &-= 1
            let first = sequence &- 1
            if confirmsGap {
                highest &+= Int64(distance &- 1)
                window = SequenceWindow()
                _ = window.insert(first)
                confirming = -1
            } else {
                closedRuns &+= highest &- lowest &+ 1
                restarts &+= 1
                beginRun(first: first)
            }
            highest &+= 1
            _ = window.insert(sequence)
        } else if following == confirming {
            duplicates &+= 1
        } else {
            strays &+= 1
            confirming = following
            confirmsGap = explainsGap(distance: distance, elapsed: elapsed)
        }
    }

    /// Whether so many packets can be missing after so long, judged by the mean interval of the stream so far.
    private func explainsGap(distance: UInt16, elapsed: Int64) -> Bool {
        guard distance < 0x8000, packets > 2, elapsed > 0 else { return false }
        let interval = Double(lastArrival &- firstArrival) / Double(packets &- 2)
        return interval > 0 && Double(elapsed) * 2 >= Double(distance) * interval
    }
}
