import Calls
import Capture
import PacketDecoding
import RTP

extension Worker {
    /// Streams of one call; packets of more are in the file and counted, without figures.
    static let maxStreamsPerCall = 256

    @inline(__always)
    mutating func receiveMedia(
        _ slot: Int, _ action: Action, _ packet: CapturedPacket, _ bytes: Span<UInt8>, _ isCopy: Bool
    ) {
        let start = Int(action.payloadOffset)
        let payload = bytes.extracting(start..<(start + Int(action.payloadLength)))
        guard payload.count >= 12 else { return }
        let raw = unsafe payload.bytes
        let ssrc = raw.loadBig32(8)
        var stream = streams.cached(call: Int32(truncatingIfNeeded: slot), flow: action.value, ssrc: ssrc)
        if stream < 0 {
            stream = openStream(slot, action, ssrc, packet, bytes)
            guard stream >= 0 else {
                streams.forgetLast(of: action.value)
                return
            }
        }
        if isCopy {
            streams.streams[stream].statistics.countCopy()
            return
        }
        let head = raw.loadBig32(0)
        let payloadType = UInt8(truncatingIfNeeded: head >> 16) & 0x7f
        if payloadType != streams.streams[stream].payloadType { resolveFormat(slot, stream, payloadType) }
        let payloadLength = Int(action.payloadLength) + Int(packet.originalLength) - Int(packet.capturedLength)
        if streams.streams[stream].needsLook(head, action) {
            look(slot, stream, payload, datagramLength: payloadLength, at: packet.timestamp)
        }
        measure(stream, head, timestamp: raw.loadBig32(4), arrival: packet.timestamp, payloadBytes: payloadLength)
    }

    /// Counts a packet of a stream whose format is known. `head` is the first word of its header.
    @inline(__always)
    private mutating func measure(
        _ stream: Int, _ head: UInt32, timestamp: UInt32, arrival: Int64, payloadBytes: Int
    ) {
        let clockRate = streams.streams[stream].clockRate
        let isTelephoneEvent = streams.streams[stream].isTelephoneEvent
        let isComfortNoise = streams.streams[stream].isComfortNoise
        streams.measure(stream, arrival: arrival) {
            $0.receive(
                sequence: UInt16(truncatingIfNeeded: head), timestamp: timestamp, marker: head & 0x0080_0000 != 0,
                payloadType: UInt8(truncatingIfNeeded: head >> 16) & 0x7f, clockRate: clockRate,
                isTelephoneEvent: isTelephoneEvent, isComfortNoise: isComfortNoise, arrival: arrival,
                payloadBytes: payloadBytes)
        }
        streams.streams[stream].updatePlain()
    }

    /// The stream is the call's own, not the last of its flow: calls that share a flow may be with one worker or with several.
    @inline(never)
    mutating func countStreamCopy(_ slot: Int, _ action: Action, _ bytes: Span<UInt8>) {
        let start = Int(action.payloadOffset)
        guard action.payloadLength >= 12 else { return }
        let ssrc = unsafe bytes.extracting(start..<(start + 12)).bytes.loadBig32(8)
        var stream = calls[slot].firstStream
        while stream >= 0 {
            let found = Int(stream)
            if streams.streams[found].ssrc == ssrc, streams.streams[found].flow == action.value {
                streams.streams[found].statistics.countCopy()
                return
            }
            stream = streams.streams[found].next
        }
    }

    /// The first packet of a stream, or one whose flow was forgotten in between.
    @inline(never)
    private mutating func openStream(
        _ slot: Int, _ action: Action, _ ssrc: UInt32, _ packet: CapturedPacket, _ bytes: Span<UInt8>
    ) -> Int {
        var decoded = DecodedPacket()
        let interface = Int(packet.interface)
        let linkType = PacketDecoding.LinkType(rawValue: interface < linkTypes.count ? linkTypes[interface] : 1)
        let esp = options.selection.esp
        guard case .udp = PacketDecoder.decode(bytes, linkType: linkType, esp: esp, into: &decoded) else { return -1 }
        if calls[slot].media.isFax(from: decoded.sourceEndpoint, to: decoded.destinationEndpoint) {
            // UDPTL whose sequence number makes it look like RTP.
            receiveBesideRTP(slot, action, packet, bytes)
            return -1
        }
        return openStream(
            slot, action.call, action.value, ssrc, decoded.sourceEndpoint, decoded.destinationEndpoint)
    }

