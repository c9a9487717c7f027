import PacketDecoding

/// What a call's media came to, beside the figures of its streams: a call record's `media`.
public struct MediaFacts: Equatable, Sendable {
    /// Who sent audio between answer and end.
    public enum Audio: String, Sendable {
        case twoWay = "two_way"
        case oneWay = "one_way"
        case none
    }

    /// nil when the call was not answered, no audio was negotiated, or a stream's side is not known.
    public var audio: Audio?
    public var audioFrom: CallRecord.Sides = []
    /// Sides that sent no audio although the session let them, see `docs/formats.md`.
    public var missingAudioFrom: CallRecord.Sides = []
    public var earlyMediaFrom: CallRecord.Sides = []
    /// Nanoseconds from the answer to the side's first audio; 0 when it had begun before.
    public var callerAudioDelay: Int64?
    public var calleeAudioDelay: Int64?
    /// One of them is longer than `lateAfter`.
    public var isLate: Bool?
    public var holds: [Hold] = []
    /// Holds beyond those that are kept.
    public var holdsRefused: UInt64 = 0
    public var fax: [FaxStreamRecord] = []
    /// What came on the media's endpoints beside RTP, by kind.
    public var besideRTP: [NamedCount] = []

    /// Nanoseconds.
    public static let lateAfter: Int64 = 1_000_000_000

    public init() {}

    /// A time for which one side did not want to hear the other (RFC 3264 section 8.4).
    public struct Hold: Equatable, Sendable {
        public var by: CallRecord.Side
        public var start: Int64
        /// nil when it lasted until the end.
        public var end: Int64?

        public init(by: CallRecord.Side, start: Int64, end: Int64? = nil) {
            self.by = by
            self.start = start
            self.end = end
        }
    }
}

/// T.38 over UDPTL from one endpoint to another, by its sequence numbers.
public struct FaxStreamRecord: Equatable, Sendable {
    public var source: Endpoint
    public var destination: Endpoint
    public var packets: UInt64 = 0
    /// UDP payload.
    public var bytes: UInt64 = 0
    public var expectedPackets: Int64 = 0
    public var lostPackets: Int64 = 0
    public var duplicates: UInt64 = 0
    public var outOfOrder: UInt64 = 0
    /// Nanoseconds.
    public var largestGap: Int64?
    public var firstPacketTime: Int64?
    public var lastPacketTime: Int64?

    public init(source: Endpoint, destination: Endpoint) {
        self.source = source
        self.destination = destination
    }
}

/// A key press.
public struct DTMFRecord: Equatable, Sendable {
    public enum Source: String, Sendable {
        /// Telephone events (RFC 4733).
        case rtp
        /// SIP INFO.
        case info
    }

    /// `0`...`9`, `*`, `#`, `A`...`D`, `!` for a flash.
    public var digit: UInt8
    public var time: Int64
    /// Nanoseconds.
    public var duration: Int64?
    public var source: Source
    public var by: CallRecord.Side?

    public init(digit: UInt8, time: Int64, duration: Int64?, source: Source, by: CallRecord.Side? = nil) {
        self.digit = digit
        self.time = time
        self.duration = duration
        self.source = source
        self.by = by
    }
}
