/// The figures of one RTP stream (one SSRC from one endpoint to another), updated in place with every packet.
///
/// Copies of a packet (the same bytes seen again through another interface) are recognised outside and must not be fed
/// in; they are only counted. What the figures mean:
///
/// - *expected*: highest minus lowest extended sequence number plus one, summed over the runs of the stream. A run ends
///   where the source restarts its numbering, see `StreamStatistics+Sequence`.
/// - *duplicates*: exact up to `SequenceWindow.span` below the highest number; an older packet is a stray.
/// - *strays*: packets whose number fits neither the run nor a new one. Received, but not part of `expected`.
/// - *jitter*: RFC 3550 appendix A.8 in arrival order, see `StreamStatistics+Jitter`.
///
/// All times are nanoseconds, lengths bytes. No input traps: packet times and sequence numbers are untrusted.
@frozen
public struct StreamStatistics: Sendable, BitwiseCopyable {
    // What every packet changes comes first, so that it lies together.
    /// Packets received: duplicates and strays included, copies not.
    public var packets: UInt64 = 0
    public var lastArrival: Int64 = 0
    @usableFromInline var largestGap: Int64 = 0
    // Not next to `packets`: the compiler would add to both at once, through a vector that it has to put together first.
    /// UDP payload bytes of these packets.
    public var bytes: UInt64 = 0
    /// Nanoseconds per RTP timestamp unit; 0 where the present packets have no jitter.
    @usableFromInline var tick: Double = 0
    @usableFromInline var jitter: Double = 0
    @usableFromInline var jitterSum: Double = 0
    @usableFromInline var jitterMaximum: Double = 0
    @usableFromInline var jitterSamples: UInt32 = 0
    @usableFromInline var lastTimestamp: UInt32 = 0
    /// Of the present run. Extended by counting on instead of by cycles, so that wrapping needs no case in either direction.
    @usableFromInline var highest: Int64 = 0
    /// The number that would confirm a restart; negative when nothing is to be confirmed.
    @usableFromInline var confirming: Int32 = -1
    @usableFromInline var isComfortNoise = false
    @usableFromInline var isTelephoneEvent = false
    @usableFromInline var payloadType: UInt8 = 0
    /// The restart to be confirmed is rather a gap in the capture: as much time as numbers are missing.
    @usableFromInline var confirmsGap = false

    /// Behind `highest` by the packets that came in order since: they are entered when one comes that did not.
    @usableFromInline var window = SequenceWindow()

    /// The first packet's time, in capture order; meaningless before the first packet.
    public var firstArrival: Int64 = 0
    /// Payload type, clock rate and event flag of the last packet in one number, so that "as before" is one comparison.
    @usableFromInline var format: UInt64 = 0
    /// Of the present run.
    @usableFromInline var lowest: Int64 = 0
    /// `expected` of the runs that have ended.
    @usableFromInline var closedRuns: Int64 = 0
    /// The lower half of the highest number that has been entered in the window.
    @usableFromInline var entered: UInt32 = 0
    /// Hz; 0 while unknown.
    public var clockRate: UInt32 = 0
    public var duplicates: UInt32 = 0
    /// Packets, not duplicates, whose number is below the highest so far.
    public var outOfOrder: UInt32 = 0
    public var strays: UInt32 = 0
    public var copies: UInt32 = 0
    /// Runs of lost sequence numbers, see `StreamStatistics.loss`.
    @usableFromInline var lossBursts: UInt32 = 0
    /// How often the source began a new numbering.
    public var restarts: UInt16 = 0
    @usableFromInline var payloadTypeCount: UInt8 = 0
    /// The packet with which the one behind telephone events is compared: the last before them, see `changeFormat`.
    @usableFromInline var timestampBeforeEvents: UInt32 = 0
    /// Payload types in the order of their appearance, eight at most, the first in the lowest byte.
    @usableFromInline var packedPayloadTypes: UInt64 = 0
    /// `Int64.min` when there was none.
    @usableFromInline var arrivalBeforeEvents = Int64.min
    /// Of the intervals that have ended; `jitterMaximum` is the present one's.
    @usableFromInline var earlierJitterMaximum: Double = 0

