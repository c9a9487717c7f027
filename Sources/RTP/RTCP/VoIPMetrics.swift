/// What a receiver made of a stream, jitter buffer and all (RFC 3611 section 4.7).
///
///     |                        SSRC of source                         |
///     |   loss rate   | discard rate  | burst density |  gap density  |
///     |       burst duration          |         gap duration          |
///     |     round trip delay          |       end system delay        |
///     | signal level  |  noise level  |     RERL      |     Gmin      |
///     |   R factor    | ext. R factor |    MOS-LQ     |    MOS-CQ     |
///     |   RX config   |   reserved    |          JB nominal           |
///     |          JB maximum           |          JB abs max           |
///
/// Rates and densities are 256ths, times milliseconds. What the endpoint does not know (127) is nil.
public struct VoIPMetrics: Equatable, Sendable {
    public var ssrc: UInt32
    public var lossRate: UInt8
    public var discardRate: UInt8
    public var burstDensity: UInt8
    public var gapDensity: UInt8
    public var burstDuration: UInt16
    public var gapDuration: UInt16
    /// As the endpoint measured it; 0 when it has not.
    public var roundTripDelay: UInt16
    public var endSystemDelay: UInt16
    /// dBm0, as the next.
    public var signalLevel: Int8?
    public var noiseLevel: Int8?
    /// Residual echo return loss, dB.
    public var residualEchoReturnLoss: UInt8?
    /// The shortest run of packets received that ends a burst.
    public var gapThreshold: UInt8
    /// 0...100.
    public var rFactor: UInt8?
    public var externalRFactor: UInt8?
    /// Tenths, 10...50.
    public var listeningMOS: UInt8?
    public var conversationalMOS: UInt8?
    /// Concealment, whether the jitter buffer adapts, and its rate.
    public var receiverConfiguration: UInt8
    public var jitterBufferNominal: UInt16
    public var jitterBufferMaximum: UInt16
    public var jitterBufferAbsoluteMaximum: UInt16

    static let length = 32

    public init?(_ block: ExtendedReportBlocks.Block, in bytes: Span<UInt8>) {
        guard block.kind == .voipMetrics, block.body.count >= VoIPMetrics.length else { return nil }
        let start = block.body.lowerBound
        func known(_ offset: Int) -> UInt8? { bytes[start + offset] == 127 ? nil : bytes[start + offset] }
        ssrc = bytes.word(at: start)
        lossRate = bytes[start + 4]
        discardRate = bytes[start + 5]
        burstDensity = bytes[start + 6]
        gapDensity = bytes[start + 7]
        burstDuration = bytes.half(at: start + 8)
        gapDuration = bytes.half(at: start + 10)
        roundTripDelay = bytes.half(at: start + 12)
        endSystemDelay = bytes.half(at: start + 14)
        signalLevel = known(16).map { Int8(bitPattern: $0) }
        noiseLevel = known(17).map { Int8(bitPattern: $0) }
        residualEchoReturnLoss = known(18)
        gapThreshold = bytes[start + 19]
        rFactor = known(20)
        externalRFactor = known(21)
        listeningMOS = known(22)
        conversationalMOS = known(23)
        receiverConfiguration = bytes[start + 24]
        jitterBufferNominal = bytes.half(at: start + 26)
        jitterBufferMaximum = bytes.half(at: start + 28)
        jitterBufferAbsoluteMaximum = bytes.half(at: start + 30)
    }
}
