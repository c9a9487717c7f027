import RTP

/// What is known of a stream beside its figures: from SDP, from RTCP, and from packets that are not plain speech.
public struct StreamMediaFacts: Equatable, Sendable {
    /// Who sends it, by the session descriptions.
    public var sentBy: CallRecord.Side?
    /// `audio`, `video`, `image`, `other`.
    public var kind: String?
    public var isSecure: Bool?
    /// `sdes`, `dtls`, `zrtp`.
    public var keying: String?
    /// Before the answer; nil when the answer, or the call's beginning, was not seen.
    public var earlyPackets: UInt64?
    public var comfortNoisePackets: UInt64 = 0
    public var silences: UInt64 = 0
    /// Nanoseconds.
    public var silence: Int64 = 0
    /// nil where no telephone-event was negotiated or seen.
    public var dtmf: String?
    public var dtmfEvents: [DTMFRecord] = []
    /// Keys beyond those that are kept.
    public var dtmfRefused: UInt64 = 0
    public var rtcp: RTCPFacts?
    /// Nanoseconds, between both ends: the sum of both ways from the capture and back. nil unless both are known.
    public var roundTrip: Double?

    public init() {}
}

/// What RTCP says of a stream.
public struct RTCPFacts: Equatable, Sendable {
    public var reports: StreamReports
    /// Hz; nil when not known, and then no jitter is.
    public var clockRate: UInt32?
    /// Packets lost between here and the receiver.
    public var lostBeyond: Int64?
    /// To the receiver is in `reports`.
    public var toSender: RoundTrip?

    public init(reports: StreamReports, clockRate: UInt32?, lostBeyond: Int64?, toSender: RoundTrip?) {
        self.reports = reports
        self.clockRate = clockRate
        self.lostBeyond = lostBeyond
        self.toSender = toSender
    }

    /// Nanoseconds.
    public var meanJitter: Double? { nanoseconds(reports.meanJitter) }

    public var largestJitter: Double? { reports.receiverReports > 0 ? nanoseconds(Double(reports.largestJitter)) : nil }

    private func nanoseconds(_ units: Double?) -> Double? {
        guard let clockRate, clockRate > 0, let units else { return nil }
        return units * 1e9 / Double(clockRate)
    }
}
