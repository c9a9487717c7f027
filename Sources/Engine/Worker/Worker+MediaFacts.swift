import Calls
import PacketDecoding
import RTP
import SIP

/// What the record says of the media, when the call has ended.
extension Worker {
    /// Beside a stream's figures.
    func streamFacts(_ slot: Int, _ call: WorkerCall, _ outcome: CallOutcome) -> StreamMediaFacts {
        let stream = streams.streams[slot]
        let media = call.media
        let notes = media.notes(of: slot)
        var facts = StreamMediaFacts()
        facts.sentBy = media.sender(from: stream.source, to: stream.destination)
        facts.kind = (call.kind(of: stream) ?? media.kind(from: stream.source, to: stream.destination))?.name
        facts.isSecure = media.isSecure(from: stream.source, to: stream.destination)
        facts.keying =
            media.isZRTP(from: stream.source, to: stream.destination)
            ? "zrtp" : media.keying(from: stream.source, to: stream.destination)?.name
        if !outcome.joined {
            facts.earlyPackets =
                outcome.answerTime == nil ? stream.statistics.packets : notes?.earlyPackets ?? 0
        }
        facts.comfortNoisePackets = notes?.comfortNoisePackets ?? 0
        facts.silences = notes?.silences ?? 0
        facts.silence = notes?.silence ?? 0
        addDigits(notes, call, stream, to: &facts)
        addReports(notes, call, slot, outcome, to: &facts)
        return facts
    }

    private func addDigits(
        _ notes: StreamNotes?, _ call: WorkerCall, _ stream: CallStream, to facts: inout StreamMediaFacts
    ) {
        let isReadable = facts.isSecure != true && facts.kind != "video"
        guard notes?.hasEvents == true || isReadable && call.negotiatesEvents(to: stream.destination) else { return }
        let digits = notes?.digits ?? TelephoneDigits()
        facts.dtmf = digits.text ?? ""
        facts.dtmfRefused = digits.refused
        facts.dtmfEvents = digits.keys.map {
            DTMFRecord(
                digit: $0.digit, time: $0.time, duration: $0.durationNanoseconds, source: .rtp, by: facts.sentBy)
        }
    }

    private func addReports(
        _ notes: StreamNotes?, _ call: WorkerCall, _ slot: Int, _ outcome: CallOutcome,
        to facts: inout StreamMediaFacts
    ) {
        let stream = streams.streams[slot]
        let toSender = tripToSender(call, slot)
        if let near = toSender?.mean, let far = notes?.reports?.toReceiver.mean { facts.roundTrip = near + far }
        guard let reports = notes?.reports else { return }
        facts.rtcp = RTCPFacts(
            reports: reports, clockRate: stream.statistics.clockRate == 0 ? nil : stream.statistics.clockRate,
            lostBeyond: reports.lostBeyond(fromBeginning: !outcome.joined), toSender: toSender)
    }

    /// From here to the stream's sender and back: what the reports on the opposite stream tell, or the answers to a
    /// receiver's reference times.
    private func tripToSender(_ call: WorkerCall, _ slot: Int) -> RoundTrip? {
        let stream = streams.streams[slot]
        var found: RoundTrip?
        var foundNearness = 1
        var other = Int(call.firstStream)
        while other >= 0 {
            let opposite = streams.streams[other]
            let nearness =
                RTCPPath.nearness(of: opposite.source, to: stream.destination)
                * RTCPPath.nearness(of: opposite.destination, to: stream.source)
            if other != slot, nearness >= foundNearness, let trip = call.media.notes(of: other)?.reports?.toReceiver,
                trip.samples > 0, nearness > foundNearness || trip.samples > found?.samples ?? 0
            {
                found = trip
                foundNearness = nearness
            }
            other = Int(opposite.next)
        }
        if let found { return found }
        return call.media.referenceTrips.first {
            $0.trip.samples > 0 && RTCPPath.nearness(of: stream.source, to: $0.responder) > 0
                && RTCPPath.nearness(of: stream.destination, to: $0.asker) > 0
        }?.trip
    }

    /// The call's own part.
    func addMedia(_ call: WorkerCall, _ end: CallEnd, to record: inout CallRecord) {
        record.dtmf = CallDTMF.merged(record.streams, call.media.signals)
        let besideRTP = call.media.besideRTP.named
        guard call.media.hasSession || !record.streams.isEmpty || !besideRTP.isEmpty else { return }
        var facts = MediaFacts()
        facts.holds = call.media.negotiation.holds
        facts.holdsRefused = call.media.negotiation.holdsRefused
        if call.media.hasFax { facts.fax = call.media.fax.map(FaxStreamRecord.init) }
        facts.besideRTP = besideRTP
        let sounds = call.sounds(record.streams)
        if !end.outcome.joined {
            if !sounds.isEmpty {
                facts.earlyMediaFrom = CallRecord.Sides { side in
                    sounds.contains { $0.by == side && $0.earlyPackets > 0 }
                }
            }
            if !end.partialMedia { addAudio(sounds, call.media, end.outcome, to: &facts) }
        }
        record.media = facts
    }

