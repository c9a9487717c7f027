/// What an rtpmap says a payload type stands for. (Those that RFC 3551 fixes are in the RTP module.)
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
}

extension MediaDescription {
    /// What the description says `payloadType` stands for; nil if it says nothing.
    public func format(of payloadType: UInt8, in sdp: Span<UInt8>) -> PayloadFormat? {
        for map in rtpMaps where map.payloadType == payloadType {
            return PayloadFormat(
                name: map.encoding.string(in: sdp), clockRateHz: map.clockRateHz, channels: map.channels)
        }
        return nil
    }
}
