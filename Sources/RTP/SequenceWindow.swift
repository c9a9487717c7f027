/// Which of the last 512 sequence numbers were received, one bit each.
///
/// A sequence number's bit is found by its low nine bits, so the window needs no base and nothing moves when it slides;
/// `advance` clears what becomes new. The caller keeps the highest number and asks only for those less than 512 below it.
@frozen
public struct SequenceWindow: Sendable, BitwiseCopyable {
    /// Duplicates are recognised exactly up to this distance below the highest number: ten seconds of 20 ms audio.
    public static let span = 512

    @usableFromInline var words: InlineArray<8, UInt64>

    @inlinable
    public init() {
        words = InlineArray(repeating: 0)
    }

    /// Marks `sequence` as seen; true when it was already.
    @inlinable
    @inline(__always)
    mutating func insert(_ sequence: UInt16) -> Bool {
        let bit: UInt64 = 1 << UInt64(sequence & 63)
        let word = Int(sequence >> 6) & 7
        let seen = words[word] & bit != 0
        words[word] |= bit
        return seen
    }

    /// Marks the last `count` numbers up to `sequence` as seen.
    mutating func follow(to sequence: UInt16, count: Int) {
        guard count < SequenceWindow.span else {
            words = InlineArray(repeating: .max)
            return
        }
        // From the highest down, by as many as lie in one word.
        var last = sequence
        var rest = count
        while rest > 0 {
            let inWord = min(rest, Int(last & 63) + 1)
            let ones: UInt64 = inWord == 64 ? .max : (1 << UInt64(inWord)) - 1
            words[Int(last >> 6) & 7] |= ones << UInt64(Int(last & 63) + 1 - inWord)
            last = last &- UInt16(inWord)
            rest -= inWord
        }
    }

    /// Makes room for a new highest number `distance` above the old one, forgetting what falls out below.
    ///
    /// Not needed for a distance of one: the only bit to forget is the one about to be set.
    @usableFromInline @inline(never)
    mutating func advance(to sequence: UInt16, distance: UInt16) {
        if distance >= 512 {
            words = InlineArray(repeating: 0)
            return
        }
        var skipped = sequence &- distance &+ 1
        while skipped != sequence &+ 1 {
            words[Int(skipped >> 6) & 7] &= ~(1 << UInt64(skipped & 63))
            skipped &+= 1
        }
    }
}
