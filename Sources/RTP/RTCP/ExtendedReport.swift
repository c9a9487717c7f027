/// Walks through the blocks of XR (RFC 3611 section 2).
public struct ExtendedReportBlocks: Sendable {
    public struct Block: Equatable, Sendable {
        public enum Kind: UInt8, Sendable {
            case lossRunLengths = 1
            case duplicateRunLengths = 2
            case receiptTimes = 3
            case receiverReferenceTime = 4
            /// Delay since the last receiver report.
            case delays = 5
            case statisticsSummary = 6
            case voipMetrics = 7
        }

        public var type: UInt8
        public var typeSpecific: UInt8
        /// What follows the block's four bytes.
        public var body: Range<Int>

        public var kind: Kind? { Kind(rawValue: type) }
    }

    /// Who reports.
    public let ssrc: UInt32
    private var position: Int
    private let end: Int
    /// A block's length leads past the packet.
    public private(set) var isMalformed = false

    public init?(_ packet: RTCPPacket, in bytes: Span<UInt8>) {
        guard packet.kind == .extendedReport, packet.body.count >= 4 else { return nil }
        ssrc = bytes.word(at: packet.body.lowerBound)
        position = packet.body.lowerBound + 4
        end = packet.body.upperBound
    }

    public mutating func next(in bytes: Span<UInt8>) -> Block? {
        guard position < end else { return nil }
        guard end - position >= 4, end - position - 4 >= 4 * Int(bytes.half(at: position + 2)) else {
            isMalformed = true
            position = end
            return nil
        }
        let body = (position + 4)..<(position + 4 + 4 * Int(bytes.half(at: position + 2)))
        let block = Block(type: bytes[position], typeSpecific: bytes[position + 1], body: body)
        position = body.upperBound
        return block
    }
}

extension ExtendedReportBlocks.Block {
    /// The NTP timestamp of a receiver reference time block (RFC 3611 section 4.4).
    public func referenceTime(in bytes: Span<UInt8>) -> NTPTimestamp? {
        guard kind == .receiverReferenceTime, body.count >= 8 else { return nil }
        return NTPTimestamp(
            seconds: bytes.word(at: body.lowerBound), fraction: bytes.word(at: body.lowerBound + 4))
    }

    /// Sub-blocks of a DLRR block (RFC 3611 section 4.5).
    public var delayCount: Int { kind == .delays ? body.count / 12 : 0 }

    /// The sub-block of a number below `delayCount`.
    public func delay(_ number: Int, in bytes: Span<UInt8>) -> DelaySinceReceiverReport {
        let start = body.lowerBound + 12 * number
        return DelaySinceReceiverReport(
            ssrc: bytes.word(at: start), lastReceiverReport: bytes.word(at: start + 4),
            delay: bytes.word(at: start + 8))
    }
}

/// What a receiver's reference time was, and how long ago it came (RFC 3611 section 4.5): for round trips of those who
/// send nothing.
public struct DelaySinceReceiverReport: Equatable, Sendable {
    /// The receiver whose reference time it was.
    public var ssrc: UInt32
    /// The middle 32 bits of it; 0 when there was none.
    public var lastReceiverReport: UInt32
    /// In 65536ths of a second.
    public var delay: UInt32
}
