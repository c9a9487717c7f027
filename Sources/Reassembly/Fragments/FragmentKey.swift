import PacketDecoding

/// What the fragments of one datagram have in common: RFC 791 section 3.2, RFC 8200 section 4.5.
@frozen
public struct FragmentKey: Hashable, Sendable {
    public var source: IPAddress
    public var destination: IPAddress
    /// 16 bits for IPv4, 32 for IPv6.
    public var identification: UInt32
    /// The protocol the fragment names. For IPv6 it is not part of the key, as only the first fragment's counts.
    public var ipProtocol: UInt8
    public var version: UInt8
    /// The tunnels the fragment came through, `DecodedPacket.carrierPath`: identifications are the senders', and those of
    /// a tunnel's end points are not those of the hosts inside.
    public var carrierPath: UInt32

    @inlinable
    public init(
        source: IPAddress, destination: IPAddress, ipProtocol: UInt8, identification: UInt32, version: UInt8,
        carrierPath: UInt32 = 0
    ) {
        self.source = source
        self.destination = destination
        self.ipProtocol = ipProtocol
        self.identification = identification
        self.version = version
        self.carrierPath = carrierPath
    }

    /// The key of a packet that decoded as `fragment`.
    @inlinable
    public init(_ packet: DecodedPacket) {
        self.init(
            source: packet.source, destination: packet.destination, ipProtocol: packet.ipProtocol,
            identification: packet.identification, version: packet.ipVersion, carrierPath: packet.carrierPath)
    }

    /// The key as the table compares it.
    var forComparison: FragmentKey {
        var key = self
        if version == 6 { key.ipProtocol = 0 }
        return key
    }

    func hash(with hash: FlowHash) -> UInt64 {
        let kind = UInt64(version) << 40 | UInt64(ipProtocol) << 32 | UInt64(identification)
        return hash(hash(source, destination, 0, 0) ^ kind ^ UInt64(carrierPath) << 16)
    }
}
