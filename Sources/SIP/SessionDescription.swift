import PacketDecoding

/// A session description (RFC 8866), as far as calls are told from it.
///
/// Keep one and use it again: `read` allocates only while its arrays grow. Ranges count from the first byte given to it.
/// What exceeds `Limits` is left out and counted in `refused`; lines that cannot be read are left out and counted in
/// `oddLines`.
public struct SessionDescription: Sendable {
    public enum Limits {
        public static var media: Int { 64 }
        /// Of one media section, each of: formats, rtpmaps, fmtps, candidates; of the session: groups.
        public static var entries: Int { 64 }
    }

    /// `o=` as written.
    public internal(set) var origin: ByteRange = .absent
    /// `s=` as written.
    public internal(set) var name: ByteRange = .absent
    public internal(set) var connection: SDPConnection?
    public internal(set) var direction: MediaDirection?
    /// The mids of each `a=group:BUNDLE`, separated by spaces.
    public internal(set) var bundles: [ByteRange] = []
    public internal(set) var hasFingerprint = false
    public internal(set) var media: [MediaDescription] = []
    public internal(set) var refused = 0
    public internal(set) var oddLines = 0

    /// What all media have, one after the other; a `MediaDescription` has the range of its own in each.
    public internal(set) var formats: [ByteRange] = []
    public internal(set) var payloadTypes: [UInt8] = []
    public internal(set) var rtpMaps: [RTPMap] = []
    public internal(set) var formatParameters: [FormatParameters] = []
    public internal(set) var candidates: [ICECandidate] = []
    private var mediaIsRefused = false

    public init() {}

    /// Reads a session description in place of the last one; false if not one line of it has the form of one.
    public mutating func read(_ sdp: Span<UInt8>) -> Bool {
        clear()
        guard UInt32(exactly: sdp.count) != nil else { return false }
        var lines = SDPLineIterator()
        var found = false
        while let line = lines.next(in: sdp) {
            found = true
            take(line, sdp)
        }
        oddLines += lines.oddLines
        return found
    }

    private mutating func clear() {
        (origin, name, connection, direction) = (.absent, .absent, nil, nil)
        (hasFingerprint, mediaIsRefused, refused, oddLines) = (false, false, 0, 0)
        media.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        payloadTypes.removeAll(keepingCapacity: true)
        // To remove nothing costs as much.
        if !rtpMaps.isEmpty { rtpMaps.removeAll(keepingCapacity: true) }
        if !formatParameters.isEmpty { formatParameters.removeAll(keepingCapacity: true) }
        if !candidates.isEmpty { candidates.removeAll(keepingCapacity: true) }
        if !bundles.isEmpty { bundles.removeAll(keepingCapacity: true) }
    }

    private mutating func take(_ line: SDPLineIterator.Line, _ sdp: Span<UInt8>) {
        switch line.type {
        case UInt8(ascii: "o"): origin = ByteRange(line.start, line.end)
        case UInt8(ascii: "s"): name = ByteRange(line.start, line.end)
        case UInt8(ascii: "c"):
            let value = SDPConnection(sdp, from: line.start, to: line.end)
            if mediaIsRefused { return }
            if media.isEmpty {
                connection = value
            } else if media[media.count - 1].connection == nil {
                media[media.count - 1].connection = value
            }
        case UInt8(ascii: "m"):
            guard media.count < Limits.media else {
                mediaIsRefused = true
                refused += 1
                return
            }
            beginMedia(sdp, line)
        case UInt8(ascii: "a"):
            let colon = SDPAttribute.nameEnd(sdp, line)
            let value = ByteRange(min(colon + 1, line.end), line.end)
            let attribute = SDPAttribute.named(in: sdp, from: line.start, to: colon)
            if mediaIsRefused { return }
            if media.isEmpty {
                takeSession(attribute, value, sdp)
            } else {
                oddLines += take(attribute, ofMedia: media.count - 1, value, sdp) ? 0 : 1
            }
        default: break
        }
    }

    private mutating func takeSession(_ attribute: SDPAttribute, _ value: ByteRange, _ sdp: Span<UInt8>) {
        switch attribute {
        case .fingerprint: hasFingerprint = true
        case .group:
            guard sdp.hasPrefixIgnoringCase("bundle", at: Int(value.start)), value.count >= 6 else { return }
            let start = sdp.skipBlanks(from: Int(value.start) + 6, to: Int(value.end))
            if bundles.count < Limits.entries { bundles.append(ByteRange(start, Int(value.end))) } else { refused += 1 }
        default: direction = MediaDirection(attribute) ?? direction
        }
    }
}

/// `a=sendrecv` and its kin (RFC 8866 section 6.7).
public enum MediaDirection: UInt8, Sendable {
    case sendrecv, sendonly, recvonly, inactive

    public var sends: Bool { self == .sendrecv || self == .sendonly }
    public var receives: Bool { self == .sendrecv || self == .recvonly }

    init?(_ attribute: SDPAttribute) {
        switch attribute {
        case .sendrecv: self = .sendrecv
        case .sendonly: self = .sendonly
        case .recvonly: self = .recvonly
        case .inactive: self = .inactive
        default: return nil
        }
    }
}
