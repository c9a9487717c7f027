import Calls
import PacketDecoding
import RTP
import SIP

/// RTCP of a call (RFC 3550 section 6, RFC 3611): what each report says is kept with the stream it is about.
///
/// A report on a stream goes the other way than the stream. Which stream is meant is told by the SSRC, and by the
/// endpoints where several of the call have it: a relay hands the same SSRC on.
extension Worker {
    mutating func receiveRTCP(
        _ slot: Int, _ payload: Span<UInt8>, datagramLength: Int, from source: Endpoint, to destination: Endpoint,
        at time: Int64
    ) {
        if let fault = RTCPReader.fault(in: payload, datagramLength: datagramLength) {
            let isSignalled = calls[slot].media.secureRTCP(from: source, to: destination)
            if SecureRTCP.isLikely(payload, datagramLength: datagramLength, isSignalled: isSignalled) {
                calls[slot].media.count(.secureRTCP)
                return
            }
            if case .cut = fault {
                calls[slot].media.count(.rtcp)
            } else {
                calls[slot].media.count(.malformedRTCP)
            }
        } else {
            calls[slot].media.count(.rtcp)
        }
        let path = RTCPPath(source: source, destination: destination, time: time)
        var reader = RTCPReader(datagramLength: datagramLength)
        while let packet = reader.next(in: payload) { receive(slot, packet, payload, path) }
    }

    private mutating func receive(_ slot: Int, _ packet: RTCPPacket, _ bytes: Span<UInt8>, _ path: RTCPPath) {
        switch packet.kind {
        case .senderReport:
            guard let report = SenderReport(packet, in: bytes) else { return }
            if let stream = stream(slot, report.ssrc, from: path.source, to: path.destination) {
                let seen = seen(stream)
                withReports(slot, stream) { $0.receive(report, seen: seen, at: path.time) }
            }
            receive(slot, report.reports, bytes, path)
        case .receiverReport:
            guard let report = ReceiverReport(packet, in: bytes) else { return }
            receive(slot, report.reports, bytes, path)
        case .sourceDescription:
            guard var items = SourceDescriptionItems(packet) else { return }
            while let item = items.next(in: bytes) {
                guard item.type == SourceDescriptionItems.Item.cname,
                    let stream = stream(slot, item.ssrc, from: path.source, to: path.destination)
                else { continue }
                let name = bytes.extracting(item.text)
                withReports(slot, stream) { $0.nameIfNew(name) }
            }
        case .goodbye:
            guard let goodbye = Goodbye(packet, in: bytes) else { return }
            for number in 0..<goodbye.count {
                guard
                    let stream = stream(
                        slot, goodbye.ssrc(number, in: bytes), from: path.source, to: path.destination)
                else { continue }
                withReports(slot, stream) { $0.goodbyeTime = $0.goodbyeTime ?? path.time }
            }
        case .extendedReport:
            receiveExtended(slot, packet, bytes, path)
        case .applicationDefined, .transportFeedback, .payloadFeedback, nil: break
        }
    }

    private mutating func receive(_ slot: Int, _ blocks: ReportBlocks, _ bytes: Span<UInt8>, _ path: RTCPPath) {
        for number in 0..<blocks.count {
            let block = blocks.block(number, in: bytes)
            guard let stream = stream(slot, block.ssrc, from: path.destination, to: path.source) else { continue }
            let seen = seen(stream)
            withReports(slot, stream) { $0.receive(block, seen: seen, at: path.time) }
        }
    }

    private mutating func receiveExtended(
        _ slot: Int, _ packet: RTCPPacket, _ bytes: Span<UInt8>, _ path: RTCPPath
    ) {
        guard var blocks = ExtendedReportBlocks(packet, in: bytes) else { return }
        while let block = blocks.next(in: bytes) {
            switch block.kind {
            case .receiverReferenceTime:
                guard let time = block.referenceTime(in: bytes) else { continue }
                calls[slot].media.noteReference(time.middle, of: blocks.ssrc, path)
            case .delays:
                for number in 0..<block.delayCount {
                    calls[slot].media.answerReference(block.delay(number, in: bytes), path)
                }
            case .voipMetrics:
                guard let metrics = VoIPMetrics(block, in: bytes),
                    let stream = stream(slot, metrics.ssrc, from: path.destination, to: path.source)
                else { continue }
                withReports(slot, stream) { $0.voipMetrics = metrics }
            case .lossRunLengths, .duplicateRunLengths, .receiptTimes, .statisticsSummary, nil: break
            }
        }
    }

