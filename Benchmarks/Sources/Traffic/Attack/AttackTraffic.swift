/// The packets of one attack, evenly spaced, of addresses that no ordinary call has.
public final class AttackTraffic: PacketSource {
    private let attack: Attack
    private let settings: CaptureSettings
    private let interval: UInt64
    private var left: Int
    private var serial = 0
    private var random: SplitMix64
    /// Made ahead where one idea takes several packets, the next one last.
    private var waiting: [[UInt8]] = []
    private var seeded = SeededFlows()
    private var connections: [SlowConnection] = []

    public init(
        _ attack: Attack, first: UInt64, packets: Int, packetsPerSecond: Double, random: SplitMix64,
        settings: CaptureSettings
    ) {
        (self.attack, self.settings, self.random, left) = (attack, settings, random, packets)
        interval = UInt64(1e9 / max(1, packetsPerSecond))
        super.init()
        next = packets > 0 ? settings.quantized(first) : .max
    }

    public override func emit(into run: CaptureRun) throws {
        if waiting.isEmpty { waiting = makePackets().reversed() }
        if let packet = waiting.popLast() {
            try packet.withUnsafeBytes { try run.write(at: next, $0, kind: .background, owners: []) }
        }
        left -= 1
        next = left > 0 ? settings.quantized(next + max(1000, interval)) : .max
    }

    private func makePackets() -> [[UInt8]] {
        serial += 1
        switch attack {
        case .invites: return [datagram(message("INVITE", withSession: true))]
        case .rejected: return rejectedCall()
        case .registers: return [datagram(message(serial % 2 == 0 ? "OPTIONS" : "REGISTER", withSession: false))]
        case .holes: return connectionWithHole()
        case .fragments: return fragments(from: attacker(), to: server)
        case .fragments6:
            return fragments(
                from: Endpoint(IPAddress(ipv6High: 0x2001_0DB8_FFFF_0000, low: random.next()), 5060),
                to: Endpoint(IPAddress(ipv6High: 0x2001_0DB8_FFFF_0000, low: 1), 5060))
        case .giants: return giant()
        case .collisions:
            let flow = seeded.next(&random)
            return [datagram(media(), from: flow.0, to: flow.1)]
        case .flows: return [datagram(media(), from: attacker(media: true), to: Endpoint(server.address, 20_002))]
        case .bytes: return slowByte()
        case .tunnels: return deepTunnels()
        }
    }

    // MARK: Parts

    private var server: Endpoint { Endpoint(IPAddress(ipv4: 0xC613_0001), 5060) }

    /// 198.19.0.0/16 with the serial number in address and port: 2^30 different ones.
    private func attacker(media: Bool = false) -> Endpoint {
        let address = IPAddress(ipv4: 0xC613_0100 + UInt32(serial & 0xFFFF) % 0xFE00)
        return Endpoint(address, (media ? 20_000 : 5060) + UInt16((serial >> 15) % 20_000) * 2)
    }

    private func datagram(_ payload: [UInt8], from: Endpoint? = nil, to: Endpoint? = nil) -> [UInt8] {
        var packet: [UInt8] = []
        UDPDatagram.append(
            path: Path(from: from ?? attacker(), to: to ?? server), link: settings.link,
            identification: UInt32(truncatingIfNeeded: serial), payload: payload, to: &packet)
        return packet
    }

    private func segment(
        _ connection: Endpoint, _ sequence: UInt32, _ payload: [UInt8], flags: UInt8 = TCPSegment.ack
    ) -> [UInt8] {
        var packet: [UInt8] = []
        TCPSegment(sequence: sequence, acknowledgement: 1, flags: flags).append(
            path: Path(from: connection, to: server), link: settings.link,
            identification: UInt32(truncatingIfNeeded: serial), payload: payload[...], to: &packet)
        return packet
    }

    private func message(_ method: String, status: String? = nil, withSession: Bool, extra: String = "") -> [UInt8] {
        let from = attacker()
        let line = status.map { "SIP/2.0 \($0)" } ?? "\(method) sip:victim@server.example SIP/2.0"
        var text =
            "\(line)\r\nVia: SIP/2.0/UDP \(from.text);branch=z9hG4bKattack\(serial)\r\n"
            + "From: <sip:attacker@a.example>;tag=\(serial)\r\n"
            + "To: <sip:victim@server.example>\(status == nil && method != "ACK" ? "" : ";tag=s")\r\n"
            + "Call-ID: \(Attack.callIDPrefix)\(serial)-\(random.next())\r\nCSeq: 1 \(method)\r\n\(extra)"
        if withSession {
            let address = from.address.text
            let session =
                "v=0\r\no=- 1 1 IN IP4 \(address)\r\ns=-\r\nc=IN IP4 \(address)\r\nt=0 0\r\n"
                + "m=audio \(from.port) RTP/AVP 0\r\n"
            text += "Content-Type: application/sdp\r\nContent-Length: \(session.utf8.count)\r\n\r\n\(session)"
        } else {
            text += "Content-Length: 0\r\n\r\n"
        }
        return Array(text.utf8)
    }

