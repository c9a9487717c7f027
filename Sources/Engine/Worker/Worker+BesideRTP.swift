import Calls
import Capture
import PacketDecoding
import RTP

/// What comes on media endpoints beside RTP: RTCP and UDPTL are read, the rest is counted by kind.
extension Worker {
    @inline(never)
    mutating func receiveBesideRTP(_ slot: Int, _ action: Action, _ packet: CapturedPacket, _ bytes: Span<UInt8>) {
        var decoded = DecodedPacket()
        let interface = Int(packet.interface)
        let linkType = PacketDecoding.LinkType(rawValue: interface < linkTypes.count ? linkTypes[interface] : 1)
        let esp = options.selection.esp
        guard case .udp = PacketDecoder.decode(bytes, linkType: linkType, esp: esp, into: &decoded) else { return }
        let start = Int(action.payloadOffset)
        let payload = bytes.extracting(start..<(start + Int(action.payloadLength)))
        receiveBesideRTP(
            slot, payload,
            datagramLength: payload.count + Int(packet.originalLength) - Int(packet.capturedLength),
            from: decoded.sourceEndpoint, to: decoded.destinationEndpoint, at: packet.timestamp)
    }

    /// - Parameter datagramLength: of the UDP payload on the wire, when the capture cut it.
    mutating func receiveBesideRTP(
        _ slot: Int, _ payload: Span<UInt8>, datagramLength: Int, from source: Endpoint, to destination: Endpoint,
        at time: Int64
    ) {
        let kind = MediaPacketKind.classify(payload)
        if kind != .stun, calls[slot].media.isFax(from: source, to: destination),
            let fax = UDPTLPacket(parsing: payload, datagramLength: datagramLength)
        {
            calls[slot].media.receive(
                fax, datagramLength: datagramLength, from: source, to: destination, at: time)
            return
        }
        switch kind {
        case .rtcp:
            receiveRTCP(slot, payload, datagramLength: datagramLength, from: source, to: destination, at: time)
        case .stun: calls[slot].media.count(.stun)
        case .turnChannel: calls[slot].media.count(.turnChannel)
        case .dtls: calls[slot].media.count(.dtls)
        case .zrtp:
            calls[slot].media.count(.zrtp)
            calls[slot].media.receiveZRTP(payload, from: source, to: destination)
        case .keepalive: calls[slot].media.count(.keepalive)
        case .rtp, .other: calls[slot].media.count(.other)
        }
    }
}

extension CallMedia {
    mutating func receive(
        _ packet: UDPTLPacket, datagramLength: Int, from source: Endpoint, to destination: Endpoint, at time: Int64
    ) {
        count(.udptl)
        var place = fax.firstIndex { $0.source == source && $0.destination == destination }
        if place == nil, fax.count < CallMedia.maxFaxStreams {
            place = fax.count
            fax.append(FaxStream(source: source, destination: destination))
        }
        guard let place else { return }
        // No timestamp and no clock: sequence and gaps only.
        fax[place].statistics.receive(
            sequence: packet.sequence, timestamp: 0, marker: false, payloadType: 127, clockRate: 0,
            isTelephoneEvent: false, arrival: time, payloadBytes: datagramLength)
    }
}
