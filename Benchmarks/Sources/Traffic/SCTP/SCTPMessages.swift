/// How messages are put into SCTP packets (RFC 9260, RFC 4168).
public struct SCTPPlan: Sendable {
    /// Share of messages in two to five DATA chunks.
    public var fragmentation = 0.0
    /// Share of packets with chunks that change places with the one before.
    public var reordering = 0.0
    /// Share of packets that are sent again after they had arrived.
    public var retransmission = 0.0
    /// Share of packets with a SACK in front of their data.
    public var bundling = 0.5
    /// TSNs begin close below 2^32.
    public var wraps = false

    public init() {}
}

/// Sends a call's messages over an SCTP association of its own.
public final class SCTPMessages: PacketSource {
    private struct Frame {
        var time: UInt64
        var fromClient: Bool
        var chunks: [UInt8]
        /// The message of which it has a part.
        var message: Int?
    }

    private let script: CallScript
    private let client: Endpoint
    private let server: Endpoint
    private let link: LinkType
    private var frames: [Frame] = []
    private var index = 0
    /// Packets of each message that have not been seen.
    private var missing: [Int] = []
    private var firstSeen: [UInt64?] = []
    private var identification: UInt32
    private let tags: (client: UInt32, server: UInt32)

    public init(
        client: Endpoint, server: Endpoint, script: CallScript, plan: SCTPPlan, random: inout SplitMix64,
        settings: CaptureSettings
    ) {
        (self.client, self.server, self.script, link) = (client, server, script, settings.link)
        identification = UInt32(truncatingIfNeeded: random.next())
        tags = (UInt32(truncatingIfNeeded: random.next()) | 1, UInt32(truncatingIfNeeded: random.next()) | 1)
        super.init()
        script.messages.sort { $0.time < $1.time }
        missing = Array(repeating: 0, count: script.messages.count)
        firstSeen = Array(repeating: nil, count: script.messages.count)
        arrange(plan, &random, settings)
        next = frames.first?.time ?? .max
    }

    public override var owners: [CallTruth] { [script.truth] }

    private static func chunk(_ type: UInt8, _ flags: UInt8, _ value: [UInt8]) -> [UInt8] {
        var bytes = [type, flags]
        bytes.append(big16: UInt16(value.count + 4))
        bytes += value
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }

    private func arrange(_ plan: SCTPPlan, _ random: inout SplitMix64, _ settings: CaptureSettings) {
        let first = (script.messages.first?.time ?? 0) - 60_000_000
        let initiation = Self.chunk(1, 0, [UInt8](repeating: 1, count: 16))
        frames.append(Frame(time: first, fromClient: true, chunks: initiation, message: nil))
        frames.append(
            Frame(
                time: first + 20_000_000, fromClient: false, chunks: Self.chunk(2, 0, [UInt8](repeating: 1, count: 16)),
                message: nil))
        var sequence: (client: UInt32, server: UInt32) = plan.wraps ? (0 &- 2, 0 &- 1) : (1, 1000)
        for place in script.messages.indices {
            let message = script.messages[place]
            let fromClient = script.hosts[Int(message.sender)] == client
            var text: [UInt8] = []
            script.appendText(of: message, to: &text)
            var packets = packets(text, plan, &random, sequence: fromClient ? sequence.client : sequence.server)
            if fromClient {
                sequence.client &+= UInt32(packets.count)
            } else {
                sequence.server &+= UInt32(packets.count)
            }
            missing[place] = packets.count
            for number in packets.indices.dropFirst() where random.chance(plan.reordering) {
                packets.swapAt(number, number - 1)
            }
            var time = message.time
            for packet in packets {
                frames.append(Frame(time: time, fromClient: fromClient, chunks: packet, message: place))
                if random.chance(plan.retransmission) {
                    let again = time + random.within(200_000_000...900_000_000)
                    frames.append(Frame(time: again, fromClient: fromClient, chunks: packet, message: place))
                }
                time += 40_000
            }
            frames.append(
                Frame(
                    time: time + 150_000, fromClient: !fromClient,
                    chunks: Self.chunk(3, 0, [UInt8](repeating: 0, count: 12)),
                    message: nil))
        }
        for place in frames.indices { frames[place].time = settings.quantized(frames[place].time) }
        var order = Array(frames.enumerated())
        order.sort { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        frames = order.map(\.element)
    }

    /// The chunks of one message, one to a packet.
    private func packets(
        _ text: [UInt8], _ plan: SCTPPlan, _ random: inout SplitMix64, sequence: UInt32
    ) -> [[UInt8]] {
        var cuts = Set([text.count])
        if random.chance(plan.fragmentation) {
            for _ in 0..<(1 + random.below(4)) { cuts.insert(1 + random.below(text.count - 1)) }
        }
        var packets: [[UInt8]] = []
        var start = 0
        for end in cuts.sorted() {
            let flags: UInt8 = (start == 0 ? 2 : 0) | (end == text.count ? 1 : 0)
            var value: [UInt8] = []
            value.append(big32: sequence &+ UInt32(packets.count))
            value.append(big32: 0)
            value.append(big32: 0)
            value += text[start..<end]
            let sack = random.chance(plan.bundling) ? Self.chunk(3, 0, [UInt8](repeating: 0, count: 12)) : []
            packets.append(sack + Self.chunk(0, flags, value))
            start = end
        }
        return packets
    }

    public override func emit(into run: CaptureRun) throws {
        let frame = frames[index]
        let path = Path(from: frame.fromClient ? client : server, to: frame.fromClient ? server : client)
        identification &+= 1
        var packet: [UInt8] = []
        LinkHeader.append(
            link, path: path, etherType: InternetHeader.etherType(path.source.address), to: &packet)
        InternetHeader.append(
            path: path, transport: .sctp, payloadLength: frame.chunks.count + 12, identification: identification,
            to: &packet)
        packet.append(big16: path.source.port)
        packet.append(big16: path.destination.port)
        packet.append(big32: frame.fromClient ? (index == 0 ? 0 : tags.server) : tags.client)
        // The checksum, which captures of offloading hosts do not have either.
        packet.append(big32: 0)
        packet += frame.chunks
        let owners = frame.message == nil ? [] : self.owners
        try packet.withUnsafeBytes { bytes in
            try run.write(
                at: frame.time, bytes, kind: frame.message == nil ? .tcpNoPayload : .tcpPayload, owners: owners)
        }
        if let message = frame.message { arrive(message, at: frame.time, run) }
        index += 1
        next = index < frames.count ? frames[index].time : .max
    }

    private func arrive(_ place: Int, at time: UInt64, _ run: CaptureRun) {
        // A packet that is sent again comes behind all of its message's others.
        guard missing[place] > 0 else { return }
        if firstSeen[place] == nil { firstSeen[place] = time }
        missing[place] -= 1
        guard missing[place] == 0 else { return }
        let message = script.messages[place]
        run.count(message: .init(method: message.method, status: message.status, transport: .sctp))
        script.truth.observe(
            message, first: firstSeen[place] ?? time, complete: time, from: script.hosts[Int(message.sender)],
            to: script.hosts[Int(message.receiver)])
    }
}
