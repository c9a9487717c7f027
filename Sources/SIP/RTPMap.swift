/// `a=rtpmap:<payload type> <encoding>/<clock rate>[/<channels>]` (RFC 8866 section 6.6).
public struct RTPMap: Sendable, Hashable {
    public var payloadType: UInt8
    public var encoding: ByteRange
    public var clockRateHz: UInt32
    /// 1 when not written.
    public var channels: UInt8

    /// nil when a part is missing or no number, or the clock rate is 0.
    init?(_ sdp: Span<UInt8>, from start: Int, to end: Int) {
        var fields = SDPFields(from: start, to: end)
        let type = fields.next(in: sdp)
        let map = fields.next(in: sdp)
        guard let payloadType = MediaDescription.payloadType(sdp, type) else { return nil }
        let slash = sdp.offset(of: UInt8(ascii: "/"), from: map.lowerBound, to: map.upperBound)
        guard slash > map.lowerBound, slash < map.upperBound else { return nil }
        let second = sdp.offset(of: UInt8(ascii: "/"), from: slash + 1, to: map.upperBound)
        guard let rate = sdp.decimal(from: slash + 1, to: second), rate > 0 else { return nil }
        self.payloadType = payloadType
        encoding = ByteRange(map.lowerBound, slash)
        clockRateHz = UInt32(truncatingIfNeeded: rate)
        channels = 1
        if second < map.upperBound, let count = sdp.decimal(from: second + 1, to: map.upperBound, limit: 255), count > 0
        {
            channels = UInt8(truncatingIfNeeded: count)
        }
    }
}

/// `a=fmtp:<format> <parameters>` (RFC 8866 section 6.15).
public struct FormatParameters: Sendable, Hashable {
    public var payloadType: UInt8
    /// As written.
    public var parameters: ByteRange

    init?(_ sdp: Span<UInt8>, from start: Int, to end: Int) {
        var fields = SDPFields(from: start, to: end)
        let type = fields.next(in: sdp)
        guard let payloadType = MediaDescription.payloadType(sdp, type) else { return nil }
        self.payloadType = payloadType
        parameters = ByteRange(sdp.skipBlanks(from: type.upperBound, to: end), end)
    }
}
