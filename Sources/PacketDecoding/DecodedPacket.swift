/// The layout of one packet: where its headers and its payload are, and the header fields the tracker needs.
///
/// A plain value, to be declared once and decoded into again and again. All offsets are bytes from the start of the
/// decoded bytes; numbers are in host order. Every range lies within the bytes that were decoded:
/// `payloadOffset + payloadLength <= bytes.count`.
@frozen
public struct DecodedPacket: Sendable {
    /// Start of the outermost IP header; the link header is what lies before it.
    public var networkOffset: Int
    /// Start of the UDP, TCP or ICMP header of the innermost packet, to which all that follows belongs; for fragments and other protocols the same as `payloadOffset`.
    public var transportOffset: Int
    public var payloadOffset: Int
    /// Bytes of payload at hand: by the length fields, without link padding, clipped to what was captured.
    public var payloadLength: Int
    /// Bytes of payload as the length fields have it; greater than `payloadLength` when the capture is cut.
    public var declaredPayloadLength: Int
    /// Where the packet quoted by an ICMP error begins, 0 if there is none. Decode it with `decodeNetwork(_:at:into:)`.
    public var quotedOffset: Int

    public var source: IPAddress
    public var destination: IPAddress

    /// IPv4 identification (16 bits), or that of the IPv6 fragment header (32 bits), else 0.
    public var identification: UInt32
    /// Where a fragment's payload belongs in its datagram, in bytes.
    public var fragmentOffset: Int

    public var tcpSequence: UInt32
    public var tcpAcknowledgement: UInt32
    /// 0 when there are no ports.
    public var sourcePort: UInt16
    public var destinationPort: UInt16

    /// 4 or 6; 0 when no IP header was reached.
    public var ipVersion: UInt8
    /// Time to live (IPv4) or hop limit (IPv6).
    public var hopLimit: UInt8
    /// Protocol number of what follows the IP header and the extension headers we know.
    public var ipProtocol: UInt8
    public var tcpFlags: TCPFlags

    /// Part of a fragmented datagram.
    public var isFragment: Bool
    /// The more-fragments flag.
    public var moreFragments: Bool
    /// Fewer bytes were captured than the headers say the packet has.
    public var cut: Bool
    /// The ports are there, but the capture ends inside the UDP or TCP header (ICMP quotations, small snaplens):
    /// header fields beyond the end are 0 and the payload is empty.
    public var transportHeaderCut: Bool

    /// The link header differs from packet to packet (802.11 sequence numbers, capture headers with times).
    public var isLinkUnsteady: Bool
    /// Carriers opened on the way to the innermost packet, in vain or not.
    public var carriers: UInt8
    /// 0, or a number that stands for the tunnels the packet came through: their kinds, end points and identifiers.
    public var carrierPath: UInt32

    /// Particulars of `DecodeOutcome.malformed`.
    public var fault: DecodeFault

    @inlinable
    public init() {
        networkOffset = 0
        transportOffset = 0
        payloadOffset = 0
        payloadLength = 0
        declaredPayloadLength = 0
        quotedOffset = 0
        source = IPAddress(high: 0, low: 0)
        destination = IPAddress(high: 0, low: 0)
        identification = 0
        fragmentOffset = 0
        tcpSequence = 0
        tcpAcknowledgement = 0
        sourcePort = 0
        destinationPort = 0
        ipVersion = 0
        hopLimit = 0
        ipProtocol = 0
        tcpFlags = []
        isFragment = false
        moreFragments = false
        cut = false
        transportHeaderCut = false
        isLinkUnsteady = false
        carriers = 0
        carrierPath = 0
        fault = DecodeFault()
    }
}

extension DecodedPacket {
    /// How much of the packet's beginning tells the way it came, apart from `carrierPath`.
    @inlinable public var pathLength: Int { isLinkUnsteady ? 0 : networkOffset }
    @inlinable public var payloadRange: Range<Int> { payloadOffset..<(payloadOffset &+ payloadLength) }
    @inlinable public var sourceEndpoint: Endpoint { Endpoint(source, sourcePort) }
    @inlinable public var destinationEndpoint: Endpoint { Endpoint(destination, destinationPort) }
}
