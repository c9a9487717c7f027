import PacketDecoding

/// One `m=` line and the lines that belong to it (RFC 8866 section 5.14).
public struct MediaDescription: Sendable, Hashable {
    public enum Kind: UInt8, Sendable {
        case audio, video, image, other

        @inline(__always)
        init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
            guard range.count == 5 else {
                self = .other
                return
            }
            switch bytes.packed(from: range.lowerBound, length: 5) | 0x20_2020_2020 {
            case PackedName.word("a", "u", "d", "i", "o"): self = .audio
            case PackedName.word("v", "i", "d", "e", "o"): self = .video
            case PackedName.word("i", "m", "a", "g", "e"): self = .image
            default: self = .other
            }
        }
    }

    public internal(set) var kind: Kind
    /// As written.
    public internal(set) var kindRange: ByteRange
    /// nil when it is missing or no port; 0 refuses or removes the media (RFC 3264 section 6).
    public internal(set) var port: UInt16?
    public internal(set) var portCount: Int
    /// `RTP/AVP`, `UDP/TLS/RTP/SAVPF`, `udptl`, … as written.
    public internal(set) var proto: ByteRange
    /// RTP of any profile.
    public internal(set) var isRTP: Bool
    /// As written; payload types, of RTP.
    public internal(set) var formats: [ByteRange] = []
    /// The formats that are payload types, in their order.
    public internal(set) var payloadTypes: [UInt8] = []
    /// Its own `c=`; without one the session's counts.
    public internal(set) var connection: SDPConnection?
    public internal(set) var rtpMaps: [RTPMap] = []
    public internal(set) var formatParameters: [FormatParameters] = []
    /// `a=ptime` in milliseconds.
    public internal(set) var packetTimeMs: UInt16?
    /// Its own; without one the session's counts, without that `sendrecv`.
    public internal(set) var direction: MediaDirection?
    public internal(set) var rtcpPort: UInt16?
    /// The address in `a=rtcp`.
    public internal(set) var rtcpConnection: SDPConnection?
    public internal(set) var isRTCPMultiplexed = false
    public internal(set) var candidates: [ICECandidate] = []
    public internal(set) var mid: ByteRange = .absent
    public internal(set) var hasCrypto = false
    public internal(set) var hasFingerprint = false
    /// Port 0 does not refuse it: it comes on its bundle's port (RFC 8843 section 6).
    public internal(set) var isBundleOnly = false

    /// SRTP by its profile: `RTP/SAVP`, `UDP/TLS/RTP/SAVPF` …
    public func isSecureProfile(in sdp: Span<UInt8>) -> Bool { contains("savp", sdp) }

    /// DTLS-SRTP by its profile (RFC 5764 section 8).
    public func isTLSProfile(in sdp: Span<UInt8>) -> Bool { contains("tls/", sdp) }

    private func contains(_ text: StaticString, _ sdp: Span<UInt8>) -> Bool {
        var index = Int(proto.start)
        while index + text.utf8CodeUnitCount <= Int(proto.end) {
            if sdp.hasPrefixIgnoringCase(text, at: index) { return true }
            index += 1
        }
        return false
    }

    /// Fax over UDP or TCP (ITU-T T.38): `m=image … udptl t38`.
    public func isT38(in sdp: Span<UInt8>) -> Bool {
        kind == .image
            && formats.contains { sdp.equalsIgnoringCase("t38", from: Int($0.start), to: Int($0.end)) }
    }

    init(_ sdp: Span<UInt8>, _ line: SDPLineIterator.Line, _ refused: inout Int) {
        let media = SDPMediaLine(sdp, line)
        kind = media.kind
        kindRange = ByteRange(media.kindRange)
        port = media.port
        portCount = media.portCount
        proto = ByteRange(media.proto)
        isRTP = media.isRTP(sdp)
        // Room for what the usual line has: an array that grows one by one is made anew four times.
        formats.reserveCapacity(8)
        if isRTP { payloadTypes.reserveCapacity(8) }
        var fields = SDPFields(from: media.formats, to: line.end)
        while true {
            let format = fields.next(in: sdp)
            if format.isEmpty { break }
            if isRTP, let type = Self.payloadType(sdp, format) {
                payloadTypes.appendBounded(type, SessionDescription.Limits.entries, &refused)
            }
            formats.appendBounded(ByteRange(format), SessionDescription.Limits.entries, &refused)
        }
    }

    static func payloadType(_ sdp: Span<UInt8>, _ range: Range<Int>) -> UInt8? {
        sdp.decimal(from: range.lowerBound, to: range.upperBound, limit: 127).flatMap { UInt8(exactly: $0) }
    }

    /// False if the attribute is one that is read and its value cannot be.
    mutating func take(
        _ attribute: SDPAttribute, _ value: ByteRange, _ sdp: Span<UInt8>, _ refused: inout Int
    ) -> Bool {
        let (start, end, limit) = (Int(value.start), Int(value.end), SessionDescription.Limits.entries)
        switch attribute {
        case .rtpmap:
            guard let map = RTPMap(sdp, from: start, to: end) else { return false }
            if rtpMaps.isEmpty { rtpMaps.reserveCapacity(formats.count) }
            rtpMaps.appendBounded(map, limit, &refused)
        case .fmtp:
            guard let parameters = FormatParameters(sdp, from: start, to: end) else { return false }
            formatParameters.appendBounded(parameters, limit, &refused)
        case .candidate:
            guard let candidate = ICECandidate(sdp, from: start, to: end) else { return false }
            candidates.appendBounded(candidate, limit, &refused)
        case .rtcp:
            let rtcp = RTCPAttribute(sdp, from: start, to: end)
            rtcpPort = rtcp.port
            rtcpConnection = rtcp.connection
            return rtcp.port != nil
        case .ptime:
            packetTimeMs = sdp.port(from: start, to: sdp.trimLinearSpace(from: start, backFrom: end))
            return packetTimeMs != nil
        case .rtcpMux: isRTCPMultiplexed = true
        case .mid: mid = value
        case .crypto: hasCrypto = true
        case .fingerprint: hasFingerprint = true
        case .bundleOnly: isBundleOnly = true
        case .sendrecv, .sendonly, .recvonly, .inactive: direction = MediaDirection(attribute)
        case .group, .other: break
        }
        return true
    }
}
