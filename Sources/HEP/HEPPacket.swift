import PacketDecoding

/// A packet of the Homer Encapsulation Protocol: something that a capture agent saw on another wire.
///
/// A plain value; ranges count from the first byte that was parsed and lie within it.
public struct HEPPacket: Sendable, Hashable {
    /// 1, 2 or 3.
    public var version: UInt8
    /// Where the payload really came from and went to; port 0 where the agent does not say.
    public var source: Endpoint
    public var destination: Endpoint
    /// How it travelled there: 6 TCP (also TLS and WebSocket), 17 UDP, 132 SCTP; 0 where the agent does not say.
    public var ipProtocol: UInt8 = 0
    /// When the agent saw it, nanoseconds since 1970; nil where it does not say.
    public var timestamp: Int64?
    public var payloadKind = HEPPayloadKind.sip
    public var payload: Range<Int> = 0..<0
    /// The payload is deflated: chunk 16 in place of chunk 15.
    public var isCompressed = false
    /// The payload ends where the capture does, not where it should.
    public var isCut = false
    /// What ties packets together; for RTCP it is the Call-ID. Empty where there is none.
    public var correlationID: Range<Int> = 0..<0
    public var captureID: UInt32 = 0
    /// Bytes of the whole packet.
    public var length: Int

    init(version: UInt8, source: Endpoint, destination: Endpoint, length: Int) {
        self.version = version
        self.source = source
        self.destination = destination
        self.length = length
    }
}

/// Chunk 11, "protocol type", as far as it is anything to us.
public enum HEPPayloadKind: Sendable, Hashable {
    case sip
    case rtp
    /// RTCP, binary or as JSON.
    case rtcp
    case other(UInt8)

    public init(_ number: UInt8) {
        switch number {
        case 1: self = .sip
        case 4: self = .rtp
        case 5: self = .rtcp
        default: self = .other(number)
        }
    }
}

public enum HEPParseResult: Sendable, Hashable {
    case packet(HEPPacket)
    /// So far it is one; more bytes are missing.
    case needMore
    case notHEP
    /// It begins like HEP and contradicts itself, or names no addresses.
    case malformed
}

extension HEPPacket {
    /// Parses what begins with the first byte, of any version. For datagrams; versions 1 and 2 have no length of their
    /// own and end where `bytes` do.
    ///
    /// - Parameter isCut: the capture has only the beginning of the datagram.
    public static func parse(_ bytes: Span<UInt8>, isCut: Bool = false) -> HEPParseResult {
        guard bytes.count > 0 else { return .needMore }
        return switch bytes[0] {
        case UInt8(ascii: "H"): parseChunks(bytes, isCut: isCut)
        case 1, 2: parseFixedHeader(bytes, isCut: isCut)
        default: .notHEP
        }
    }

    /// A first look: whether `bytes` may be HEP. Four bytes decide.
    @inline(__always)
    public static func mayBegin(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= HEPFormat.fixedHeaderLength else { return false }
        if bytes[0] == UInt8(ascii: "H") {
            return bytes[1] == UInt8(ascii: "E") && bytes[2] == UInt8(ascii: "P") && bytes[3] == UInt8(ascii: "3")
        }
        return (bytes[0] == 1 || bytes[0] == 2) && HEPFormat.isFamily(bytes[2]) && HEPFormat.isTransport(bytes[3])
            && HEPFormat.mayBeHeaderLength(bytes[1])
    }
}

/// Lengths and numbers of https://github.com/sipcapture/HEP (draft "HEP3 Network Protocol Specification", revision 36) and
/// of the two versions before it.
enum HEPFormat {
    /// "HEP3" and the length of all.
    static let headerLength = 6
    /// Vendor, type and length of a chunk.
    static let chunkHeaderLength = 6
    /// Versions 1 and 2: version, length, family, protocol, two ports.
    static let fixedHeaderLength = 8
    /// Version 2: seconds, microseconds, agent; a C structure of 10 bytes that most agents send padded to 12.
    static let timeLength = 12
    static let packedTimeLength = 10

    static let ipv4Family: UInt8 = 2
    /// AF_INET6 of Linux; BSDs and macOS have 28 and 30.
    static let ipv6Families: [UInt8] = [10, 28, 30]

    static func isFamily(_ family: UInt8) -> Bool { family == ipv4Family || ipv6Families.contains(family) }
    static func isTransport(_ number: UInt8) -> Bool { number == 6 || number == 17 || number == 132 }
    /// The header with addresses, and with the time in version 2. Some agents leave the time out of the count.
    static func mayBeHeaderLength(_ length: UInt8) -> Bool { length >= 16 && length <= 52 }
}
