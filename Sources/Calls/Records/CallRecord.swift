import PacketDecoding
import Tables

/// What is known of one call when it has ended: a line of `calls.jsonl`.
///
/// Times are nanoseconds since 1970 UTC, durations nanoseconds, lengths bytes; nil where the capture does not tell. The
/// text comes from the wire and is not to be trusted; each formatter makes it harmless for its own output. Records are
/// cold (one a call), so plain strings and arrays do.
public struct CallRecord: Equatable, Sendable {
    public var callID = ""
    /// Call-ID of the first leg of the call that this is a leg of: its own where there is no other.
    public var groupID = ""
    public var state = State.trying
    public var endReason: EndReason?
    /// First seen in the middle; what came before is unknown.
    public var isJoined = false
    /// Chosen by `-u` only after media had begun: the file has its media from then on.
    public var hasPartialMedia = false
    /// Its packets were made of what capture agents told (`--hep-listen`); no device captured them here.
    public var isSynthesized = false

    public var startTime: Int64?
    public var ringingTime: Int64?
    /// The first 183.
    public var progressTime: Int64?
    public var answerTime: Int64?
    public var endTime: Int64?
    /// Answer to end of the talk.
    public var duration: Int64?
    /// INVITE to the first sign of the callee.
    public var postDialDelay: Int64?
    /// INVITE to answer.
    public var setupTime: Int64?

    public var hangupBy: Side?
    /// Of the initial INVITE's final response.
    public var statusCode: UInt16?
    public var statusReason: String?
    public var from = Party()
    public var to = Party()
    public var requestURI: String?
    public var assertedIdentity: String?
    public var userAgents = TextList()
    /// `udp`, `tcp` …
    public var transport: String?
    public var signallingAddresses = Addresses(filler: Endpoint(IPAddress(high: 0, low: 0), 0))
    public var dialogs: UInt32 = 0
    public var sipMessages = MessageCounts()
    public var sipRetransmissions: UInt64 = 0
    public var copies: UInt64 = 0
    public var codecs: [CodecRecord] = []
    /// nil for a call without media.
    public var media: MediaFacts?
    /// Key presses in order of time.
    public var dtmf: [DTMFRecord] = []
    /// Names relative to the output directory.
    public var files: [String] = []
    public var packets: UInt64 = 0
    /// Captured lengths.
    public var bytes: UInt64 = 0
    /// Packets of the call that are not in its files: the disk was full, or a bound was reached.
    public var filePacketsMissing: UInt64 = 0
    public var streams: [StreamRecord] = []

    public init() {}
}

extension CallRecord {
    /// Two, usually.
    public typealias Addresses = ShortList<2, Endpoint>

    /// How far a call has come, or how it went.
    public enum State: String, CaseIterable, Sendable {
        case trying, ringing, progress, active, ended, failed, cancelled, busy, redirected
        case timedOut = "timed_out"
    }

    /// Why a call is followed no longer.
    public enum EndReason: String, CaseIterable, Sendable {
        case bye, rejected, cancelled, timeout, idle, completed
        case endOfCapture = "end_of_capture"
        case evicted, recovered
        /// The ACK, or the final response to BYE, never came within 32 s.
        case noACK = "no_ack"
    }

    public enum Side: String, CaseIterable, Sendable, BitwiseCopyable {
        case caller, callee
    }

    /// Who calls or is called, out of From or To.
    public struct Party: Equatable, Sendable {
        public var user: String?
        public var host: String?
        public var display: String?
        public var tag: String?

        public init(user: String? = nil, host: String? = nil, display: String? = nil, tag: String? = nil) {
            self.user = user
            self.host = host
            self.display = display
            self.tag = tag
        }
    }
}

/// A codec as negotiated.
public struct CodecRecord: Equatable, Sendable {
    public var payloadType: UInt8
    public var name: String
    /// Hz.
    public var clockRate: UInt32?
    public var channels: UInt8

    public init(payloadType: UInt8, name: String, clockRate: UInt32?, channels: UInt8 = 1) {
        self.payloadType = payloadType
        self.name = name
        self.clockRate = clockRate
        self.channels = channels
    }
}