    private func seen(_ stream: Int) -> StreamReports.Seen {
        StreamReports.Seen(
            packets: streams.streams[stream].statistics.packets,
            lost: streams.streams[stream].statistics.rfc3550LostPackets)
    }

    private mutating func withReports(_ slot: Int, _ stream: Int, _ body: (inout StreamReports) -> Void) {
        let note = calls[slot].media.noteIndex(stream)
        if !calls[slot].media.notes[note].hasReports { calls[slot].media.notes[note].reports = StreamReports() }
        // Changed where it is: it is large.
        calls[slot].media.notes[note].reports?.change(body)
    }

    /// The call's stream of an SSRC that flows from one RTCP endpoint's host to the other's; with several, the one whose
    /// endpoints are nearest.
    private func stream(_ slot: Int, _ ssrc: UInt32, from source: Endpoint, to destination: Endpoint) -> Int? {
        var best: Int?
        var bestNearness = -1
        var stream = Int(calls[slot].firstStream)
        while stream >= 0 {
            if streams.streams[stream].ssrc == ssrc {
                let nearness =
                    RTCPPath.nearness(of: streams.streams[stream].source, to: source)
                    + RTCPPath.nearness(of: streams.streams[stream].destination, to: destination)
                if nearness > bestNearness {
                    best = stream
                    bestNearness = nearness
                }
            }
            stream = Int(streams.streams[stream].next)
        }
        return best
    }
}

/// The way of an RTCP packet.
struct RTCPPath {
    var source: Endpoint
    var destination: Endpoint
    /// Nanoseconds since 1970.
    var time: Int64

    /// How well an RTP endpoint goes with an RTCP endpoint: the same, or the next port (RFC 3550 section 11), or at least
    /// the same host.
    static func nearness(of rtp: Endpoint, to rtcp: Endpoint) -> Int {
        guard rtp.address == rtcp.address else { return 0 }
        return rtp.port == rtcp.port || rtp.port &+ 1 == rtcp.port ? 3 : 1
    }
}

extension CallMedia {
    /// Whether RTCP between the endpoints should be SRTCP; RTCP ports are next to those that are named.
    func secureRTCP(from source: Endpoint, to destination: Endpoint) -> Bool? {
        func rtp(_ rtcp: Endpoint) -> Endpoint { Endpoint(rtcp.address, rtcp.port &- 1) }
        return isSecure(from: source, to: destination) ?? isSecure(from: rtp(source), to: rtp(destination))
    }

    mutating func noteReference(_ name: UInt32, of ssrc: UInt32, _ path: RTCPPath) {
        var place = referenceTrips.firstIndex {
            $0.ssrc == ssrc && $0.asker == path.source && $0.responder == path.destination
        }
        if place == nil, referenceTrips.count < CallMedia.maxReferenceTrips {
            place = referenceTrips.count
            referenceTrips.append(ReferenceTrip(ssrc: ssrc, asker: path.source, responder: path.destination))
        }
        if let place { referenceTrips[place].trip.note(name, at: path.time) }
    }

    mutating func answerReference(_ answer: DelaySinceReceiverReport, _ path: RTCPPath) {
        for place in referenceTrips.indices
        where referenceTrips[place].ssrc == answer.ssrc && referenceTrips[place].asker == path.destination
            && referenceTrips[place].responder == path.source
        {
            referenceTrips[place].trip.answer(answer.lastReceiverReport, delay: answer.delay, at: path.time)
        }
    }
}

extension StreamReports {
    mutating func nameIfNew(_ name: Span<UInt8>) {
        guard cname == nil else { return }
        cname = String(copying: name)
    }
}

extension StreamReports {
    @inline(__always)
    fileprivate mutating func change(_ body: (inout StreamReports) -> Void) { body(&self) }
}

extension StreamNotes {
    fileprivate var hasReports: Bool {
        if case .some = reports { return true }
        return false
    }
}
