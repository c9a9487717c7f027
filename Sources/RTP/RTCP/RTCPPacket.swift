/// One RTCP packet of a datagram, as places in it (RFC 3550 section 6.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|  count  |  packet type  |             length            |
///
/// Offsets count from the first byte of the UDP payload. The body lies within the bytes it was read from: made by
/// `RTCPReader`, which has compared every length.
public struct RTCPPacket: Equatable, Sendable {
    public enum Kind: UInt8, Sendable {
        case senderReport = 200
        case receiverReport = 201
        case sourceDescription = 202
        case goodbye = 203
        case applicationDefined = 204
        /// RFC 4585.
        case transportFeedback = 205
        case payloadFeedback = 206
        /// RFC 3611.
        case extendedReport = 207
    }

    /// As on the wire; `kind` for those that are read.
    public var type: UInt8
    /// The five bits behind version and padding: reports, sources, a subtype.
    public var count: Int
    /// What follows the four bytes of the header, without padding.
    public var body: Range<Int>

    public var kind: Kind? { Kind(rawValue: type) }

    /// The first word of the body: who sent it, in all packets but SDES and BYE without sources.
    public func ssrc(in bytes: Span<UInt8>) -> UInt32? {
        body.count >= 4 ? bytes.word(at: body.lowerBound) : nil
    }
}

/// Why a datagram could not be read as RTCP to its end.
public enum RTCPFault: Error, Equatable, Sendable {
    /// The capture cut the datagram; what was captured whole has been read.
    case cut(offset: Int)
    /// Fewer bytes are left than a header has.
    case tooShort(offset: Int, available: Int)
    case notVersion2(offset: Int)
    /// Not in 192...223 (RFC 5761 section 4).
    case notRTCP(offset: Int, type: UInt8)
    /// The length field leads past the end of the datagram.
    case lengthPastDatagram(offset: Int, needed: Int, available: Int)
    /// The padding count is zero, no multiple of four, or larger than the packet.
    case paddingTooLong(offset: Int, padding: Int, available: Int)
}

/// Walks through the packets of a datagram: a compound of them (RFC 3550 section 6.1) or a reduced-size one (RFC 5506),
/// which may begin with any type. Stops at the first that cannot be one and says why.
public struct RTCPReader: Sendable {
    private var position = 0
    private let datagramLength: Int
    public private(set) var fault: RTCPFault?

    /// - Parameter datagramLength: of the UDP payload on the wire, when the capture cut it.
    public init(datagramLength: Int) {
        self.datagramLength = datagramLength
    }

    public mutating func next(in bytes: Span<UInt8>) -> RTCPPacket? {
        let length = max(datagramLength, bytes.count)
        guard fault == nil, position < length else { return nil }
        let start = position
        guard length - start >= 4 else { return stop(.tooShort(offset: start, available: length - start)) }
        guard bytes.count - start >= 4 else { return stop(.cut(offset: start)) }
        guard bytes[start] >> 6 == 2 else { return stop(.notVersion2(offset: start)) }
        let type = bytes[start + 1]
        guard type >= 192, type <= 223 else { return stop(.notRTCP(offset: start, type: type)) }
        let needed = 4 + 4 * (Int(bytes[start + 2]) << 8 | Int(bytes[start + 3]))
        guard needed <= length - start else {
            return stop(.lengthPastDatagram(offset: start, needed: needed, available: length - start))
        }
        guard needed <= bytes.count - start else { return stop(.cut(offset: start)) }
        var padding = 0
        if bytes[start] & 0x20 != 0 {
            padding = Int(bytes[start + needed - 1])
            guard padding > 0, padding % 4 == 0, padding <= needed - 4 else {
                return stop(.paddingTooLong(offset: start, padding: padding, available: needed - 4))
            }
        }
        position = start + needed
        return RTCPPacket(
            type: type, count: Int(bytes[start] & 0x1f), body: (start + 4)..<(start + needed - padding))
    }

    private mutating func stop(_ fault: RTCPFault) -> RTCPPacket? {
        self.fault = fault
        return nil
    }

    /// Why the datagram is not RTCP to its end; nil if it is.
    public static func fault(in bytes: Span<UInt8>, datagramLength: Int) -> RTCPFault? {
        var reader = RTCPReader(datagramLength: datagramLength)
        while reader.next(in: bytes) != nil {}
        return reader.fault
    }
}

extension Span where Element == UInt8 {
    // Callers have compared the length; these trap past the end. A byte has no padding that might never have been written.
    @inline(__always)
    func half(at offset: Int) -> UInt16 {
        unsafe UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func word(at offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
