/// How well a stream can have been heard, as far as the network and the codec decide: R and MOS by the E-model, or why there
/// are none.
public struct StreamQuality: Equatable, Sendable {
    public var scale: OpinionScale?
    public var rating: Double?
    public var meanOpinionScore: Double?
    public var reason: NoScoreReason?
    /// See `PacketLoss.burstRatio`.
    public var burstRatio: Double?

    /// Why there is no MOS: never a guess.
    public enum NoScoreReason: String, Sendable, CaseIterable {
        /// Nothing tells which codec it is.
        case noCodec = "no_codec"
        /// Nothing tells the codec's clock.
        case noClockRate = "no_clock_rate"
        /// Telephone events and comfort noise only.
        case noSpeech = "no_speech"
        /// The codec changed to one with other values.
        case severalCodecs = "several_codecs"
        /// G.113 has no values for the codec.
        case codecNotRated = "codec_not_rated"
        /// G.113 has values for the codec's bit rates, but nothing tells the bit rate.
        case codecModeUnknown = "codec_mode_unknown"
        /// Packets were lost, and G.113 does not say what that does to this codec.
        case lossNotRated = "loss_not_rated"
        case tooFewPackets = "too_few_packets"
    }

    /// Expected packets below which nothing is said: half a second of 20 ms.
    public static let leastPackets: UInt64 = 25

    /// - Parameters:
    ///   - codec: the codec's values, or why there are none.
    ///   - oneWayDelay: of the network, milliseconds; nil when it is not known and left out of account (0).
    public init(_ loss: PacketLoss, codec: RatedCodec, oneWayDelay: Double?) {
        burstRatio = loss.burstRatio
        switch codec {
        case .unrated(let reason): self.reason = reason
        case .rated(let codec):
            scale = codec.scale
            guard loss.expected >= StreamQuality.leastPackets else {
                reason = .tooFewPackets
                return
            }
            guard loss.lost == 0 || codec.lossRobustness != nil else {
                reason = .lossNotRated
                return
            }
            let delay = oneWayDelay.map { $0 > 0 ? min($0, StreamQuality.longestDelay) : 0 } ?? 0
            let rating = codec.scale.rating(
                codec, lossPercent: loss.percent, burstRatio: loss.modelledBurstRatio, oneWayDelay: delay)
            self.rating = max(rating, 0)
            meanOpinionScore = codec.scale.meanOpinionScore(rating)
        }
    }

    /// Milliseconds; what is longer is no telephone call, and as bad as this.
    static let longestDelay = 10_000.0
}

/// A stream's codec, as the E-model wants to know it.
public enum RatedCodec: Equatable, Sendable {
    case rated(CodecImpairment)
    case unrated(StreamQuality.NoScoreReason)

    /// Of a stream that had several payload types: all that carry speech must have the same values.
    public init(_ all: [RatedCodec]) {
        guard let first = all.first else {
            self = .unrated(.noSpeech)
            return
        }
        self = all.allSatisfy { $0 == first } ? first : .unrated(.severalCodecs)
    }

    /// Of a payload type that no session description explains; nil for comfort noise.
    public init?(staticPayloadType: UInt8, _ statistics: borrowing StreamStatistics, concealsLoss: Bool) {
        guard let format = StaticPayloadType(staticPayloadType) else {
            // 19 was comfort noise before 13 was.
            if staticPayloadType == 19 { return nil }
            self = .unrated(.noCodec)
            return
        }
        guard format.name != "CN" else { return nil }
        self.init(
            CodecImpairment.lookup(
                format.name, payloadBytes: statistics.payloadBytes, concealsLoss: concealsLoss))
    }

    public init(_ lookup: CodecImpairment.Lookup) {
        switch lookup {
        case .found(let codec): self = .rated(codec)
        case .notRated: self = .unrated(.codecNotRated)
        case .modeUnknown: self = .unrated(.codecModeUnknown)
        }
    }
}