    private mutating func openStream(
        _ slot: Int, _ tracked: UInt32, _ flow: UInt32, _ ssrc: UInt32, _ source: Endpoint, _ destination: Endpoint
    ) -> Int {
        let found = streams.find(
            first: calls[slot].firstStream, call: Int32(slot), flow: flow, ssrc: ssrc, source, destination)
        if found >= 0 { return found }
        guard calls[slot].streamCount < Worker.maxStreamsPerCall else {
            counters.streamsRefused &+= 1
            return -1
        }
        let new = streams.add(
            CallStream(
                call: Int32(slot), trackedCall: tracked, files: calls[slot].files ?? .none, ssrc: ssrc, flow: flow,
                source: source, destination: destination))
        if calls[slot].lastStream >= 0 {
            streams.streams[Int(calls[slot].lastStream)].next = Int32(new)
        } else {
            calls[slot].firstStream = Int32(new)
        }
        calls[slot].lastStream = Int32(new)
        calls[slot].streamCount += 1
        return new
    }

    @inline(never)
    private mutating func resolveFormat(_ slot: Int, _ stream: Int, _ payloadType: UInt8) {
        let format = calls[slot].format(payloadType, to: streams.streams[stream].destination)
        streams.streams[stream].payloadType = payloadType
        streams.streams[stream].clockRate = format?.clockRate ?? 0
        streams.streams[stream].isTelephoneEvent = format?.isTelephoneEvent ?? false
        streams.streams[stream].isComfortNoise =
            format?.role == .comfortNoise || format == nil && (payloadType == 13 || payloadType == 19)
    }

    /// The call's session descriptions have changed: its streams ask again.
    mutating func forgetFormats(_ slot: Int) {
        var stream = calls[slot].firstStream
        while stream >= 0 {
            streams.streams[Int(stream)].payloadType = 255
            streams.streams[Int(stream)].plainEnd = .min
            stream = streams.streams[Int(stream)].next
        }
    }

    mutating func receiveDatagram(_ tracked: UInt32, _ datagram: TrackedDatagram, _ batch: borrowing TrackedBatch) {
        let slot = Int(slots[Int(tracked)])
        let payload = batch.extraBytes.span.extracting(datagram.offset..<(datagram.offset + datagram.length))
        guard MediaPacketKind.classify(payload) == .rtp,
            !calls[slot].media.isFax(from: datagram.source, to: datagram.destination)
        else {
            receiveBesideRTP(
                slot, payload, datagramLength: datagram.length, from: datagram.source, to: datagram.destination,
                at: datagram.timestamp)
            return
        }
        let raw = unsafe payload.bytes
        let ssrc = raw.loadBig32(8)
        let stream = openStream(slot, tracked, datagram.flow, ssrc, datagram.source, datagram.destination)
        guard stream >= 0 else {
            streams.forgetLast(of: datagram.flow)
            return
        }
        let head = raw.loadBig32(0)
        let payloadType = UInt8(truncatingIfNeeded: head >> 16) & 0x7f
        resolveFormat(slot, stream, payloadType)
        look(slot, stream, payload, datagramLength: datagram.length, at: datagram.timestamp)
        measure(stream, head, timestamp: raw.loadBig32(4), arrival: datagram.timestamp, payloadBytes: datagram.length)
    }

    /// The call's early media turns out not to be wanted.
    mutating func forgetMedia(_ slot: Int) {
        var stream = calls[slot].firstStream
        while stream >= 0 {
            calls[slot].packets &+= streams.streams[Int(stream)].plainPackets
            calls[slot].bytes &+= streams.streams[Int(stream)].plainBytes
            stream = streams.remove(Int(stream))
        }
        calls[slot].firstStream = -1
        calls[slot].lastStream = -1
        calls[slot].streamCount = 0
        calls[slot].media.forgetStreams()
    }
}

extension RawSpan {
    /// Four bytes in network order; traps past the end, so callers compare lengths first.
    @inline(__always)
    func loadBig32(_ offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
