/// What a codec takes away from R, out of ITU-T G.113's provisional planning values: Ie and Bpl of Appendix I
/// (narrowband), Ie,WB of Appendix IV table IV.1 (wideband, handset). docs/quality.md has the table with its sources.
public struct CodecImpairment: Equatable, Sendable {
    public var scale: OpinionScale
    /// Ie or Ie,WB.
    public var impairment: Double
    /// Bpl; nil where G.113 has none, so that the effect of a loss is not known.
    public var lossRobustness: Double?

    public init(_ scale: OpinionScale, _ impairment: Double, lossRobustness: Double? = nil) {
        self.scale = scale
        self.impairment = impairment
        self.lossRobustness = lossRobustness
    }
}

extension CodecImpairment {
    public enum Lookup: Equatable, Sendable {
        case found(CodecImpairment)
        /// G.113 has no value for it, or none that could be verified: Opus, EVS, AMR, iLBC, G.722, G.722.1 …
        case notRated
        /// It has values by bit rate, and the bit rate is not known.
        case modeUnknown
    }

    /// Finds the values of a codec.
    ///
    /// - Parameters:
    ///   - name: of SDP's `a=rtpmap`, in any case.
    ///   - bitRate: as the `a=fmtp` fixes it, bit/s; 0 when it does not. See `negotiatedBitRate`.
    ///   - concealsLoss: the receivers of G.711 conceal lost packets (G.711 Appendix I). The other codecs' values are with
    ///     their own concealment.
    public static func lookup(
        _ name: String, bitRate: UInt32 = 0, concealsLoss: Bool = true
    ) -> Lookup {
        switch name.uppercased() {
        case "PCMU", "PCMA": narrowband(0, lossRobustness: concealsLoss ? 25.1 : 4.3)
        // Annex B (voice activity detection) is in use unless it is switched off (RFC 4856 section 2.1.9).
        case "G729": narrowband(bitRate == 8000 ? 10 : 11, lossRobustness: 19)
        case "G723": g723(bitRate)
        case "GSM": narrowband(20)
        case "GSM-EFR": narrowband(5, lossRobustness: 10)
        case "GSM-HR-08": narrowband(23)
        case "G728": narrowband(7)
        case "G726-40", "AAL2-G726-40": narrowband(2)
        case "G726-32", "AAL2-G726-32": narrowband(7)
        case "G726-24", "AAL2-G726-24": narrowband(25)
        case "G726-16", "AAL2-G726-16": narrowband(50)
        case "AMR-WB": wideband(bitRate)
        default: .notRated
        }
    }

    private static func narrowband(_ impairment: Double, lossRobustness: Double? = nil) -> Lookup {
        .found(CodecImpairment(.narrowband, impairment, lossRobustness: lossRobustness))
    }

    private static func wideband(_ bitRate: UInt32) -> Lookup {
        wideband[bitRate].map { .found(CodecImpairment(.wideband, $0)) } ?? .modeUnknown
    }

    /// AMR-WB is G.722.2. That 23.85 kbit/s is worse than 23.05 is as published.
    private static let wideband: [UInt32: Double] = [
        6600: 41, 8850: 26, 12650: 13, 14250: 10, 15850: 7, 18250: 5, 19850: 3, 23050: 1, 23850: 8,
    ]

    /// The packets' length does not tell: frames are 24 bytes at 6.3 kbit/s and 20 at 5.3 (RFC 3551 section 4.5.3), and a
    /// CSRC or a short SRTP tag makes one as long as the other.
    private static func g723(_ bitRate: UInt32) -> Lookup {
        switch bitRate {
        case 6300: narrowband(15, lossRobustness: 16.1)
        case 5300: narrowband(19)
        default: .modeUnknown
        }
    }

    /// The bit rate that an `a=fmtp` fixes, bit/s; 0 when it leaves it open or says nothing of it.
    ///
    /// - Parameter parameters: as written, `mode-set=2; octet-align=1`.
    public static func negotiatedBitRate(_ name: String, parameters: String) -> UInt32 {
        func value(_ wanted: String) -> Substring? {
            for parameter in parameters.split(separator: ";") {
                let parts = parameter.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].trimmed.lowercased() == wanted else { continue }
                return parts[1].trimmed
            }
            return nil
        }
        switch name.uppercased() {
        case "G729": return value("annexb")?.lowercased() == "no" ? 8000 : 0
        case "G723":
            switch value("bitrate") {
            case "6.3": return 6300
            case "5.3": return 5300
            default: return 0
            }
        case "AMR-WB":
            // One mode only (RFC 4867 section 8.2): with more the sender changes as it likes.
            guard let mode = value("mode-set").flatMap({ Int($0) }), amrWidebandBitRates.indices.contains(mode) else {
                return 0
            }
            return amrWidebandBitRates[mode]
        default: return 0
        }
    }

    private static let amrWidebandBitRates: [UInt32] = [
        6600, 8850, 12650, 14250, 15850, 18250, 19850, 23050, 23850,
    ]
}

extension Substring {
    /// Without blanks at both ends.
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
