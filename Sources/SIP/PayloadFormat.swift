/// What a payload type stands for: the static table of RFC 3551 section 6, or an rtpmap.
public struct PayloadFormat: Sendable, Hashable {
    /// The encoding name, in the table's spelling or the rtpmap's.
    public var name: String
    public var clockRateHz: UInt32
    public var channels: UInt8

    public init(name: String, clockRateHz: UInt32, channels: UInt8) {
        self.name = name
        self.clockRateHz = clockRateHz
        self.channels = channels
    }

    /// The clock rate of a static payload type; nil if it has none. Without allocation, for streams without SDP.
    public static func staticClockRateHz(_ payloadType: UInt8) -> UInt32? {
        switch payloadType {
        // G722 samples at 16 kHz and counts at 8 (RFC 3551 section 4.5.2).
        case 0, 3...5, 7...9, 12, 13, 15, 18: 8_000
        case 6: 16_000
        case 10, 11: 44_100
        case 14, 25, 26, 28, 31...34: 90_000
        case 16: 11_025
        case 17: 22_050
        // Reserved; Cisco's comfort noise before RFC 3389 gave it 13.
        case 19: 8_000
        default: nil
        }
    }

    /// The static payload type; nil for dynamic and unassigned ones.
    public init?(staticPayloadType payloadType: UInt8) {
        guard let name = Self.staticName(payloadType), let rate = Self.staticClockRateHz(payloadType) else {
            return nil
        }
        self.init(name: name, clockRateHz: rate, channels: payloadType == 10 ? 2 : 1)
    }

    private static func staticName(_ payloadType: UInt8) -> String? {
        switch payloadType {
        case 0: "PCMU"
        case 3: "GSM"
        case 4: "G723"
        case 5, 6, 16, 17: "DVI4"
        case 7: "LPC"
        case 8: "PCMA"
        case 9: "G722"
        case 10, 11: "L16"
        case 12: "QCELP"
        case 13, 19: "CN"
        case 14: "MPA"
        case 15: "G728"
        case 18: "G729"
        case 25: "CelB"
        case 26: "JPEG"
        case 28: "nv"
        case 31: "H261"
        case 32: "MPV"
        case 33: "MP2T"
        case 34: "H263"
        default: nil
        }
    }
}

extension MediaDescription {
    /// What `payloadType` stands for in this media: its rtpmap, else the static table; nil if neither says.
    public func format(of payloadType: UInt8, in sdp: Span<UInt8>) -> PayloadFormat? {
        for map in rtpMaps where map.payloadType == payloadType {
            return PayloadFormat(
                name: map.encoding.string(in: sdp), clockRateHz: map.clockRateHz, channels: map.channels)
        }
        return PayloadFormat(staticPayloadType: payloadType)
    }
}
