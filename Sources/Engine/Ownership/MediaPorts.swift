import PacketDecoding
import SIP

/// Two neighbouring UDP ports of an address, of which the first is even. RTP takes the even one and RTCP the next (RFC 3550
/// section 11), so whoever names one names the other too, mostly, and what is kept of the two is found once.
struct PortPair: BitwiseCopyable, Equatable {
    let address: IPAddress
    /// The even one, host order.
    let first: UInt16

    init(_ endpoint: Endpoint) {
        address = endpoint.address
        first = endpoint.port & ~1
    }

    /// Which of the two a port is, 0 or 1.
    static func side(_ port: UInt16) -> Int { Int(port & 1) }

    func endpoint(_ side: Int) -> Endpoint { Endpoint(address, first | UInt16(truncatingIfNeeded: side & 1)) }
}

/// Which of a pair's ports are meant: neither, one, or both.
struct PortSet: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(side: Int) { rawValue = 1 << UInt8(truncatingIfNeeded: side & 1) }

    func contains(side: Int) -> Bool { rawValue >> UInt8(truncatingIfNeeded: side & 1) & 1 == 1 }
    var count: Int { rawValue.nonzeroBitCount }
}

/// Ports that a session description names, with the hash by which `EndpointTable` finds their pair.
struct MediaPorts: BitwiseCopyable {
    let pair: PortPair
    var ports: PortSet
    let hash: UInt64

    init(_ endpoint: Endpoint, _ hash: FlowHash) {
        pair = PortPair(endpoint)
        ports = PortSet(side: PortPair.side(endpoint.port))
        self.hash = hash(pair)
    }
}

extension [MediaPorts] {
    /// Appends what a session description names; neighbouring ports one after the other, as RTP's and RTCP's are, become one.
    mutating func append(_ items: [SDPEndpoints.Item], _ hash: FlowHash) {
        let first = count
        for item in items {
            let ports = PortSet(side: PortPair.side(item.endpoint.port))
            if count > first, self[count - 1].pair == PortPair(item.endpoint) {
                self[count - 1].ports.formUnion(ports)
            } else {
                append(MediaPorts(item.endpoint, hash))
            }
        }
    }
}

extension FlowHash {
    func callAsFunction(_ pair: PortPair) -> UInt64 { self(pair.endpoint(0)) }
}
