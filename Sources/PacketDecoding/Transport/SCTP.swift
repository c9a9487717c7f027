/// The common header of an SCTP packet (RFC 9260 section 3.1). Its payload is a row of chunks.
///
/// Not decoded with every packet: whoever wants to look into `.otherIP` with this protocol number asks for it.
public struct SCTPHeader: Sendable, Hashable {
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    /// 0 in the INIT that begins an association.
    public var verificationTag: UInt32

    public static let length = 12
    public static let ipProtocol: UInt8 = 132

    /// ```
    ///  0  source port, destination port     4  verification tag     8  checksum
    /// ```
    /// Nil if the bytes are too few. The checksum is not looked at: offload leaves it to the device.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= SCTPHeader.length else { return nil }
        // A byte has no padding that might never have been written; so in the rest of this file.
        let raw = unsafe bytes.bytes
        sourcePort = raw.uint16(0)
        destinationPort = raw.uint16(2)
        verificationTag = raw.uint32(4)
    }
}

/// One chunk of an SCTP packet (RFC 9260 section 3.2); ranges count from the packet's first byte.
public struct SCTPChunk: Sendable, Hashable {
    public var type: UInt8
    public var flags: UInt8
    /// What stands behind the chunk's header, without padding.
    public var value: Range<Int>
    /// The capture has not all of it.
    public var isCut: Bool

    public static let headerLength = 4
    public static let data: UInt8 = 0
    public static let initiation: UInt8 = 1
    public static let initiationAcknowledgement: UInt8 = 2
    /// RFC 8260.
    public static let interleavedData: UInt8 = 64

    public enum ReadResult: Sendable, Hashable {
        /// The chunk, and where the next one begins.
        case chunk(SCTPChunk, next: Int)
        case end
        /// A length that is shorter than its own header or does not fit.
        case malformed
    }

    /// Reads the chunk at `offset`; the first one is at `SCTPHeader.length`.
    public static func read(_ bytes: Span<UInt8>, at offset: Int, packetIsCut: Bool) -> ReadResult {
        let available = bytes.count - offset
        guard available > 0 else { return .end }
        guard available >= headerLength else { return packetIsCut ? .end : .malformed }
        let raw = unsafe bytes.bytes
        let length = Int(raw.uint16(offset + 2))
        guard length >= headerLength, length <= available || packetIsCut else { return .malformed }
        let end = offset + min(length, available)
        let chunk = SCTPChunk(
            type: raw.uint8(offset), flags: raw.uint8(offset + 1), value: (offset + headerLength)..<end,
            isCut: length > available)
        // The last chunk's padding may be missing.
        return .chunk(chunk, next: min(offset + (length + 3) & ~3, bytes.count))
    }
}

/// A DATA or I-DATA chunk: a user message or a fragment of one (RFC 9260 section 3.3.1, RFC 8260 section 2.1).
public struct SCTPData: Sendable, Hashable {
    public var tsn: UInt32
    public var stream: UInt16
    /// B and E bits: the first and the last fragment of the message.
    public var isFirst: Bool
    public var isLast: Bool
    public var isUnordered: Bool
    /// Fragments of one message have the same; 0 for DATA, whose fragments have consecutive TSNs instead.
    public var message: UInt64
    /// What counts on from fragment to fragment.
    public var fragment: UInt32
    public var payload: Range<Int>
    public var isCut: Bool

    /// Nil for other chunks, and for one that is too short.
    public init?(_ bytes: Span<UInt8>, _ chunk: SCTPChunk) {
        let isInterleaved = chunk.type == SCTPChunk.interleavedData
        guard chunk.type == SCTPChunk.data || isInterleaved else { return nil }
        let header = isInterleaved ? 16 : 12
        guard chunk.value.count >= header else { return nil }
        let raw = unsafe bytes.bytes
        let start = chunk.value.lowerBound
        tsn = raw.uint32(start)
        stream = raw.uint16(start + 4)
        isUnordered = chunk.flags & 4 != 0
        isFirst = chunk.flags & 2 != 0
        isLast = chunk.flags & 1 != 0
        payload = (start + header)..<chunk.value.upperBound
        isCut = chunk.isCut
        guard isInterleaved else {
            message = 0
            fragment = tsn
            return
        }
        let identifier = UInt64(raw.uint32(start + 8))
        message = 1 << 63 | (isUnordered ? 1 << 62 : 0) | UInt64(stream) << 32 | identifier
        // The first fragment has the payload's protocol where the others have their number.
        fragment = isFirst ? 0 : raw.uint32(start + 12)
    }
}
