import Glibc

/// The E-model of ITU-T G.107 (06/2015): the parameters of a connection, with the defaults of its table of default
/// values, and the transmission rating factor R that follows from them.
///
/// The names are spelt out, with G.107's symbols beside them. Nothing is left out: with all defaults R is 93.2.
public struct TransmissionRating: Equatable, Sendable {
    /// SLR, dB.
    public var sendLoudness = 8.0
    /// RLR, dB.
    public var receiveLoudness = 2.0
    /// STMR, dB.
    public var sidetoneMasking = 15.0
    /// Ds, D-value of the telephone at the send side.
    public var sendDValue = 3.0
    /// Dr, D-value of the telephone at the receive side. The listener's sidetone LSTR is STMR + Dr.
    public var receiveDValue = 3.0
    /// TELR, dB.
    public var talkerEchoLoudness = 65.0
    /// WEPL, dB.
    public var weightedEchoPathLoss = 110.0
    /// T, mean one-way delay of the echo path, ms.
    public var echoPathDelay = 0.0
    /// Tr, round-trip delay in a four-wire loop, ms.
    public var roundTripDelay = 0.0
    /// Ta, absolute delay in echo-free connections, ms.
    public var absoluteDelay = 0.0
    /// sT.
    public var delaySensitivity = 1.0
    /// mT, ms.
    public var leastPerceivableDelay = 100.0
    /// qdu, quantization distortion units.
    public var quantizationUnits = 1.0
    /// Ie.
    public var equipmentImpairment = 0.0
    /// Bpl.
    public var lossRobustness = 4.3
    /// Ppl, percent.
    public var lossPercent = 0.0
    /// BurstR.
    public var burstRatio = 1.0
    /// Nc, dBm0p.
    public var circuitNoise = -70.0
    /// Nfor, dBmp.
    public var receiverNoiseFloor = -64.0
    /// Ps, dB(A).
    public var sendRoomNoise = 35.0
    /// Pr, dB(A).
    public var receiveRoomNoise = 35.0
    /// A.
    public var advantage = 0.0

    public init() {}

    /// R = Ro - Is - Id - Ie-eff + A.
    public var rating: Double {
        let noise = noiseSum
        let signalToNoise = 15 - 1.5 * (sendLoudness + noise)
        let sidetone = sidetoneImpairment
        let simultaneous =
            loudnessImpairment(noise) + sidetone + quantizingImpairment(signalToNoise: signalToNoise)
        let delay =
            talkerEchoImpairment(noise, sidetone: sidetone) + listenerEchoImpairment(signalToNoise: signalToNoise)
            + Impairment.delay(absoluteDelay, sensitivity: delaySensitivity, least: leastPerceivableDelay)
        let equipment = Impairment.equipment(
            equipmentImpairment, lossRobustness: lossRobustness, lossPercent: lossPercent, burstRatio: burstRatio)
        return signalToNoise - simultaneous - delay - equipment + advantage
    }

    // MARK: Ro, the basic signal-to-noise ratio

    /// No: circuit noise, room noise of both sides and noise floor, added as powers, dBm0p.
    private var noiseSum: Double {
        let overall = sendLoudness + receiveLoudness
        let send =
            sendRoomNoise - sendLoudness - sendDValue - 100 + 0.004
            * pow(sendRoomNoise - overall - sendDValue - 14, 2)
        let listenerSidetone = sidetoneMasking + receiveDValue
        let effective = receiveRoomNoise + 10 * log10(1 + pow(10, (10 - listenerSidetone) / 10))
        let receive = receiveLoudness - 121 + effective + 0.008 * pow(effective - 35, 2)
        let floor = receiverNoiseFloor + receiveLoudness
        return 10 * log10([circuitNoise, send, receive, floor].reduce(0) { $0 + pow(10, $1 / 10) })
    }

    // MARK: Is, what occurs together with the voice

    /// Iolr: too low an overall loudness rating.
    private func loudnessImpairment(_ noise: Double) -> Double {
        let excess = sendLoudness + receiveLoudness + 0.2 * (64 + noise - receiveLoudness)
        return 20 * (pow(1 + pow(excess / 8, 8), 1.0 / 8) - excess / 8)
    }

    /// Ist: sidetone that is not optimum.
    private var sidetoneImpairment: Double {
        let masked =
            -10
            * log10(
                pow(10, -sidetoneMasking / 10) + exp(-echoPathDelay / 4) * pow(10, -talkerEchoLoudness / 10))
        return 12 * pow(1 + pow((masked - 13) / 6, 8), 1.0 / 8)
            - 28 * pow(1 + pow((masked + 1) / 19.4, 35), 1.0 / 35)
            - 13 * pow(1 + pow((masked - 3) / 33, 13), 1.0 / 13) + 29
    }

    /// Iq: quantizing distortion.
    private func quantizingImpairment(signalToNoise: Double) -> Double {
        let ratio = 37 - 15 * log10(quantizationUnits)
        let equivalent = 1.07 + 0.258 * ratio + 0.0602 * ratio * ratio
        let first = (signalToNoise - 100) / 15 + 46 / 8.4 - equivalent / 9
        let second = 46.0 / 30 - equivalent / 40
        return 15 * log10(1 + pow(10, first) + pow(10, second))
    }

    // MARK: Id, what comes later than the voice

    /// Idte: talker echo.
    private func talkerEchoImpairment(_ noise: Double, sidetone: Double) -> Double {
        var echo = 0.0
        if echoPathDelay >= 1 {
            var loudness =
                talkerEchoLoudness - 40 * log10((1 + echoPathDelay / 10) / (1 + echoPathDelay / 150))
                + 6 * exp(-0.3 * echoPathDelay * echoPathDelay)
            if sidetoneMasking < 9 { loudness += sidetone / 2 }
            let echoRating = 80 + 2.5 * (loudness - 14)
            let difference = -1.5 * (noise - receiveLoudness) - echoRating
            echo = (difference / 2 + (difference * difference / 4 + 100).squareRoot() - 1) * (1 - exp(-echoPathDelay))
        }
        return sidetoneMasking > 20 ? (echo * echo + sidetone * sidetone).squareRoot() : echo
    }

    /// Idle: listener echo.
    private func listenerEchoImpairment(signalToNoise: Double) -> Double {
        let loop = 10.5 * (weightedEchoPathLoss + 7) * pow(roundTripDelay + 1, -0.25)
        let difference = signalToNoise - loop
        return difference / 2 + (difference * difference / 4 + 169).squareRoot()
    }
}

/// The two impairments that the narrowband and the wideband model have in common.
enum Impairment {
    /// Idd: absolute delay in ms, which is too long even without echo.
    static func delay(_ delay: Double, sensitivity: Double = 1, least: Double = 100) -> Double {
        guard delay > least, least > 0 else { return 0 }
        let doublings = log10(delay / least) / log10(2)
        let power = 6 * sensitivity
        return 25 * (pow(1 + pow(doublings, power), 1 / power) - 3 * pow(1 + pow(doublings / 3, power), 1 / power) + 2)
    }

    /// Ie-eff: the codec, and the packets that it had to do without.
    static func equipment(
        _ impairment: Double, lossRobustness: Double, lossPercent: Double, burstRatio: Double
    ) -> Double {
        guard lossPercent > 0 else { return impairment }
        return impairment + (95 - impairment) * lossPercent / (lossPercent / burstRatio + lossRobustness)
    }
}
