/// A reassembled datagram, valid until it is released.
public struct DatagramID: Hashable, Sendable {
    var slot: Int
    var generation: UInt32
}

/// What became of one fragment.
public enum FragmentOutcome: Hashable, Sendable {
    /// Kept, with its tag; the datagram is not complete yet.
    case held
    /// It completed the datagram: bytes and tags, this one's included, can be read until `release(_:)`.
    case complete(DatagramID)
    /// Nothing new in it, but it is a packet of the datagram: its tag is kept with the others'.
    case duplicateOfHeld
    /// A late duplicate of a completed datagram; `owner` is what `remember(_:owner:)` was told. The tag is not kept.
    case belongsToCompleted(owner: UInt64)
    /// Not kept, because of this limit.
    case refused(FragmentLimit)
    /// Not kept: empty, not a multiple of 8 bytes though more are to follow, at odds with the datagram's known end, or
    /// (IPv6) overlapping another fragment.
    case malformed
}

/// A tag that the defragmenter held and will not use any more, because its datagram was given up.
public struct GivenUpFragment: Hashable, Sendable {
    public enum Reason: UInt8, Sendable {
        /// Older than `maxAge`, or all the rest at the end of the input.
        case expired
        /// The oldest when `maxDatagrams` or `maxBytes` was reached.
        case evicted
        /// IPv6 fragments that overlap: RFC 5722 section 4 discards the datagram.
        case overlapping
    }

    public var tag: UInt32
    public var reason: Reason
}
