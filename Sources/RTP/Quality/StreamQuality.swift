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
        /// G.113 has no values for the codec, or none that could be verified.
        case codecNotRated = "codec_not_rated"
        /// G.113 has values for the codec's bit rates, but nothing tells the bit rate.
        case codecModeUnknown = "codec_mode_unknown"
        /// Packets were lost, and G.113 does not say what that does to this codec.
        case lossNotRated = "loss_not_rated"
        case tooFewPackets = "too_few_packets"
    }

    /// Expected packets below which nothing is said: half a second of 20 ms.
    public static let leastPackets: UInt64 = 25

    init() {}
}

/// The E-model for one stream: asked once for all its packets and once for each interval.
public struct QualityModel: Sendable {
    private let codec: RatedCodec
    /// R if nothing were lost and the codec took nothing away.
    private let faultless: Double

    /// Milliseconds; what is longer is no telephone call, and as bad as this.
    static let longestDelay = 10_000.0

    /// - Parameters:
    ///   - codec: the codec's values, or why there are none.
    ///   - oneWayDelay: of the network, milliseconds; nil when it is not known and left out of account (0).
    public init(_ codec: RatedCodec, oneWayDelay: Double?) {
        self.codec = codec
        // Also 0 for what is not a number.
        let delay = oneWayDelay.map { $0 > 0 ? min($0, QualityModel.longestDelay) : 0 } ?? 0
        if case .rated(let codec) = codec {
            faultless = codec.scale.faultlessRating(oneWayDelay: delay)
        } else {
            faultless = 0
        }
    }

    public func quality(_ loss: PacketLoss) -> StreamQuality {
        var quality = StreamQuality()
        quality.burstRatio = loss.burstRatio
        switch codec {
        case .unrated(let reason): quality.reason = reason
        case .rated(let codec):
            quality.scale = codec.scale
            guard loss.expected >= StreamQuality.leastPackets else {
                quality.reason = .tooFewPackets
                return quality
            }
            guard loss.lost == 0 || codec.lossRobustness != nil else {
                quality.reason = .lossNotRated
                return quality
            }
            let rating =
                faultless
                - Impairment.equipment(
                    codec.impairment, lossRobustness: codec.lossRobustness ?? 1, lossPercent: loss.percent,
                    burstRatio: loss.modelledBurstRatio)
            quality.rating = max(rating, 0)
            quality.meanOpinionScore = codec.scale.meanOpinionScore(rating)
        }
        return quality
    }
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
    public init?(staticPayloadType: UInt8, concealsLoss: Bool) {
        guard let format = StaticPayloadType(staticPayloadType) else {
            // 19 was comfort noise before 13 was.
            if staticPayloadType == 19 { return nil }
            self = .unrated(.noCodec)
            return
        }
        guard format.name != "CN" else { return nil }
        self.init(CodecImpairment.lookup(format.name, concealsLoss: concealsLoss))
    }

    public init(_ lookup: CodecImpairment.Lookup) {
        switch lookup {
        case .found(let codec): self = .rated(codec)
        case .notRated: self = .unrated(.codecNotRated)
        case .modeUnknown: self = .unrated(.codecModeUnknown)
        }
    }
}
