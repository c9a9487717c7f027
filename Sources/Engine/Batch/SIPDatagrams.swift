import Capture
import PacketDecoding
import Tables

/// A UDP datagram that is a SIP message, with all that is asked of its bytes to track it.
struct SIPDatagram: BitwiseCopyable {
    /// Number of the packet in its batch.
    fileprivate(set) var packet: UInt32 = 0
    fileprivate(set) var decoded = DecodedPacket()
    /// By which `FlowTable` finds its flow.
    private(set) var flowHash: UInt64 = 0
    /// By which copies are told: see `FlowTable.isCopy`.
    private(set) var fingerprint: UInt64 = 0
    private(set) var path: UInt32 = 0
    /// Those that the message names, among the batch's `SIPDatagrams.ports`.
    fileprivate(set) var firstPorts: UInt32 = 0
    fileprivate(set) var endOfPorts: UInt32 = 0
    var message = RoutedMessage()

    init(_ decoded: DecodedPacket = DecodedPacket()) { self.decoded = decoded }

    /// Reads what has been decoded of a packet; false if it is no message.
    mutating func read(
        _ frame: Span<UInt8>, interface: UInt16, _ hash: FlowHash, _ scratch: inout MessageScratch
    ) -> Bool {
        let payload = frame.extracting(decoded.payloadRange)
        guard SIPDatagram.mayBegin(payload), message.read(payload, isCut: decoded.cut, hash, &scratch) else {
            return false
        }
        flowHash = hash.flow(of: decoded)
        fingerprint = hash(payload)
        path = Tracker.path(frame, interface, decoded)
        return true
    }
}

/// The SIP messages among a batch's UDP datagrams, read before their turn: where much is signalled by the thread that reads the
/// capture, else a few at a time by the tracker. So it knows which calls and flows come next, and may ask for their memory.
struct SIPDatagrams: ~Copyable {
    /// Read where they stay: the first `count`, and behind them what is left of earlier ones.
    private var read = OwnedTable<SIPDatagram>()
    private(set) var count = 0
    /// What they name, one message's behind the other's.
    private(set) var ports: [MediaPorts] = []
    private var scratch = MessageScratch()
    /// The first that has not had its turn.
    private var next = 0
    /// Packets that have been looked at.
    private(set) var end = 0

    // An address within the table, for as long as this is borrowed: to yield the element would copy its 488 bytes.
    subscript(place: Int) -> SIPDatagram {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(read.address(of: place)) }
        @inline(__always) unsafeMutableAddress { unsafe read.address(of: place) }
    }

    mutating func removeAll() {
        count = 0
        ports.removeAll(keepingCapacity: true)
        next = 0
        end = 0
    }

    /// Whether the packet is the message whose turn it is.
    @inline(__always)
    func isNext(_ packet: Int) -> Bool { next < count && read[next].packet == packet }

    /// The place of the message that the packet is. Packets are asked for in their order.
    @inline(__always)
    mutating func take(_ packet: UInt32) -> Int? {
        while next < count, read[next].packet < packet { next += 1 }
        guard isNext(Int(packet)) else { return nil }
        next += 1
        return next - 1
    }

    func prefetch(_ place: Int) { read.prefetch(place) }

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
            read(all.extracting(packet.range), linkType, packet.interface, hash)
            end += 1
        }
    }

    private mutating func read(
        _ frame: Span<UInt8>, _ linkType: PacketDecoding.LinkType, _ interface: UInt16, _ hash: FlowHash
    ) {
        guard linkType != .ethernet || SIPDatagrams.mayHold(frame) else { return }
        if count == read.count { read.append(SIPDatagram()) }
        guard PacketDecoder.decode(frame, linkType: linkType, into: &read[count].decoded) == .udp,
            read[count].read(frame, interface: interface, hash, &scratch)
        else { return }
        read[count].packet = UInt32(truncatingIfNeeded: end)
        read[count].firstPorts = UInt32(truncatingIfNeeded: ports.count)
        ports.append(scratch.endpoints.items, hash)
        read[count].endOfPorts = UInt32(truncatingIfNeeded: ports.count)
        count += 1
    }

    /// What a message names, by its place in `ports`.
    @inline(__always)
    func named(by place: Int) -> Range<Int> {
        let first = Int(read[place].firstPorts)
        return first..<max(first, Int(read[place].endOfPorts))
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
