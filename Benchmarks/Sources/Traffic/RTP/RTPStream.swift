/// Sends one RTP stream (RFC 3550) and keeps its figures.
///
/// The headers are made once; each packet copies its payload from a pool of noise and patches what changes.
public final class RTPStream: PacketSource {
    private let calls: [CallTruth]
    public let figures: StreamFigures
    private let plan: RTPStreamPlan
    private let link: LinkType
    private var sender: RTPSender
    private var pending: RTPSender.Packet
    private let frame: UnsafeMutableRawPointer
    /// Where the IP header and the RTP header begin.
    private let ipStart: Int
    private let rtpStart: Int
    private let firstIdentification: UInt16
    private let noiseStart: Int
    private let isOpus: Bool
    private var random: SplitMix64

    static let largestPayload = 1200

    public init?(_ plan: RTPStreamPlan, owners: [CallTruth], random: SplitMix64, settings: CaptureSettings) {
        var sender = RTPSender(plan, random: random, settings: settings)
        guard let first = sender.nextPacket() else { return nil }
        (self.plan, self.sender, calls, link, pending) = (plan, sender, owners, settings.link, first)
        self.random = SplitMix64(seed: UInt64(plan.ssrc))
        firstIdentification = UInt16(truncatingIfNeeded: self.random.next())
        isOpus = plan.codec.name == "opus"
        noiseStart = self.random.below(Noise.length / 2)
        figures = StreamFigures(
            ssrc: plan.ssrc, source: plan.source, destination: plan.destination, codec: plan.codec,
            hasEvents: plan.pattern == .telephoneEvents)

        var header: [UInt8] = []
        let path = Path(from: plan.source, to: plan.destination, vlans: plan.vlans)
        LinkHeader.append(
            link, path: path, etherType: InternetHeader.etherType(plan.source.address), to: &header)
        ipStart = header.count
        InternetHeader.append(path: path, transport: .udp, payloadLength: 0, identification: 0, to: &header)
        header.append(big16: plan.source.port)
        header.append(big16: plan.destination.port)
        header.append(big32: 0)
        rtpStart = header.count
        header.append(contentsOf: [0x80, 0, 0, 0, 0, 0, 0, 0])
        header.append(big32: plan.ssrc)
        let payload = plan.codec.bytesPer20ms.map { $0 * Int(plan.packetTime) / 20 } ?? 120
        precondition(payload <= Self.largestPayload, "the packet time is too long for the codec")
        let frame = UnsafeMutableRawPointer.allocate(byteCount: header.count + max(16, payload), alignment: 16)
        header.withUnsafeBytes { frame.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        self.frame = frame
        super.init()
        next = first.arrival
        for call in calls { call.streams.append(figures) }
    }

    deinit { frame.deallocate() }

    public override var owners: [CallTruth] { calls }

    public override func emit(into run: CaptureRun) throws {
        let packet = pending
        let length = fill(packet)
        figures.arrive(
            .init(
                time: next, number: packet.number, timestamp: packet.timestamp, payloadType: packet.payloadType,
                marker: packet.marker, udpPayloadLength: 12 + packet.payloadLength, isEvent: packet.isEvent,
                isComfortNoise: packet.isComfortNoise, event: packet.event))
        let bytes = UnsafeRawBufferPointer(start: frame, count: length)
        if plan.copied {
            figures.copies += 1
            let payload = Array(UnsafeRawBufferPointer(rebasing: bytes[rtpStart...]))
            let path = Path(from: plan.source, to: plan.destination, vlans: plan.vlans).seenElsewhere(link: link)
            var copy: [UInt8] = []
            UDPDatagram.append(
                path: path, link: link, identification: identification(packet), payload: payload, to: &copy)
            try run.write(
                at: next, bytes, kind: .rtp, owners: calls, copyAfter: random.within(100_000...900_000), copy: copy)
        } else {
            try run.write(at: next, bytes, kind: .rtp, owners: calls)
        }
        guard let following = sender.nextPacket() else {
            next = .max
            return
        }
        pending = following
        next = max(next, following.arrival)
    }

    private func identification(_ packet: RTPSender.Packet) -> UInt32 {
        UInt32(firstIdentification &+ UInt16(truncatingIfNeeded: packet.number))
    }

    private func store16(_ value: UInt16, at offset: Int) {
        frame.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// Puts the packet into `frame` and returns its length.
    private func fill(_ packet: RTPSender.Packet) -> Int {
        let udpLength = 20 + packet.payloadLength
        let marker: UInt8 = packet.marker ? 0x80 : 0
        frame.storeBytes(of: marker | packet.payloadType, toByteOffset: rtpStart + 1, as: UInt8.self)
        store16(plan.firstSequence &+ UInt16(truncatingIfNeeded: packet.number), at: rtpStart + 2)
        frame.storeBytes(of: packet.timestamp.bigEndian, toByteOffset: rtpStart + 4, as: UInt32.self)
        if packet.isEvent {
            frame.storeBytes(of: packet.event.bigEndian, toByteOffset: rtpStart + 12, as: UInt32.self)
        } else {
            Noise.copy(
                to: frame + rtpStart + 12, count: packet.payloadLength, from: noiseStart + packet.number &* 61)
            // Opus (RFC 6716 section 3.1): one frame of 20 ms, so that noise is a well-formed packet.
            if isOpus { frame.storeBytes(of: 0x78, toByteOffset: rtpStart + 12, as: UInt8.self) }
        }
        fillInternetHeader(udpLength: udpLength, identification: UInt16(truncatingIfNeeded: identification(packet)))
        store16(UInt16(udpLength), at: rtpStart - 4)
        store16(0, at: rtpStart - 2)
        let datagram = UnsafeRawBufferPointer(start: frame + rtpStart - 8, count: udpLength)
        let path = Path(from: plan.source, to: plan.destination)
        var checksum = pseudoHeader
        if checksum == nil {
            checksum = InternetHeader.pseudoHeader(path: path, transport: .udp, length: 0)
            pseudoHeader = checksum
        }
        checksum!.add(word: UInt16(udpLength))
        checksum!.add(datagram)
        store16(checksum!.udpValue, at: rtpStart - 2)
        return rtpStart - 8 + udpLength
    }

    private var pseudoHeader: InternetChecksum?

    private func fillInternetHeader(udpLength: Int, identification: UInt16) {
        if plan.source.address.isIPv6 { return store16(UInt16(udpLength), at: ipStart + 4) }
        store16(UInt16(20 + udpLength), at: ipStart + 2)
        store16(identification, at: ipStart + 4)
        store16(0, at: ipStart + 10)
        var checksum = InternetChecksum()
        checksum.add(UnsafeRawBufferPointer(start: frame + ipStart, count: 20))
        store16(checksum.value, at: ipStart + 10)
    }
}

/// Payload bytes, the same in every run.
enum Noise {
    static let length = 1 << 16

    private static let bytes: [UInt8] = {
        var random = SplitMix64(seed: 0x4E6F_6973_65)
        return (0..<(length + RTPStream.largestPayload)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()

    @inline(__always)
    static func copy(to target: UnsafeMutableRawPointer, count: Int, from start: Int) {
        bytes.withUnsafeBytes {
            target.copyMemory(from: $0.baseAddress! + start % length, byteCount: count)
        }
    }
}
