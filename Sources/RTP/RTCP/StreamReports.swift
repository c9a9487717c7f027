/// What RTCP says of one RTP stream, beside what the stream itself had shown at that moment.
public struct StreamReports: Equatable, Sendable {
    /// Figures of the stream when a report came, so that the two can be compared.
    public struct Seen: Equatable, Sendable {
        public var packets: UInt64
        /// Expected minus received (RFC 3550).
        public var lost: Int64

        public init(packets: UInt64, lost: Int64) {
            self.packets = packets
            self.lost = lost
        }
    }

    public private(set) var senderReports: UInt64 = 0
    /// The sender's own counts in its last report.
    public private(set) var sentPackets: UInt32?
    public private(set) var sentOctets: UInt32?
    /// The stream when that report came.
    public private(set) var seenAtSenderReport: Seen?

    public private(set) var receiverReports: UInt64 = 0
    public private(set) var lastBlock: ReportBlock?
    /// The stream when the first and the last report block on it came, and what the first said was lost.
    public private(set) var seenAtFirstBlock: Seen?
    public private(set) var seenAtLastBlock: Seen?
    public private(set) var firstLost: Int32 = 0
    /// 256ths.
    public private(set) var largestFraction: UInt8 = 0
    /// RTP timestamp units.
    public private(set) var jitterSum: UInt64 = 0
    public private(set) var largestJitter: UInt32 = 0

    /// From here to the receiver and back.
    public var toReceiver = RoundTrip()
    public var voipMetrics: VoIPMetrics?
    public var cname: String?
    /// When the sender said goodbye, nanoseconds since 1970.
    public var goodbyeTime: Int64?

    public init() {}

    public mutating func receive(_ report: SenderReport, seen: Seen, at time: Int64) {
        senderReports &+= 1
        sentPackets = report.packetCount
        sentOctets = report.octetCount
        seenAtSenderReport = seen
        toReceiver.note(report.ntp.middle, at: time)
    }

    public mutating func receive(_ block: ReportBlock, seen: Seen, at time: Int64) {
        if receiverReports == 0 {
            firstLost = block.cumulativeLost
            seenAtFirstBlock = seen
        }
        receiverReports &+= 1
        lastBlock = block
        seenAtLastBlock = seen
        largestFraction = max(largestFraction, block.fractionLost)
        jitterSum &+= UInt64(block.jitter)
        largestJitter = max(largestJitter, block.jitter)
        toReceiver.answer(block.lastSenderReport, delay: block.delaySinceSenderReport, at: time)
    }

    /// RTP timestamp units.
    public var meanJitter: Double? { receiverReports > 0 ? Double(jitterSum) / Double(receiverReports) : nil }

    /// Packets that were lost between here and the receiver: what it misses beyond what was missing here already.
    ///
    /// Packets under way make it differ by one or two for a moment. When the beginning was not captured, both sides are
    /// counted from the first report on.
    public func lostBeyond(fromBeginning: Bool) -> Int64? {
        guard let lastBlock, let seenAtLastBlock, let seenAtFirstBlock else { return nil }
        let beyond = Int64(lastBlock.cumulativeLost) &- seenAtLastBlock.lost
        return fromBeginning ? beyond : beyond &- (Int64(firstLost) &- seenAtFirstBlock.lost)
    }
}
