import Capture
import PacketDecoding

/// A UDP datagram of a batch that is a SIP message.
struct SIPDatagram {
    /// Number of the packet in its batch.
    var packet: UInt32 = 0
    var decoded = DecodedPacket()
    /// By which `FlowTable` finds its flow.
    var flowHash: UInt64 = 0
    var message = RoutedMessage()
}

/// The SIP messages among a batch's UDP datagrams, read before their turn: where much is signalled by the thread that reads the
/// capture, else a few at a time by the tracker. So it knows which calls and flows come next, and may ask for their memory.
struct SIPDatagrams {
    private(set) var found: [SIPDatagram] = []
    /// The first that has not had its turn.
    private var next = 0
    /// Packets that have been looked at.
    private(set) var end = 0

    mutating func removeAll() {
        found.removeAll(keepingCapacity: true)
        next = 0
        end = 0
    }

    /// The place of the message that the packet is. Packets are asked for in their order.
    @inline(__always)
    mutating func take(_ packet: UInt32) -> Int? {
        while next < found.count, found[next].packet < packet { next += 1 }
        guard next < found.count, found[next].packet == packet else { return nil }
        next += 1
        return next - 1
    }

    /// Looks at packets from number `start` up to `limit`. Those before have had their turn.
    mutating func read(
        from start: Int, upTo limit: Int, _ packets: [CapturedPacket], _ bytes: [UInt8],
        _ linkTypes: [PacketDecoding.LinkType], _ hash: FlowHash
    ) {
        let all = bytes.span
        end = start
        while end < min(limit, packets.count) {
            let packet = packets[end]
            let interface = Int(packet.interface)
            let linkType = interface < linkTypes.count ? linkTypes[interface] : .ethernet
            read(all.extracting(packet.range), linkType, hash)
            end += 1
        }
    }

    private mutating func read(_ frame: Span<UInt8>, _ linkType: PacketDecoding.LinkType, _ hash: FlowHash) {
        var decoded = DecodedPacket()
        guard linkType != .ethernet || SIPDatagrams.mayHold(frame),
            PacketDecoder.decode(frame, linkType: linkType, into: &decoded) == .udp,
            SIPDatagram.mayBegin(frame.extracting(decoded.payloadRange))
        else { return }
        // Read where it stays.
        let place = found.count
        found.append(SIPDatagram(packet: UInt32(truncatingIfNeeded: end), decoded: decoded))
        if !found[place].read(frame.extracting(decoded.payloadRange), hash) { found.removeLast() }
    }

    /// Whether a message may be in an Ethernet frame. What is most of the rest need not be taken apart twice: TCP over IPv4,
    /// and RTCP in a plain datagram.
    static func mayHold(_ frame: Span<UInt8>) -> Bool {
        guard frame.count > PlainUDP.payloadOffset else { return true }
        let isIPv4 = frame[12] == 0x08 && frame[13] == 0
        if isIPv4, frame[23] == 6 { return false }
        // A byte has no padding.
        guard frame[PlainUDP.payloadOffset] & 0xc0 == 0x80, let plain = unsafe PlainUDP(frame.bytes) else {
            return true
        }
        return plain.mayBeCarrier
    }
}

extension SIPDatagram {
    /// A line of text, or the end of one in front of it; RTP and RTCP begin with 0b10.
    static func mayBegin(_ payload: Span<UInt8>) -> Bool {
        !payload.isEmpty && payload[0] >= 0x0a && payload[0] < 0x80
    }

    /// Reads the payload of the packet that has been decoded; false if it is no message.
    mutating func read(_ payload: Span<UInt8>, _ hash: FlowHash) -> Bool {
        guard message.read(payload, isCut: decoded.cut, hash) else { return false }
        flowHash = hash.flow(of: decoded)
        return true
    }
}

extension FlowHash {
    /// Of the direction of the flow that a packet with ports belongs to.
    @inline(__always)
    func flow(of packet: DecodedPacket) -> UInt64 {
        flow(packet.source, packet.destination, packet.sourcePort, packet.destinationPort)
    }

    @inline(__always)
    func flow(
        _ source: IPAddress, _ destination: IPAddress, _ sourcePort: UInt16, _ destinationPort: UInt16
    ) -> UInt64 {
        guard source.isIPv4, destination.isIPv4 else { return self(source, destination, sourcePort, destinationPort) }
        return self(
            addresses: Flow.addresses(source, destination), ports: Flow.ports(sourcePort, destinationPort))
    }
}
