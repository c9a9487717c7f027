import Testing

@testable import RTP

/// The E-model against figures that were published with it.
struct TransmissionRatingTests {
    private func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
        (value - expected).magnitude <= tolerance
    }

    /// G.107 section 7.7: with all default values R = 93.2. Other implementations print 93.206208.
    @Test func allDefaultsGive93Point2() {
        let rating = TransmissionRating().rating
        #expect(isClose(rating, 93.2, 0.05))
        #expect(isClose(rating, 93.206208, 5e-7))
        #expect(isClose(OpinionScale.narrowband.meanOpinionScore(rating), 4.41, 0.005))
    }

    /// G.107 Annex B, table B.1 (its 4.03 is a hundredth off the formula beside it).
    @Test(arguments: [(90.0, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
    func opinionScoreOfTableB1(rating: Double, score: Double) {
        #expect(isClose(OpinionScale.narrowband.meanOpinionScore(rating), score, 0.0061))
    }

    @Test func opinionScoresStayOnTheScale() {
        for step in -100...1500 {
            for scale in [OpinionScale.narrowband, .wideband] {
                let score = scale.meanOpinionScore(Double(step) / 10)
                #expect(score >= 1 && score <= 4.5)
            }
        }
        #expect(OpinionScale.narrowband.meanOpinionScore(-1) == 1)
        #expect(OpinionScale.narrowband.meanOpinionScore(100) == 4.5)
    }

    /// G.107 equations 7-27 and 7-28 by hand. 200 ms: X = 1, 25 (2^(1/6) - 3 (1 + 3^-6)^(1/6) + 2) = 3.044.
    /// 400 ms: X = 2, 25 (65^(1/6) - 3 (1 + (2/3)^6)^(1/6) + 2) = 25 (2.00515 - 3.04237 + 2) = 24.07.
    @Test func absoluteDelay() {
        #expect(Impairment.delay(0) == 0)
        #expect(Impairment.delay(100) == 0)
        #expect(isClose(Impairment.delay(200), 3.044, 0.001))
        #expect(isClose(Impairment.delay(400), 24.07, 0.02))
    }

    /// G.131 and G.108 take R for the delay with TELR = 65 dB; 0 ms is the default, and each step costs.
    @Test func delayWithEchoCostsMoreThanWithout() {
        var last = 93.3
        for delay in stride(from: 0.0, through: 500, by: 25) {
            var echo = TransmissionRating()
            echo.echoPathDelay = delay
            echo.absoluteDelay = delay
            echo.roundTripDelay = 2 * delay
            let rating = echo.rating
            #expect(rating < last)
            last = rating
            var free = TransmissionRating()
            free.absoluteDelay = delay
            #expect(rating <= free.rating)
        }
    }

    /// G.113 (02/2001) appendix I gives Ie under random loss for G.729A with VAD in whole numbers, from which Ie = 11 and
    /// Bpl = 19.0 were made.
    @Test(arguments: [
        (0.0, 11.0), (0.5, 13), (1, 15), (1.5, 17), (2, 19), (3, 23), (4, 26), (8, 36), (16, 49),
    ])
    func g729UnderRandomLoss(loss: Double, impairment: Double) {
        let found = Impairment.equipment(11, lossRobustness: 19, lossPercent: loss, burstRatio: 1)
        #expect(isClose(found, impairment, 0.55))
    }

    /// The same for G.711 with concealment, Bpl = 25.1.
    @Test(arguments: [(0.0, 0.0), (2, 7), (3, 10), (5, 15), (7, 20), (15, 35)])
    func g711UnderRandomLoss(loss: Double, impairment: Double) {
        let found = Impairment.equipment(0, lossRobustness: 25.1, lossPercent: loss, burstRatio: 1)
        #expect(isClose(found, impairment, 1))
    }

    /// Equation 7-29 by hand: 95 * 4 / (4 / 2 + 4.3) = 60.317.
    @Test func burstsCostMore() {
        #expect(isClose(Impairment.equipment(0, lossRobustness: 4.3, lossPercent: 4, burstRatio: 2), 60.317, 0.001))
        #expect(isClose(Impairment.equipment(0, lossRobustness: 4.3, lossPercent: 4, burstRatio: 1), 45.783, 0.001))
    }

    /// G.107.1 equations 7-1, 7-15, A-1 and A-2 over G.113 table IV.1: MOS of AMR-WB's modes without loss.
    @Test(arguments: [
        (1.0, 4.49), (3, 4.48), (5, 4.46), (7, 4.43), (8, 4.42), (10, 4.39), (13, 4.34), (26, 4.02), (41, 3.51),
        (56, 2.92),
    ])
    func widebandModes(impairment: Double, score: Double) {
        let rating = WidebandRating.rating(impairment, lossRobustness: 1, lossPercent: 0)
        #expect(rating == 129 - impairment)
        #expect(isClose(OpinionScale.wideband.meanOpinionScore(rating), score, 0.005))
    }

    /// G.113 tables IV.3 and IV.4: AMR-WB at 12.65 kbit/s, both ears, two percent lost.
    @Test func widebandLoss() {
        let rating = WidebandRating.rating(20, lossRobustness: 4.3, lossPercent: 2)
        #expect(isClose(129 - rating, 43.8095, 0.0001))
        #expect(isClose(OpinionScale.wideband.meanOpinionScore(rating), 3.4062, 0.0001))
    }

    @Test func widebandBestIs129() {
        #expect(WidebandRating.rating(0, lossRobustness: 1, lossPercent: 0) == 129)
        #expect(isClose(OpinionScale.wideband.meanOpinionScore(129), 4.5, 1e-9))
    }
}
