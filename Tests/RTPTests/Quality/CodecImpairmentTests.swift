import Testing

@testable import RTP

/// Ie, Bpl and Ie,WB as G.113 has them (appendix I tables I.1 and I.4, appendix IV table IV.1).
struct CodecImpairmentTests {
    @Test(arguments: [
        ("PCMU", 0.0, 25.1 as Double?), ("pcma", 0, 25.1), ("G729", 11, 19), ("GSM", 20, nil), ("GSM-EFR", 5, 10),
        ("GSM-HR-08", 23, nil), ("G728", 7, nil), ("G726-40", 2, nil), ("G726-32", 7, nil), ("G726-24", 25, nil),
        ("G726-16", 50, nil),
    ])
    func narrowband(name: String, impairment: Double, robustness: Double?) {
        #expect(
            CodecImpairment.lookup(name)
                == .found(CodecImpairment(.narrowband, impairment, lossRobustness: robustness)))
    }

    @Test func g711WithoutConcealment() {
        #expect(
            CodecImpairment.lookup("PCMU", concealsLoss: false)
                == .found(CodecImpairment(.narrowband, 0, lossRobustness: 4.3)))
    }

    @Test func g729WithoutVoiceActivityDetection() {
        let rate = CodecImpairment.negotiatedBitRate("G729", parameters: "annexb=no")
        #expect(
            CodecImpairment.lookup("G729", bitRate: rate)
                == .found(CodecImpairment(.narrowband, 10, lossRobustness: 19)))
        #expect(CodecImpairment.negotiatedBitRate("G729", parameters: "annexb=yes") == 0)
    }

    /// Never by the packets' length, which CSRC list, header extension, padding and an SRTP tag change.
    @Test func g723ByParameterOnly() {
        let higher = CodecImpairment.Lookup.found(CodecImpairment(.narrowband, 15, lossRobustness: 16.1))
        let lower = CodecImpairment.Lookup.found(CodecImpairment(.narrowband, 19))
        #expect(CodecImpairment.lookup("G723") == .modeUnknown)
        for (value, found) in [("6.3", higher), ("5.3", lower), ("4", .modeUnknown)] {
            let rate = CodecImpairment.negotiatedBitRate("G723", parameters: "annexa=no;bitrate=\(value)")
            #expect(CodecImpairment.lookup("G723", bitRate: rate) == found)
        }
    }

    @Test(arguments: zip(0...8, [41.0, 26, 13, 10, 7, 5, 3, 1, 8]))
    func amrWidebandByMode(mode: Int, impairment: Double) {
        let rate = CodecImpairment.negotiatedBitRate("AMR-WB", parameters: "octet-align=1; mode-set=\(mode)")
        #expect(CodecImpairment.lookup("AMR-WB", bitRate: rate) == .found(CodecImpairment(.wideband, impairment)))
    }

    @Test(arguments: [
        "", "mode-set=0,1,2", "mode-set=9", "mode-set=-1", "mode-set=", "mode-set", ";;=;", "octet-align=1",
    ])
    func amrWidebandWithoutOneMode(parameters: String) {
        #expect(CodecImpairment.negotiatedBitRate("AMR-WB", parameters: parameters) == 0)
        #expect(CodecImpairment.lookup("AMR-WB") == .modeUnknown)
    }

    /// G.722 and G.722.1 because their values could not be verified.
    @Test(arguments: ["G722", "G7221", "opus", "EVS", "AMR", "iLBC", "SILK", "H264", "L16", "", "telephone-event"])
    func notRated(name: String) { #expect(CodecImpairment.lookup(name) == .notRated) }

    // MARK: The stream's quality

    private func quality(_ loss: PacketLoss, codec: RatedCodec, oneWayDelay: Double?) -> StreamQuality {
        QualityModel(codec, oneWayDelay: oneWayDelay).quality(loss)
    }

    private let clean = PacketLoss(received: 500, lost: 0, bursts: 0)

    @Test func g711WithoutLoss() {
        let quality = self.quality(clean, codec: RatedCodec(CodecImpairment.lookup("PCMA")), oneWayDelay: nil)
        #expect(quality.scale == .narrowband && quality.reason == nil && quality.burstRatio == nil)
        #expect((quality.rating ?? 0).rounded(.down) == 93 && ((quality.meanOpinionScore ?? 0) * 100).rounded() == 441)
    }

    /// Two percent at random over Bpl 25.1: 93.206 - 95 * 2 / 27.1 = 86.195; MOS 1 + 3.0168 + 0.2182.
    @Test func g711WithTwoPercentAtRandom() {
        let quality = self.quality(
            PacketLoss(received: 4900, lost: 100, bursts: 98), codec: RatedCodec(CodecImpairment.lookup("PCMU")),
            oneWayDelay: nil)
        #expect(((quality.burstRatio ?? 0) * 1000).rounded() == 1000)
        #expect(((quality.rating ?? 0) * 10).rounded() == 862)
        #expect(((quality.meanOpinionScore ?? 0) * 100).rounded() == 424)
    }

    @Test func whyNot() {
        let lossy = PacketLoss(received: 499, lost: 1, bursts: 1)
        func reason(_ loss: PacketLoss, _ codec: RatedCodec) -> StreamQuality.NoScoreReason? {
            let quality = self.quality(loss, codec: codec, oneWayDelay: nil)
            #expect((quality.meanOpinionScore == nil) == (quality.reason != nil))
            return quality.reason
        }
        let wideband = RatedCodec(CodecImpairment.lookup("AMR-WB", bitRate: 12650))
        #expect(reason(clean, wideband) == nil)
        #expect(reason(lossy, wideband) == .lossNotRated)
        #expect(reason(clean, RatedCodec(CodecImpairment.lookup("G722"))) == .codecNotRated)
        #expect(reason(clean, RatedCodec(CodecImpairment.lookup("opus"))) == .codecNotRated)
        #expect(reason(clean, RatedCodec(CodecImpairment.lookup("AMR-WB"))) == .codecModeUnknown)
        #expect(reason(clean, .unrated(.noCodec)) == .noCodec)
        #expect(reason(clean, RatedCodec([])) == .noSpeech)
        #expect(reason(clean, RatedCodec([wideband, RatedCodec(CodecImpairment.lookup("PCMU"))])) == .severalCodecs)
        let g711 = RatedCodec(CodecImpairment.lookup("PCMU"))
        #expect(reason(clean, RatedCodec([g711, RatedCodec(CodecImpairment.lookup("PCMA"))])) == nil)
        #expect(reason(PacketLoss(received: 24, lost: 0, bursts: 0), g711) == .tooFewPackets)
    }

    /// Not a number, below zero, endless: nothing traps, nothing leaves the scale.
    @Test(arguments: [Double.nan, -1, 0, 1, 1e9, .infinity, -.infinity])
    func anyDelay(delay: Double) {
        for codec in [CodecImpairment.lookup("PCMU"), CodecImpairment.lookup("AMR-WB", bitRate: 12650)] {
            let quality = self.quality(clean, codec: RatedCodec(codec), oneWayDelay: delay)
            let score = quality.meanOpinionScore ?? 0
            #expect(score >= 1 && score <= 4.5)
            #expect((quality.rating ?? -1) >= 0)
        }
    }

    @Test func everythingLost() {
        for (received, lost) in [(UInt64(0), UInt64(250)), (1, 249), (125, 125)] {
            let quality = self.quality(
                PacketLoss(received: received, lost: lost, bursts: 1),
                codec: RatedCodec(CodecImpairment.lookup("PCMU")), oneWayDelay: 0)
            #expect((quality.meanOpinionScore ?? 0) < 1.3)
        }
    }
}
