/// Which of the E-models a rating belongs to. Scores of two scales cannot be compared: the same handset call without any
/// fault is 4.41 on the one and 4.50 on the other.
public enum OpinionScale: UInt8, Sendable {
    /// ITU-T G.107, 300 to 3400 Hz: R up to 93.2.
    case narrowband
    /// ITU-T G.107.1, 50 to 7000 Hz: R up to 129.
    case wideband

    public var name: String { self == .narrowband ? "narrowband" : "wideband" }

    /// The mean opinion score (MOS-CQE) of a rating: G.107 Annex B; G.107.1 Annex A, which divides by 1.29 first.
    public func meanOpinionScore(_ rating: Double) -> Double {
        let rating = self == .narrowband ? rating : rating / 1.29
        guard rating > 0 else { return 1 }
        guard rating < 100 else { return 4.5 }
        // Below 6.5 the polynomial dips under the scale's lowest value.
        return max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
    }

    /// R of a connection that has all defaults but the delay, and a codec that takes nothing away.
    ///
    /// - Parameter oneWayDelay: milliseconds, of the network. Narrowband: the delay of the echo path and the absolute
    ///   one, and half the loop. Wideband: the absolute one.
    func faultlessRating(oneWayDelay: Double) -> Double {
        switch self {
        case .wideband:
            return WidebandRating.rating(0, lossRobustness: 1, lossPercent: 0, absoluteDelay: oneWayDelay)
        case .narrowband:
            guard oneWayDelay > 0 else { return OpinionScale.defaultRating }
            var connection = TransmissionRating()
            connection.echoPathDelay = oneWayDelay
            connection.absoluteDelay = oneWayDelay
            connection.roundTripDelay = 2 * oneWayDelay
            return connection.rating
        }
    }

    /// 93.2; most streams need no other, and there are two dozen powers and logarithms in it.
    private static let defaultRating = TransmissionRating().rating
}

/// The wideband E-model of ITU-T G.107.1 (06/2019 with Corrigendum 1), with its defaults for everything but these.
public enum WidebandRating {
    /// Ro,WB; Is,WB and A are zero by definition.
    public static let best = 129.0

    /// R = 129 - Id,WB - Ie-eff,WB. The constant of Ie-eff,WB is the narrowband model's 95. Id,WB is the part of the
    /// absolute delay; talker and listener echo are taken to be cancelled.
    ///
    /// - Parameter absoluteDelay: milliseconds.
    public static func rating(
        _ impairment: Double, lossRobustness: Double, lossPercent: Double, burstRatio: Double = 1,
        absoluteDelay: Double = 0
    ) -> Double {
        best - Impairment.delay(absoluteDelay)
            - Impairment.equipment(
                impairment, lossRobustness: lossRobustness, lossPercent: lossPercent, burstRatio: burstRatio)
    }
}
