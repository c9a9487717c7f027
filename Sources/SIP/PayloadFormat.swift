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

extension SessionDescription {
    /// What the description says `payloadType` stands for in one of its media; nil if it says nothing.
    public func format(of payloadType: UInt8, _ media: MediaDescription, in sdp: Span<UInt8>) -> PayloadFormat? {
        for index in media.rtpMaps where rtpMaps[index].payloadType == payloadType {
            return PayloadFormat(
                name: rtpMaps[index].encoding.string(in: sdp), clockRateHz: rtpMaps[index].clockRateHz,
                channels: rtpMaps[index].channels)
        }
        return nil
    }
}
