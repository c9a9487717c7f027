/// The payload types that RFC 3551 section 6 (tables 4 and 5) assigns for good, so that they need no SDP.
public struct StaticPayloadType: Equatable, Sendable {
    /// The encoding name of SDP's `a=rtpmap`.
    public var name: String
    /// Hz, of the RTP timestamp (8000 for G722, RFC 3551 section 4.5.2).
    public var clockRate: UInt32
    /// 1 for video, where the notion does not apply.
    public var channels: UInt8

    /// nil for reserved, unassigned and dynamic payload types.
    public init?(_ payloadType: UInt8) {
        guard let clockRate = StaticPayloadType.clockRate(of: payloadType) else { return nil }
        self.clockRate = clockRate
        channels = payloadType == 10 ? 2 : 1
        switch payloadType {
        case 0: name = "PCMU"
        case 3: name = "GSM"
        case 4: name = "G723"
        case 5, 6, 16, 17: name = "DVI4"
        case 7: name = "LPC"
        case 8: name = "PCMA"
        case 9: name = "G722"
        case 10, 11: name = "L16"
        case 12: name = "QCELP"
        case 13: name = "CN"
        case 14: name = "MPA"
        case 15: name = "G728"
        case 18: name = "G729"
        case 25: name = "CelB"
        case 26: name = "JPEG"
        case 28: name = "nv"
        case 31: name = "H261"
        case 32: name = "MPV"
        case 33: name = "MP2T"
        case 34: name = "H263"
        default: return nil
        }
    }

    /// Hz; nil where `init` gives nil.
    public static func clockRate(of payloadType: UInt8) -> UInt32? {
        switch payloadType {
        case 0, 3, 4, 5, 7, 8, 9, 12, 13, 15, 18: 8000
        case 6: 16000
        case 10, 11: 44100
        case 14, 25, 26, 28, 31, 32, 33, 34: 90000
        case 16: 11025
        case 17: 22050
        default: nil
        }
    }
}
