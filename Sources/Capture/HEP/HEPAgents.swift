import HEP

/// The interfaces of a HEP capture: three for each capture agent, one for each transport that its packets had.
///
/// So packets that two agents tell of are told from packets that were sent twice, and what was no UDP is known although it
/// is written as UDP.
struct HEPAgents {
    private(set) var interfaces: [CaptureInterface] = []
    private var numbers: [UInt32: Int] = [:]

    /// Agents told apart; the others share the first one's interfaces.
    static let maxAgents = 256
    /// UDP, TCP, SCTP.
    static let transports: [UInt8] = [17, 6, 132]

    init() { add("hep") }

    private mutating func add(_ name: String) {
        for transport in ["udp", "tcp", "sctp"] {
            interfaces.append(
                CaptureInterface(
                    linkType: LinkType.rawIP, name: "\(name)/\(transport)", snapLength: 0,
                    isFinerThanMicrosecond: false))
        }
    }

    /// The interface of a packet.
    mutating func interface(of packet: HEPPacket) -> UInt16 {
        var agent = numbers[packet.captureID]
        if agent == nil, packet.captureID != 0, numbers.count < HEPAgents.maxAgents {
            agent = numbers.count + 1
            numbers[packet.captureID] = agent
            add("hep:\(packet.captureID)")
        }
        let transport = HEPAgents.transports.firstIndex(of: packet.ipProtocol) ?? 0
        return UInt16((agent ?? 0) * HEPAgents.transports.count + transport)
    }
}

extension HEPSource {
    /// How the payload of a packet of this source had travelled: an IP protocol number.
    public static func ipProtocol(ofInterface number: UInt16) -> UInt8 {
        HEPAgents.transports[Int(number) % HEPAgents.transports.count]
    }
}
