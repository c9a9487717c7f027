/// An audio codec as SDP names it.
public struct Codec: Sendable, Equatable {
    public var name: String
    public var payloadType: UInt8
    public var clockRate: Int
    public var channels: Int
    /// Payload bytes of 20 ms; nil when they vary.
    public var bytesPer20ms: Int?

    public init(name: String, payloadType: UInt8, clockRate: Int, channels: Int, bytesPer20ms: Int?) {
        (self.name, self.payloadType, self.clockRate) = (name, payloadType, clockRate)
        (self.channels, self.bytesPer20ms) = (channels, bytesPer20ms)
    }

    public static let pcmu = Codec(name: "PCMU", payloadType: 0, clockRate: 8000, channels: 1, bytesPer20ms: 160)
    public static let pcma = Codec(name: "PCMA", payloadType: 8, clockRate: 8000, channels: 1, bytesPer20ms: 160)
    public static let g722 = Codec(name: "G722", payloadType: 9, clockRate: 8000, channels: 1, bytesPer20ms: 160)
    public static let g729 = Codec(name: "G729", payloadType: 18, clockRate: 8000, channels: 1, bytesPer20ms: 20)

    public static func opus(payloadType: UInt8) -> Codec {
        Codec(name: "opus", payloadType: payloadType, clockRate: 48000, channels: 2, bytesPer20ms: nil)
    }

    public static let telephoneEventPayloadType: UInt8 = 101

    /// The codec of a name on the command line; opus gets `dynamicPayloadType`.
    public static func named(_ name: String, dynamicPayloadType: UInt8 = 111) -> Codec? {
        switch name.lowercased() {
        case "pcmu": pcmu
        case "pcma": pcma
        case "g722": g722
        case "g729": g729
        case "opus": opus(payloadType: dynamicPayloadType)
        default: nil
        }
    }

    func write(to json: inout JSONText) {
        json.open("{")
        json.key("payload_type")
        json.number(payloadType)
        json.key("name")
        json.string(name)
        json.key("clock_rate_hz")
        json.number(clockRate)
        json.key("channels")
        json.number(channels)
        json.close("}")
    }
}
