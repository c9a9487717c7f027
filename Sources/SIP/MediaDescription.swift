import PacketDecoding

/// One `m=` line and the lines that belong to it (RFC 8866 section 5.14).
public struct MediaDescription: Sendable, Hashable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
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
    /// As written, in the session's `formats`; payload types, of RTP.
    public internal(set) var formats = 0..<0
    /// The formats that are payload types, in their order, in the session's `payloadTypes`.
    public internal(set) var payloadTypes = 0..<0
    /// Its own `c=`; without one the session's counts.
    public internal(set) var connection: SDPConnection?
    /// In the session's arrays of these names.
    public internal(set) var rtpMaps = 0..<0
    public internal(set) var formatParameters = 0..<0
    public internal(set) var candidates = 0..<0
    /// `a=ptime` in milliseconds.
    public internal(set) var packetTimeMs: UInt16?
    /// Its own; without one the session's counts, without that `sendrecv`.
    public internal(set) var direction: MediaDirection?
    public internal(set) var rtcpPort: UInt16?
    /// The address in `a=rtcp`.
    public internal(set) var rtcpConnection: SDPConnection?
    public internal(set) var isRTCPMultiplexed = false
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

    init(_ line: SDPMediaLine, isRTP: Bool) {
        kind = line.kind
        kindRange = ByteRange(line.kindRange)
        port = line.port
        portCount = line.portCount
        proto = ByteRange(line.proto)
        self.isRTP = isRTP
    }

    static func payloadType(_ sdp: Span<UInt8>, _ range: Range<Int>) -> UInt8? {
        sdp.decimal(from: range.lowerBound, to: range.upperBound, limit: 127).flatMap { UInt8(exactly: $0) }
    }
}

extension SessionDescription {
    /// Fax over UDP or TCP (ITU-T T.38): `m=image … udptl t38`.
    public func isT38(_ media: MediaDescription, in sdp: Span<UInt8>) -> Bool {
        media.kind == .image
            && formats[media.formats].contains {
                sdp.equalsIgnoringCase("t38", from: Int($0.start), to: Int($0.end))
            }
    }

    mutating func beginMedia(_ sdp: Span<UInt8>, _ line: SDPLineIterator.Line) {
        let mediaLine = SDPMediaLine(sdp, line)
        var description = MediaDescription(mediaLine, isRTP: mediaLine.isRTP(sdp))
        description.formats = formats.count..<formats.count
        description.payloadTypes = payloadTypes.count..<payloadTypes.count
        description.rtpMaps = rtpMaps.count..<rtpMaps.count
        description.formatParameters = formatParameters.count..<formatParameters.count
        description.candidates = candidates.count..<candidates.count
        var fields = SDPFields(from: mediaLine.formats, to: line.end)
        while true {
            let format = fields.next(in: sdp)
            if format.isEmpty { break }
            if description.isRTP, let type = MediaDescription.payloadType(sdp, format) {
                Self.append(type, to: &payloadTypes, &description.payloadTypes, &refused)
            }
            Self.append(ByteRange(format), to: &formats, &description.formats, &refused)
        }
        media.append(description)
    }

    /// False if the attribute is one that is read and its value cannot be.
    mutating func take(
        _ attribute: SDPAttribute, ofMedia index: Int, _ value: ByteRange, _ sdp: Span<UInt8>
    ) -> Bool {
        let (start, end) = (Int(value.start), Int(value.end))
        switch attribute {
        case .rtpmap:
            guard let map = RTPMap(sdp, from: start, to: end) else { return false }
            Self.append(map, to: &rtpMaps, &media[index].rtpMaps, &refused)
        case .fmtp:
            guard let parameters = FormatParameters(sdp, from: start, to: end) else { return false }
            Self.append(parameters, to: &formatParameters, &media[index].formatParameters, &refused)
        case .candidate:
            guard let candidate = ICECandidate(sdp, from: start, to: end) else { return false }
            Self.append(candidate, to: &candidates, &media[index].candidates, &refused)
        case .rtcp:
            let rtcp = RTCPAttribute(sdp, from: start, to: end)
            media[index].rtcpPort = rtcp.port
            media[index].rtcpConnection = rtcp.connection
            return rtcp.port != nil
        case .ptime:
            media[index].packetTimeMs = sdp.port(from: start, to: sdp.trimLinearSpace(from: start, backFrom: end))
            return media[index].packetTimeMs != nil
        case .rtcpMux: media[index].isRTCPMultiplexed = true
        case .mid: media[index].mid = value
        case .crypto: media[index].hasCrypto = true
        case .fingerprint: media[index].hasFingerprint = true
        case .bundleOnly: media[index].isBundleOnly = true
        case .sendrecv, .sendonly, .recvonly, .inactive: media[index].direction = MediaDirection(attribute)
        case .group, .other: break
        }
        return true
    }

    /// Of the media section that is being read: its own are the last ones.
    @inline(__always)
    private static func append<Entry>(
        _ entry: Entry, to entries: inout [Entry], _ own: inout Range<Int>, _ refused: inout Int
    ) {
        guard own.count < Limits.entries else {
            refused += 1
            return
        }
        entries.append(entry)
        own = own.lowerBound..<entries.count
    }
}
