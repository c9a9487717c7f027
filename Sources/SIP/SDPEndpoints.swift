import PacketDecoding

/// The media endpoints that an SDP names, for the tracker: collected without allocation once the array has grown.
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

    /// The most endpoints kept of one SDP.
    public static var limit: Int { 64 }

    public internal(set) var items: [Item] = []
    /// Endpoints beyond `limit`.
    public internal(set) var refused = 0

    public init() {}

    /// Replaces the items by those of `sdp`.
    public mutating func collect(_ sdp: Span<UInt8>) { items.removeAll(keepingCapacity: true) }
}
