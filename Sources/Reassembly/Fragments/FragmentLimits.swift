/// The bounds of a `Defragmenter`. Values below 1 count as 1.
public struct FragmentLimits: Sendable, Equatable {
    /// Incomplete datagrams, and complete ones not yet released, at once.
    public var maxDatagrams: Int
    /// Bytes held for them, bookkeeping included.
    public var maxBytes: Int
    /// Fragments of one datagram, duplicates included. 65,535 bytes in Ethernet's 1,480 make 45; links with the
    /// smallest IPv4 MTU of 68 would make 1,366, which nobody sends.
    public var maxFragmentsPerDatagram: Int
    /// Nanoseconds from a datagram's first fragment until it is given up. Linux waits 30 s, RFC 8200 says 60 s.
    public var maxAge: Int64
    /// Completed datagrams remembered so that their late duplicates find their owner.
    public var maxRemembered: Int
    /// Nanoseconds they are remembered for. Short, as a sender may use an identification again.
    public var memoryAge: Int64

    /// What one datagram and one fragment are charged beside their bytes.
    static let datagramOverhead = 256
    static let fragmentOverhead = 64

    public init(
        maxDatagrams: Int = 4096, maxBytes: Int = 8 << 20, maxFragmentsPerDatagram: Int = 256,
        maxAge: Int64 = 30_000_000_000, maxRemembered: Int = 1024, memoryAge: Int64 = 1_000_000_000
    ) {
        self.maxDatagrams = min(max(1, maxDatagrams), 1 << 20)
        self.maxBytes = max(1, maxBytes)
        self.maxFragmentsPerDatagram = max(1, maxFragmentsPerDatagram)
        self.maxAge = max(1, maxAge)
        self.maxRemembered = min(max(1, maxRemembered), 1 << 20)
        self.memoryAge = max(1, memoryAge)
    }
}

/// The limit that refused a fragment.
public enum FragmentLimit: UInt8, Sendable, CaseIterable {
    /// `maxDatagrams`, all of them complete and waiting to be released.
    case datagrams
    /// `maxBytes`, by this datagram alone or by such as wait to be released.
    case bytes
    /// `maxFragmentsPerDatagram`.
    case fragmentsPerDatagram
    /// The 65,535 bytes an IP length can express ("ping of death").
    case datagramSize
}