    /// Who was heard after the answer, and who was not although they could have been.
    private func addAudio(
        _ sounds: [Sound], _ media: CallMedia, _ outcome: CallOutcome, to facts: inout MediaFacts
    ) {
        guard let answer = outcome.answerTime, media.answerTime == answer, media.negotiation.hasAudio else { return }
        let talking = sounds.filter { $0.packets > $0.earlyPackets }
        if !talking.isEmpty {
            facts.audioFrom = CallRecord.Sides { side in talking.contains { $0.by == side } }
        }
        let isTwoWay = facts.audioFrom == [.caller, .callee]
        guard isTwoWay || talking.allSatisfy({ $0.by != nil }) else { return }
        facts.audio = isTwoWay ? .twoWay : facts.audioFrom.isEmpty ? MediaFacts.Audio.none : .oneWay
        func delay(of side: CallRecord.Side) -> Int64? {
            talking.filter { $0.by == side }.compactMap { sound in sound.first.map { max(0, $0 &- answer) } }.min()
        }
        facts.callerAudioDelay = delay(of: .caller)
        facts.calleeAudioDelay = delay(of: .callee)
        facts.isLate = max(facts.callerAudioDelay ?? 0, facts.calleeAudioDelay ?? 0) > MediaFacts.lateAfter
        let last = sounds.compactMap(\.last).max() ?? answer
        let allowed = media.negotiation.allowedTime(until: outcome.endTime ?? max(last, media.lastMessageTime))
        func miss(_ side: CallRecord.Side, _ time: Int64) {
            guard time >= CallMedia.noticeableSilence, !facts.audioFrom.contains(side) else { return }
            facts.missingAudioFrom.insert(CallRecord.Sides(side))
        }
        miss(.caller, allowed.caller)
        miss(.callee, allowed.callee)
    }
}

/// What of a stream of audio tells who was heard when: a stream's record is long.
private struct Sound: BitwiseCopyable {
    var by: CallRecord.Side?
    var packets: UInt64
    var earlyPackets: UInt64
    var first: Int64?
    var last: Int64?
}

extension CallMedia {
    /// Nanoseconds for which a side may send and does not until its audio is called missing.
    static let noticeableSilence: Int64 = 2_000_000_000
}

extension WorkerCall {
    /// By the stream's first payload type.
    func kind(of stream: CallStream) -> MediaDescription.Kind? {
        stream.statistics.payloadTypes.first.flatMap { format($0, to: stream.destination)?.kind }
    }

    /// Whether telephone-event was negotiated towards an endpoint.
    func negotiatesEvents(to destination: Endpoint) -> Bool {
        let isNamed = formats.contains { $0.receiver == destination }
        return formats.contains { $0.isTelephoneEvent && (!isNamed || $0.receiver == destination) }
    }

    /// The streams that are audio, and not only telephone events.
    fileprivate func sounds(_ streams: [StreamRecord]) -> [Sound] {
        var sounds: [Sound] = []
        sounds.reserveCapacity(streams.count)
        for index in streams.indices
        where isSound(streams[index].media.kind, streams[index].payloadTypes, to: streams[index].destination) {
            sounds.append(
                Sound(
                    by: streams[index].media.sentBy, packets: streams[index].packets,
                    earlyPackets: streams[index].media.earlyPackets ?? 0, first: streams[index].firstPacketTime,
                    last: streams[index].lastPacketTime))
        }
        return sounds
    }

    private func isSound(_ kind: String?, _ payloadTypes: [UInt8], to destination: Endpoint) -> Bool {
        guard kind == "audio" || kind == nil else { return false }
        return payloadTypes.count != 1
            || !payloadTypes.allSatisfy { format($0, to: destination)?.isTelephoneEvent ?? false }
    }
}

extension MediaDescription.Kind {
    var name: String {
        switch self {
        case .audio: "audio"
        case .video: "video"
        case .image: "image"
        case .other: "other"
        }
    }
}

extension FaxStreamRecord {
    init(_ fax: FaxStream) {
        self.init(source: fax.source, destination: fax.destination)
        packets = fax.statistics.packets
        bytes = fax.statistics.bytes
        expectedPackets = fax.statistics.expectedPackets
        lostPackets = fax.statistics.lostPackets
        duplicates = UInt64(fax.statistics.duplicates)
        outOfOrder = UInt64(fax.statistics.outOfOrder)
        largestGap = fax.statistics.largestGapNanoseconds
        firstPacketTime = fax.statistics.firstArrival
        lastPacketTime = fax.statistics.lastArrival
    }
}
