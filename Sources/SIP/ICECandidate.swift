import PacketDecoding

/// `a=candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> …` (RFC 8839 section 5.1).
public struct ICECandidate: Sendable, Hashable {
    /// 1 is RTP, 2 is RTCP.
    public var component: UInt16
    public var isUDP: Bool
    public var address: IPAddress
    public var port: UInt16

    /// nil when a field is missing or odd, or the address is a name (mDNS).
    init?(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        var fields = SDPFields(from: start, to: end)
        _ = fields.next(in: bytes)
        let component = fields.next(in: bytes)
        let transport = fields.next(in: bytes)
        _ = fields.next(in: bytes)
        let address = fields.next(in: bytes)
        let port = fields.next(in: bytes)
        guard let number = bytes.port(from: component.lowerBound, to: component.upperBound),
            let host = IPAddress(parsing: bytes.slice(address.lowerBound, address.upperBound)),
            let portNumber = bytes.port(from: port.lowerBound, to: port.upperBound)
        else { return nil }
        self.component = number
        self.isUDP = bytes.equalsIgnoringCase("udp", from: transport.lowerBound, to: transport.upperBound)
        self.address = host
        self.port = portNumber
    }
}