    @inlinable
    public init() {}

    /// Takes in one packet, in capture order.
    ///
    /// - Parameters:
    ///   - clockRate: of the payload type as SDP tells, in Hz; 0 when not known (yet), which is resolved for the payload
    ///     types that RFC 3551 fixes.
    ///   - isTelephoneEvent: the payload type is RFC 4733 telephone-event in SDP.
    ///   - isComfortNoise: the payload type is CN (RFC 3389) in SDP; 13 and 19 need no SDP.
    ///   - arrival: packet time, nanoseconds since 1970.
    ///   - payloadBytes: length of the UDP payload on the wire.
    @inlinable
    public mutating func receive(
        sequence: UInt16, timestamp: UInt32, marker: Bool, payloadType: UInt8, clockRate: UInt32,
        isTelephoneEvent: Bool, isComfortNoise: Bool = false, arrival: Int64, payloadBytes: Int
    ) {
        packets &+= 1
        bytes &+= UInt64(truncatingIfNeeded: payloadBytes)
        let format =
            UInt64(clockRate) << 16 | UInt64(payloadType) << 8 | (isTelephoneEvent ? 3 : isComfortNoise ? 5 : 1)
        var isComparable = true
        var isQuiet = marker || self.isComfortNoise
        if format != self.format {
            // The first packet always comes here; it must not look as if it followed on.
            if packets == 1 { highest = Int64(sequence) }
            let change = changeFormat(format)
            isComparable = change.isComparable
            isQuiet = isQuiet || change.isQuiet
            if change.isBehindEvents {
                if isComparable { resume(timestamp: timestamp, isQuiet: isQuiet, arrival: arrival) }
                isComparable = false
            }
        }

        follow(
            sequence: sequence, timestamp: timestamp, hasJitter: isComparable && hasClock, isQuiet: isQuiet,
            arrival: arrival)
    }

    /// `receive` for a packet whose payload type, clock rate and flags are those of the packet before, without the marker
    /// bit and neither comfort noise nor telephone event, when the clock is known (`hasClock`).
    @inlinable
    @inline(__always)
    public mutating func receiveSameFormat(sequence: UInt16, timestamp: UInt32, arrival: Int64, payloadBytes: Int) {
        packets &+= 1
        bytes &+= UInt64(truncatingIfNeeded: payloadBytes)
        follow(sequence: sequence, timestamp: timestamp, hasJitter: true, isQuiet: false, arrival: arrival)
    }

    /// The clock of the present payload type is known.
    @inlinable public var hasClock: Bool { tick != 0 }

    /// Jitter, gap and sequence number of a packet.
    @inlinable
    @inline(__always)
    mutating func follow(sequence: UInt16, timestamp: UInt32, hasJitter: Bool, isQuiet: Bool, arrival: Int64) {
        let elapsed = arrival &- lastArrival
        if hasJitter {
            let nominal = Double(Int32(bitPattern: timestamp &- lastTimestamp)) * tick
            jitter += ((Double(elapsed) - nominal).magnitude - jitter) * 0.0625
            if !isQuiet {
                jitterSum += jitter
                jitterSamples &+= 1
                if jitter > jitterMaximum { jitterMaximum = jitter }
            }
        }
        lastTimestamp = timestamp

        let distance = sequence &- UInt16(truncatingIfNeeded: highest)
        if distance == 1 {
            if elapsed > largestGap { largestGap = elapsed }
            highest &+= 1
            confirming = -1
        } else {
            receiveOutOfSequence(sequence, distance: distance, elapsed: elapsed, arrival: arrival)
        }
        lastArrival = arrival
    }

    /// Counts a copy of a packet that was fed in before.
    @inlinable
    public mutating func countCopy() {
        copies &+= 1
    }
}
