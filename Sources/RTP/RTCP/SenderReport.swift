/// What a sender says of its stream (RFC 3550 section 6.4.1), with its reports on the streams it receives.
public struct SenderReport: Equatable, Sendable {
    public var ssrc: UInt32
    public var ntp: NTPTimestamp
    public var rtpTimestamp: UInt32
    /// Since the sender began to use the SSRC; wraps.
    public var packetCount: UInt32
    /// Payload bytes of these, without headers and padding; wraps.
    public var octetCount: UInt32
    public var reports: ReportBlocks

    /// nil when the packet is of another kind, or shorter than its own part.
    public init?(_ packet: RTCPPacket, in bytes: Span<UInt8>) {
        guard packet.kind == .senderReport, packet.body.count >= 24 else { return nil }
        let start = packet.body.lowerBound
        ssrc = bytes.word(at: start)
        ntp = NTPTimestamp(seconds: bytes.word(at: start + 4), fraction: bytes.word(at: start + 8))
        rtpTimestamp = bytes.word(at: start + 12)
        packetCount = bytes.word(at: start + 16)
        octetCount = bytes.word(at: start + 20)
        reports = ReportBlocks(packet, from: start + 24)
    }
}

/// What a receiver that sends nothing says of the streams it receives (RFC 3550 section 6.4.2).
public struct ReceiverReport: Equatable, Sendable {
    public var ssrc: UInt32
    public var reports: ReportBlocks

    public init?(_ packet: RTCPPacket, in bytes: Span<UInt8>) {
        guard packet.kind == .receiverReport, packet.body.count >= 4 else { return nil }
        ssrc = bytes.word(at: packet.body.lowerBound)
        reports = ReportBlocks(packet, from: packet.body.lowerBound + 4)
    }
}

/// Where the report blocks of a packet are: as many as it announces and holds.
public struct ReportBlocks: Equatable, Sendable {
    static let blockLength = 24

    public let count: Int
    private let start: Int

    init(_ packet: RTCPPacket, from start: Int) {
        self.start = start
        count = min(packet.count, (packet.body.upperBound - start) / ReportBlocks.blockLength)
    }

    /// The block of a number below `count`, in the bytes that the packet was read from.
    public func block(_ number: Int, in bytes: Span<UInt8>) -> ReportBlock {
        ReportBlock(bytes, at: start + number * ReportBlocks.blockLength)
    }
}

/// What a receiver says of one stream (RFC 3550 section 6.4.1).
public struct ReportBlock: Equatable, Sendable {
    /// The stream it is about.
    public var ssrc: UInt32
    /// Of the packets since the report before, in 256ths.
    public var fractionLost: UInt8
    /// Expected minus received since the stream began: 24 bits, negative when there are more duplicates than losses.
    public var cumulativeLost: Int32
    public var highestSequence: UInt32
    /// In units of the RTP timestamp.
    public var jitter: UInt32
    /// The middle 32 bits of the last sender report's NTP timestamp; 0 when there was none.
    public var lastSenderReport: UInt32
    /// From that report to this one, in 65536ths of a second.
    public var delaySinceSenderReport: UInt32

    init(_ bytes: Span<UInt8>, at start: Int) {
        ssrc = bytes.word(at: start)
        let losses = bytes.word(at: start + 4)
        fractionLost = UInt8(truncatingIfNeeded: losses >> 24)
        // Sign-extended from 24 bits.
        cumulativeLost = Int32(bitPattern: losses << 8) >> 8
        highestSequence = bytes.word(at: start + 8)
        jitter = bytes.word(at: start + 12)
        lastSenderReport = bytes.word(at: start + 16)
        delaySinceSenderReport = bytes.word(at: start + 20)
    }
}

/// Seconds since 1900 and their fraction (RFC 3550 section 4). Only compared: its clock need not be anybody else's.
public struct NTPTimestamp: Equatable, Sendable {
    public var seconds: UInt32
    public var fraction: UInt32

    /// The middle 32 bits, by which a report block names a sender report.
    public var middle: UInt32 { seconds << 16 | fraction >> 16 }
}