    private func media() -> [UInt8] {
        var payload: [UInt8] = [0x80, 0]
        payload.append(big16: UInt16(truncatingIfNeeded: serial))
        payload.append(big32: UInt32(truncatingIfNeeded: serial) &* 160)
        payload.append(big32: UInt32(truncatingIfNeeded: random.next()))
        payload.append(contentsOf: repeatElement(0xD5, count: 160))
        return payload
    }

    // MARK: Several packets each

    private func rejectedCall() -> [[UInt8]] {
        let saved = random
        let invite = message("INVITE", withSession: true)
        random = saved
        let refusal = message("INVITE", status: "503 Service Unavailable", withSession: false)
        random = saved
        let acknowledgement = message("ACK", withSession: false)
        return [datagram(invite), datagram(refusal, from: server, to: attacker()), datagram(acknowledgement)]
    }

    private func connectionWithHole() -> [[UInt8]] {
        let connection = Endpoint(attacker().address, 1024 + UInt16(serial >> 9 & 0x7FFF))
        let text = message(
            "INVITE", withSession: true, extra: "X-Filler: \(String(repeating: "x", count: 1000))\r\n")
        var packets = [
            segment(connection, 99, [], flags: TCPSegment.syn), segment(connection, 100, Array(text[..<200])),
        ]
        for number in 1...6 { packets.append(segment(connection, 100 + UInt32(number) * 1400, text)) }
        return packets
    }

    private func fragments(from: Endpoint, to: Endpoint) -> [[UInt8]] {
        let all = UDPDatagram.fragments(
            path: Path(from: from, to: to), link: settings.link,
            identification: UInt32(truncatingIfNeeded: random.next()), payload: [UInt8](repeating: 0x41, count: 4000),
            fragmentPayload: 1400)
        // Of three the second is left out, then the first, then the last.
        return all.enumerated().filter { $0.offset != (serial + 1) % 3 }.map(\.element)
    }

    private func giant() -> [[UInt8]] {
        let connection = Endpoint(attacker().address, 1024 + UInt16(serial >> 9 & 0x7FFF))
        let isBody = serial % 2 == 0
        let start =
            "INVITE sip:victim@server.example SIP/2.0\r\nCall-ID: \(Attack.callIDPrefix)giant-\(serial)\r\n"
            + (isBody ? "Content-Length: 1000000\r\n\r\n" : "X-Filler: ")
        var sequence: UInt32 = 100
        var packets = [segment(connection, 99, [], flags: TCPSegment.syn)]
        for part in 0..<(isBody ? 400 : 44) {
            let payload = part == 0 ? Array(start.utf8) : [UInt8](repeating: 0x78, count: 1400)
            packets.append(segment(connection, sequence, payload))
            sequence &+= UInt32(payload.count)
        }
        return packets
    }

    /// One in eight has fragments inside of fragments, from twelve layers out.
    private func deepTunnels() -> [[UInt8]] {
        let isFragmented = serial % 8 == 0
        let kinds = serial % 3 == 0 ? Self.anyTunnels : Self.internetTunnels
        let depth = isFragmented ? 12 : 8 + random.below(33)
        var plan = TunnelPlan((0..<depth).map { _ in kinds[random.below(kinds.count)] })
        plan.number = UInt32(truncatingIfNeeded: random.next())
        if isFragmented { plan.largestPayload = 512 }
        let frame = datagram(message(serial % 2 == 0 ? "OPTIONS" : "REGISTER", withSession: false))
        var identification = UInt16(truncatingIfNeeded: serial)
        return frame.withUnsafeBytes { plan.wrap($0, link: settings.link, identification: &identification) }
    }

    private static let internetTunnels = TunnelLayer.allCases.filter(\.isIP)
    /// Those that also carry what is not IP.
    private static let anyTunnels: [TunnelLayer] = [
        .gre, .bridging, .vxlan, .geneve, .pseudowire, .providerBackbone, .serviceHeader,
    ]

    private struct SlowConnection {
        var from: Endpoint
        var text: [UInt8]
        var sent = 0
    }

    private func slowByte() -> [[UInt8]] {
        let number = (serial - 1) % 2000
        if number >= connections.count {
            connections.append(SlowConnection(from: attacker(), text: message("INVITE", withSession: true)))
        }
        // The last byte never comes; the connection after it is another.
        if connections[number].sent + 1 >= connections[number].text.count {
            connections[number] = SlowConnection(from: attacker(), text: message("INVITE", withSession: true))
        }
        let connection = connections[number]
        connections[number].sent += 1
        return [segment(connection.from, 100 + UInt32(connection.sent), [connection.text[connection.sent]])]
    }
}
