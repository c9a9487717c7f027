/// What the E-model must say of a stream, written down from its published figures apart from any engine: a connection with all
/// defaults has R = 93.206 (ITU-T G.107), and only the codec and its losses take away from that.
struct ExpectedQuality {
    var mos: Double?
    var scale: String?
    var reason: String?
    var burstRatio: Double?

    init(codec: Codec, received: Int, lost: Int, bursts: Int) {
        let share = Double(lost) / Double(received + lost)
        if lost > 0 { burstRatio = Double(lost) / Double(bursts) * (1 - share) }
        // Ie and Bpl of ITU-T G.113 appendix I.
        let impairment: Double
        let robustness: Double
        switch codec.name {
        case "PCMU", "PCMA": (impairment, robustness) = (0, 25.1)
        case "G729": (impairment, robustness) = (11, 19)
        default:
            reason = "codec_not_rated"
            return
        }
        scale = "narrowband"
        guard received + lost >= 25 else {
            reason = "too_few_packets"
            return
        }
        var effective = impairment
        if lost > 0 {
            let percent = 100 * share
            effective += (95 - impairment) * percent / (percent / min(max(burstRatio ?? 1, 1), 8) + robustness)
        }
        let rating = 93.2062 - effective
        mos = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6
        if rating < 6.5 { mos = 1 }
    }
}
