import PacketDecoding

/// The datagram endpoints that a session description names, for the tracker.
///
/// Keep one and use it again: `collect` allocates only while its array grows, which is up to `limit`. Listed are the
/// ports of each `m=` line with the address that counts for it, where its RTCP goes (`a=rtcp`, else the next port, or
/// the same when multiplexed), and its ICE candidates over UDP. Never listed: `0.0.0.0`, `::`, the ports 0 and 9,
/// names, anything over TCP.
public struct SDPEndpoints: Sendable {
    public struct Item: Sendable, Hashable {
        public enum Kind: UInt8, Sendable {
            case rtp, rtcp, rtpAndRTCP
            /// UDP media without RTCP: UDPTL (T.38), data channels.
            case other
        }
        public var endpoint: Endpoint
        public var kind: Kind
        /// The `m=` line, counted from 0.
        public var mediaIndex: UInt8
    }

    /// The most endpoints, and the most `m=` lines, kept of one description.
    public static var limit: Int { 64 }

    public private(set) var items: [Item] = []
    /// Endpoints and `m=` lines of the last description beyond `limit`.
    public private(set) var refused = 0
    /// The last description had `m=` lines, though perhaps no endpoint.
    public var hasMedia: Bool { mediaCount > 0 }

    private var mediaCount = 0
    private var sessionAddress: IPAddress?
    private var media = Media()

    /// What the lines of the current media section have told so far.
    private struct Media {
        var isListed = false
        var isRTP = false
        var isMultiplexed = false
        var hasConnection = false
        var port: UInt16 = 0
        var portCount = 1
        var rtcpPort: UInt16?
        var rtcpConnection: SDPConnection?
        var address: IPAddress?
        /// Where its items begin.
        var firstItem = 0
    }

    public init() {}

    /// Replaces the items by those of `sdp`.
    public mutating func collect(_ sdp: Span<UInt8>) {
        items.removeAll(keepingCapacity: true)
        refused = 0
        mediaCount = 0
        sessionAddress = nil
        media = Media()
        var lines = SDPLineIterator()
        while let line = lines.next(in: sdp) {
            switch line.type {
            case UInt8(ascii: "m"): beginMedia(sdp, line)
            case UInt8(ascii: "c"): takeConnection(sdp, line)
            case UInt8(ascii: "a"): if media.isListed { takeAttribute(sdp, line) }
            default: break
            }
        }
        endMedia()
    }

    private mutating func beginMedia(_ sdp: Span<UInt8>, _ line: SDPLineIterator.Line) {
        endMedia()
        let description = SDPMediaLine(sdp, line)
        media = Media()
        media.firstItem = items.count
        mediaCount += 1
        guard mediaCount <= Self.limit else {
            refused += 1
            return
        }
        media.isListed = !description.isTCP(sdp)
        media.isRTP = description.isRTP(sdp)
        // Discard (9) says that the candidates count, as 0 says that there are none (RFC 8840 section 4.1).
        media.port = description.port == 9 ? 0 : description.port ?? 0
        media.portCount = description.portCount
    }

    private mutating func takeConnection(_ sdp: Span<UInt8>, _ line: SDPLineIterator.Line) {
        if mediaCount == 0 {
            sessionAddress = SDPConnection(sdp, from: line.start, to: line.end).address
        } else if media.isListed, !media.hasConnection {
            media.hasConnection = true
            media.address = SDPConnection(sdp, from: line.start, to: line.end).address
        }
    }

    private mutating func takeAttribute(_ sdp: Span<UInt8>, _ line: SDPLineIterator.Line) {
        // Most attributes are others, and these letters begin all that matter here.
        let first = sdp.packed(from: line.start, length: 4)
        guard first == PackedName.word("r", "t", "c", "p") || first == PackedName.word("c", "a", "n", "d") else {
            return
        }
        let colon = SDPAttribute.nameEnd(sdp, line)
        switch SDPAttribute.named(in: sdp, from: line.start, to: colon) {
        case .rtcpMux: media.isMultiplexed = true
        case .rtcp:
            let rtcp = RTCPAttribute(sdp, from: Swift.min(colon + 1, line.end), to: line.end)
            media.rtcpPort = rtcp.port
            media.rtcpConnection = rtcp.connection
        case .candidate:
            guard let candidate = ICECandidate(sdp, from: Swift.min(colon + 1, line.end), to: line.end),
                candidate.isUDP
            else { return }
            let kind: Item.Kind = !media.isRTP ? .other : candidate.component == 2 ? .rtcp : .rtp
            add(candidate.address, candidate.port, kind)
        default: break
        }
    }

    private mutating func endMedia() {
        guard media.isListed else { return }
        if media.isMultiplexed {
            for index in media.firstItem..<items.count where items[index].kind == .rtp {
                items[index].kind = .rtpAndRTCP
            }
        }
        let address = media.hasConnection ? media.address : sessionAddress
        let count = Swift.min(media.portCount, Self.limit)
        if media.portCount > count { refused += 1 }
        let first = Int(media.port)
        for index in 0..<count {
            guard first != 0, let address else { break }
            // RTP takes every other port, with RTCP between (RFC 8866 section 5.14).
            guard let port = UInt16(exactly: media.isRTP && !media.isMultiplexed ? first + 2 * index : first + index)
            else { break }
            guard media.isRTP else {
                add(address, port, .other)
                continue
            }
            add(address, port, media.isMultiplexed ? .rtpAndRTCP : .rtp)
            if media.rtcpPort == nil, !media.isMultiplexed, let next = UInt16(exactly: Int(port) + 1) {
                add(address, next, .rtcp)
            }
        }
        if media.isRTP, first != 0, let port = media.rtcpPort,
            let address = media.rtcpConnection.map({ $0.address }) ?? address
        {
            add(address, port, .rtcp)
        }
        media.isListed = false
    }

    private mutating func add(_ address: IPAddress, _ port: UInt16, _ kind: Item.Kind) {
        guard port != 0, port != 9, !address.isUnspecified else { return }
        let endpoint = Endpoint(address, port)
        // Bundled media and candidates repeat the same endpoints (RFC 8843).
        for index in items.indices where items[index].endpoint == endpoint {
            let pair = (items[index].kind, kind)
            if pair == (.rtp, .rtcp) || pair == (.rtcp, .rtp) || pair.1 == .rtpAndRTCP {
                items[index].kind = .rtpAndRTCP
            }
            return
        }
        guard items.count < Self.limit else {
            refused += 1
            return
        }
        items.append(Item(endpoint: endpoint, kind: kind, mediaIndex: UInt8(truncatingIfNeeded: mediaCount - 1)))
    }
}
