/// Silence that the sender did not send: after comfort noise (RFC 3389), or without it.
///
/// The sequence numbers go on without a gap, so none of it is loss; the RTP timestamp goes on with the time.
public struct Silence: Equatable, Sendable {
    /// A timestamp that jumps by less than this, nanoseconds, is taken for a long packet.
    public static let shortest: Int64 = 100_000_000

    /// It begins with the packet asked about; otherwise it lasted until that packet, or goes on.
    public var begins: Bool
    /// Nanoseconds.
    public var length: Int64
}

extension StreamStatistics {
    /// The last packet was comfort noise.
    @inlinable public var isAfterComfortNoise: Bool { isComfortNoise }

    /// What lies between the last packet and this one, to be asked before `receive`; nil when it was no silence.
    ///
    /// After comfort noise it is the time until this packet. Without, a talk spurt must begin (marker), the sequence
    /// number must follow on, and timestamp and time must have moved on alike.
    public func silence(
        before sequence: UInt16, timestamp: UInt32, marker: Bool, isComfortNoise: Bool, arrival: Int64
    ) -> Silence? {
        guard packets > 0 else { return isComfortNoise ? Silence(begins: true, length: 0) : nil }
        let (elapsed, overflow) = arrival.subtractingReportingOverflow(lastArrival)
        guard !overflow, elapsed >= 0 else { return nil }
        if self.isComfortNoise { return Silence(begins: false, length: elapsed) }
        if isComfortNoise { return Silence(begins: true, length: 0) }
        guard marker, tick > 0, sequence == UInt16(truncatingIfNeeded: highest &+ 1) else { return nil }
        let nominal = Double(Int32(bitPattern: timestamp &- lastTimestamp)) * tick
        guard nominal >= Double(Silence.shortest), (Double(elapsed) - nominal).magnitude * 2 <= nominal else {
            return nil
        }
        return Silence(begins: true, length: elapsed)
    }
}
