/// What else is on the wire: DNS, HTTP, ICMP, ARP, other UDP, and SIP that makes no call.
///
/// It keeps the packet clock running, also after the last call until all calls have come to their end.
public final class BackgroundTraffic: PacketSource {
    private let settings: CaptureSettings
    private let interval: UInt64
    private let beginsLikeRTP: Bool
    private var random: SplitMix64
    private var identification: UInt32 = 0
    private var serial = 0

    /// - Parameter beginsLikeRTP: random UDP may begin with the bits of RTP version 2.
    public init(
        first: UInt64, packetsPerSecond: Double, beginsLikeRTP: Bool, random: SplitMix64, settings: CaptureSettings
    ) {
        (self.settings, self.beginsLikeRTP, self.random) = (settings, beginsLikeRTP, random)
        interval = UInt64(1e9 / max(0.1, packetsPerSecond))
        super.init()
        next = settings.quantized(first)
    }

    public override func emit(into run: CaptureRun) throws {
        let packet = makePacket(run)
        try packet.withUnsafeBytes { bytes in
            try run.write(at: next, bytes, kind: .background, owners: [])
        }
        let quietUntil = run.settledAt + settings.tail
        if run.openCallSources == 0, next >= quietUntil || settings.tail == 0 {
            next = .max
        } else {
            next = settings.quantized(next + 1000 + interval / 2 + random.below(interval))
        }
    }

    private func makePacket(_ run: CaptureRun) -> [UInt8] {
        serial += 1
        identification &+= 1
        var packet: [UInt8] = []
        switch random.below(16) {
        case 0, 1, 2, 3: appendDNS(to: &packet)
        case 4, 5: appendHTTP(to: &packet)
        case 6, 7: appendICMPEcho(to: &packet)
        case 8: appendARP(to: &packet)
        case 9, 10: appendSIP(run, to: &packet)
        default: appendRandomUDP(to: &packet)
        }
        return packet
    }

    private func host() -> IPAddress { IPAddress(ipv4: 0xAC10_0000 | UInt32(random.below(65536))) }

    private func appendUDP(_ payload: [UInt8], from: UInt16, to port: UInt16, into packet: inout [UInt8]) {
        UDPDatagram.append(
            path: Path(from: Endpoint(host(), from), to: Endpoint(host(), port)), link: settings.link,
            identification: identification, payload: payload, to: &packet)
    }

    private func appendDNS(to packet: inout [UInt8]) {
        var query: [UInt8] = []
        // An identifier that begins with 01 and so never like RTP version 2.
        query.append(big16: 0x4000 | UInt16(random.below(0x4000)))
        query.append(contentsOf: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        for label in ["host\(random.below(1000))", "example", "com"] {
            query.append(UInt8(label.utf8.count))
            query.append(string: label)
        }
        query.append(contentsOf: [0, 0, 1, 0, 1])
        appendUDP(query, from: 30000 + UInt16(random.below(20000)), to: 53, into: &packet)
    }

    private func appendHTTP(to packet: inout [UInt8]) {
        let path = Path(from: Endpoint(host(), 40000 + UInt16(random.below(20000))), to: Endpoint(host(), 80))
        TCPSegment(
            sequence: UInt32(truncatingIfNeeded: random.next()),
            acknowledgement: UInt32(truncatingIfNeeded: random.next()), flags: TCPSegment.push | TCPSegment.ack
        ).append(
            path: path, link: settings.link, identification: identification,
            payload: Array("GET /status HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\n\r\n".utf8)[...],
            to: &packet)
    }

    private func appendICMPEcho(to packet: inout [UInt8]) {
        var message: [UInt8] = [8, 0, 0, 0]
        message.append(big16: 77)
        message.append(big16: UInt16(truncatingIfNeeded: serial))
        message.append(contentsOf: (0..<48).map { UInt8($0 + 16) })
        var checksum = InternetChecksum()
        message.withUnsafeBytes { checksum.add($0) }
        message.store(big16: checksum.value, at: 2)
        let path = Path(from: Endpoint(host(), 0), to: Endpoint(host(), 0))
        LinkHeader.append(settings.link, path: path, etherType: 0x0800, to: &packet)
        InternetHeader.append(
            path: path, transport: .icmp, payloadLength: message.count, identification: identification, to: &packet)
        packet.append(contentsOf: message)
    }

    private func appendARP(to packet: inout [UInt8]) {
        guard settings.link != .raw else { return appendDNS(to: &packet) }
        let path = Path(from: Endpoint(host(), 0), to: Endpoint(host(), 0))
        LinkHeader.append(settings.link, path: path, etherType: 0x0806, to: &packet)
        packet.append(contentsOf: [0, 1, 8, 0, 6, 4, 0, 1, 2, 4])
        path.source.address.appendBytes(to: &packet)
        path.source.address.appendBytes(to: &packet)
        packet.append(contentsOf: [0, 0, 0, 0, 0, 0])
        path.destination.address.appendBytes(to: &packet)
    }

    private func appendSIP(_ run: CaptureRun, to packet: inout [UInt8]) {
        let method = random.chance(0.5) ? SIPMethod.options : .register
        let truth = CallTruth(
            callID: "background-\(serial)-\(random.below(1_000_000))", className: "background", transport: .udp)
        (truth.fromUser, truth.toUser, truth.fromTag) = ("phone\(random.below(1000))", "registrar", "t\(serial)")
        let script = CallScript(
            truth: truth, hosts: [Endpoint(host(), 5060), Endpoint(host(), 5060)], seed: random.next())
        let message = MessagePlan(
            time: next, method: method, status: nil, sequence: 1, branch: UInt32(truncatingIfNeeded: serial),
            byCaller: true, sender: 0, receiver: 1)
        var text: [UInt8] = []
        script.appendText(of: message, to: &text)
        UDPDatagram.append(
            path: Path(from: script.hosts[0], to: script.hosts[1]), link: settings.link,
            identification: identification, payload: text, to: &packet)
        run.count(message: .init(method: method, status: nil, transport: .udp))
        run.countOtherCallID()
    }

    private func appendRandomUDP(to packet: inout [UInt8]) {
        var payload = (0..<(20 + random.below(400))).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // Neither RTP version 2 (10), STUN (00) nor text: begins with the bits 11.
        payload[0] |= 0xC0
        if beginsLikeRTP, random.chance(0.5) { payload[0] = 0x80 }
        appendUDP(
            payload, from: 20000 + UInt16(random.below(20000)), to: 20000 + UInt16(random.below(20000)), into: &packet)
    }
}
