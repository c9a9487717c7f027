/// The header of an RTP packet (RFC 3550 section 5.1), as a value.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
///     |                           timestamp                           |
///     |           synchronization source (SSRC) identifier            |
///     |            contributing source (CSRC) identifiers             |
///
/// Every length is checked where the value is made. What the figures need (the first twelve bytes) is always good once a
/// header exists; whether the rest of the datagram holds together is told by `layout`, because a packet whose padding is
/// nonsense (encrypted padding of SRTP, for one) was received and has to be counted all the same.
@frozen
public struct RTPHeader: Equatable, Sendable {
    /// Bytes before the CSRC list.
    public static let fixedLength = 12

    /// Host order, as are all fields.
    public var sequence: UInt16
    public var timestamp: UInt32
    public var ssrc: UInt32
    /// 0...127.
    public var payloadType: UInt8
    public var marker: Bool
    public var hasPadding: Bool
    public var hasExtension: Bool
    /// 0...15.
    public var csrcCount: UInt8
    /// How the datagram divides into header, payload and padding, or why that cannot be told.
    public var layout: RTPLayout

    /// Reads the header at the start of a UDP payload.
    ///
    /// - Parameters:
    ///   - bytes: the UDP payload as captured.
    ///   - datagramLength: the UDP payload's length on the wire when the capture cut the packet short; by default the
    ///     length of `bytes`.
    @inlinable
    public init(parsing bytes: Span<UInt8>, datagramLength: Int? = nil) throws(RTPHeaderError) {
        guard bytes.count >= 12 else { throw .tooShort(needed: 12, available: bytes.count) }
        let first = bytes[0]
        guard first >> 6 == 2 else { throw .notVersion2(first >> 6) }
        let second = bytes[1]
        marker = second & 0x80 != 0
        payloadType = second & 0x7f
        sequence = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        timestamp = UInt32(bytes[4]) << 24 | UInt32(bytes[5]) << 16 | UInt32(bytes[6]) << 8 | UInt32(bytes[7])
        ssrc = UInt32(bytes[8]) << 24 | UInt32(bytes[9]) << 16 | UInt32(bytes[10]) << 8 | UInt32(bytes[11])
        hasPadding = first & 0x20 != 0
        hasExtension = first & 0x10 != 0
        csrcCount = first & 0x0f
        let length = datagramLength ?? bytes.count
        if first == 0x80, length >= 12 {
            layout = .complete(headerLength: 12, payloadLength: length - 12, paddingLength: 0)
        } else {
            layout = RTPLayout(firstByte: first, of: bytes, datagramLength: length)
        }
    }
}

/// Why the bytes are not an RTP packet at all.
@frozen
public enum RTPHeaderError: Error, Equatable, Sendable {
    /// Fewer bytes than the fixed header.
    case tooShort(needed: Int, available: Int)
    /// The version field; RFC 3550 allows 2 only.
    case notVersion2(UInt8)
}
