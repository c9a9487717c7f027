import PacketDecoding
import RTP

/// The figures of one RTP stream, as `StreamStatistics` defines them, with what SDP says about it.
public struct StreamRecord: Equatable, Sendable {
    public var ssrc: UInt32
    public var source: Endpoint
    public var destination: Endpoint
    public var payloadTypes: [UInt8] = []
    public var codec: String?
    /// Hz.
    public var clockRate: UInt32?
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0
    public var expectedPackets: Int64 = 0
    public var lostPackets: Int64 = 0
    public var rfc3550LostPackets: Int64 = 0
    /// 0...100.
    public var lossPercent: Double = 0
    public var duplicates: UInt64 = 0
    public var outOfOrder: UInt64 = 0
    public var copies: UInt64 = 0
    /// Nanoseconds, as the next.
    public var jitterMean: Double?
    public var jitterMaximum: Double?
    /// Nanoseconds.
    public var largestGap: Int64?
    /// Nanoseconds since 1970 UTC, as the next.
    public var firstPacketTime: Int64?
    public var lastPacketTime: Int64?
    public var media = StreamMediaFacts()
    /// nil where it is not known: never a guess.
    public var mos: Double?

    /// A record without figures.
    public init(ssrc: UInt32, source: Endpoint, destination: Endpoint) {
        self.ssrc = ssrc
        self.source = source
        self.destination = destination
    }

    /// The codec is SDP's name; without it the static payload type's, if the stream began with one.
    public init(
        ssrc: UInt32, source: Endpoint, destination: Endpoint, statistics: borrowing StreamStatistics,
        codec: String? = nil, media: StreamMediaFacts = StreamMediaFacts()
    ) {
        self.init(ssrc: ssrc, source: source, destination: destination)
        payloadTypes = statistics.payloadTypes
        self.codec = codec ?? payloadTypes.first.flatMap { StaticPayloadType($0)?.name }
        clockRate = statistics.clockRate == 0 ? nil : statistics.clockRate
        packets = statistics.packets
        bytes = statistics.bytes
        expectedPackets = statistics.expectedPackets
        lostPackets = statistics.lostPackets
        rfc3550LostPackets = statistics.rfc3550LostPackets
        lossPercent = statistics.lossPercent
        duplicates = UInt64(statistics.duplicates)
        outOfOrder = UInt64(statistics.outOfOrder)
        copies = UInt64(statistics.copies)
        jitterMean = statistics.jitterMeanNanoseconds
        jitterMaximum = statistics.jitterMaximumNanoseconds
        largestGap = statistics.largestGapNanoseconds
        if statistics.packets > 0 {
            firstPacketTime = statistics.firstArrival
            lastPacketTime = statistics.lastArrival
        }
        self.media = media
    }
}

/// A stream that no call owns (`--orphan-rtp`): an `rtp_stream` line.
public struct OrphanStreamRecord: Equatable, Sendable {
    public var stream: StreamRecord

    public init(_ stream: StreamRecord) {
        self.stream = stream
    }
}
