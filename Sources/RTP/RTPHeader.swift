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
/// Only the twelve fixed bytes are read here, after one length check: they are all that the figures need, and a packet
/// whose further parts are nonsense (encrypted padding of SRTP, for one) was received and has to be counted all the same.
/// Where the payload lies is told by `layout(in:datagramLength:)`, for those who want it.
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
    /// Version, padding and extension flags and CSRC count.
    @usableFromInline var firstByte: UInt8

    public var hasPadding: Bool { firstByte & 0x20 != 0 }
    public var hasExtension: Bool { firstByte & 0x10 != 0 }
    /// 0...15.
    public var csrcCount: Int { Int(firstByte & 0x0f) }

    /// Reads the header at the start of a UDP payload.
    @inlinable
    public init(parsing bytes: Span<UInt8>) throws(RTPHeaderError) {
        guard bytes.count >= 12 else { throw .tooShort(needed: 12, available: bytes.count) }
        firstByte = bytes[0]
        guard firstByte >> 6 == 2 else { throw .notVersion2(firstByte >> 6) }
        let second = bytes[1]
        marker = second & 0x80 != 0
        payloadType = second & 0x7f
        sequence = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        timestamp = UInt32(bytes[4]) << 24 | UInt32(bytes[5]) << 16 | UInt32(bytes[6]) << 8 | UInt32(bytes[7])
        ssrc = UInt32(bytes[8]) << 24 | UInt32(bytes[9]) << 16 | UInt32(bytes[10]) << 8 | UInt32(bytes[11])
    }

    /// How the datagram that this header was read from divides into header, payload and padding.
    ///
    /// - Parameters:
    ///   - bytes: the UDP payload as captured, from which the header was read.
    ///   - datagramLength: the UDP payload's length on the wire when the capture cut the packet short; by default the
    ///     length of `bytes`.
    public func layout(in bytes: Span<UInt8>, datagramLength: Int? = nil) -> RTPLayout {
        RTPLayout(firstByte: firstByte, of: bytes, datagramLength: max(datagramLength ?? 0, bytes.count))
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
