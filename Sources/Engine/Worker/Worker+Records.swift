import Calls
import PacketDecoding
import RTP

extension Worker {
    /// Fills the record of a call that has ended, but for its files. Takes the texts out of the call.
    func describe(_ call: inout WorkerCall, _ end: CallEnd, in record: inout CallRecord) {
        let outcome = end.outcome
        record.callID = String(decoding: call.callID, as: UTF8.self)
        record.groupID = outcome.groupID.map { String(decoding: $0, as: UTF8.self) } ?? record.callID
        record.state = outcome.state
        record.endReason = outcome.endReason
        record.isJoined = outcome.joined
        record.hasPartialMedia = end.partialMedia
        record.isSynthesized = options.isSynthesized
        record.startTime = outcome.startTime
        record.ringingTime = outcome.ringingTime
        record.progressTime = outcome.progressTime
        record.answerTime = outcome.answerTime
        record.endTime = outcome.endTime
        if let answer = outcome.answerTime, let last = outcome.endTime { record.duration = last - answer }
        if !outcome.joined {
            let firstSign = min(outcome.ringingTime ?? .max, outcome.progressTime ?? .max)
            record.postDialDelay = firstSign == .max ? nil : firstSign - outcome.startTime
            record.setupTime = outcome.answerTime.map { $0 - outcome.startTime }
        }
        record.hangupBy = outcome.hangupBy
        record.statusCode = outcome.statusCode == 0 ? nil : outcome.statusCode
        if outcome.statusCode != 0 { swap(&record.statusReason, &call.details.statusReason) }
        record.dialogs = UInt32(outcome.dialogs)
        moveTexts(&call, to: &record)
        record.streams = streamRecords(call, outcome)
        addMedia(call, end, to: &record)
        countPlain(call, in: &record)
    }

    private func moveTexts(_ call: inout WorkerCall, to record: inout CallRecord) {
        swap(&record.from, &call.details.from)
        swap(&record.to, &call.details.to)
        swap(&record.requestURI, &call.details.requestURI)
        swap(&record.assertedIdentity, &call.details.assertedIdentity)
        swap(&record.userAgents, &call.details.userAgents)
        swap(&record.transport, &call.details.transport)
        swap(&record.sipMessages, &call.details.messages)
        swap(&record.codecs, &call.details.codecs)
        swap(&record.signallingAddresses, &call.details.addresses)
        record.sipRetransmissions = call.details.retransmissions
        record.copies = call.copies
        record.packets = call.packets
        record.bytes = call.bytes
    }

    private func countPlain(_ call: WorkerCall, in record: inout CallRecord) {
        var slot = call.firstStream
        while slot >= 0 {
            record.packets &+= streams.streams[Int(slot)].plainPackets
            record.bytes &+= streams.streams[Int(slot)].plainBytes
            slot = streams.streams[Int(slot)].next
        }
    }

    private func streamRecords(_ call: WorkerCall, _ outcome: CallOutcome) -> [StreamRecord] {
        var records: [StreamRecord] = []
        var slot = call.firstStream
        while slot >= 0 {
            let stream = streams.streams[Int(slot)]
            let first = stream.statistics.payloadTypes.first
            var record = StreamRecord(
                ssrc: stream.ssrc, source: stream.source, destination: stream.destination,
                statistics: stream.statistics,
                codec: first.flatMap { call.format($0, to: stream.destination)?.name },
                media: streamFacts(Int(slot), call, outcome))
            if stream.statistics.packets > 0 {
                record.rate(
                    stream.statistics, codec: ratedCodec(call, stream), intervals: streams.intervals(of: Int(slot)),
                    // Half of the way there and back, in milliseconds.
                    oneWayDelay: record.media.roundTrip.map { $0 / 2e6 })
            }
            records.append(record)
            slot = stream.next
        }
        return records
    }

    /// What the E-model needs of the codecs of a stream's payload types.
    private func ratedCodec(_ call: WorkerCall, _ stream: CallStream) -> RatedCodec {
        RatedCodec(
            stream.statistics.payloadTypes.compactMap { payloadType -> RatedCodec? in
                guard let format = call.format(payloadType, to: stream.destination) else {
                    return RatedCodec(staticPayloadType: payloadType, concealsLoss: options.calls.concealsLoss)
                }
                guard !format.isAuxiliary else { return nil }
                guard format.clockRate > 0 else { return .unrated(.noClockRate) }
                return RatedCodec(
                    CodecImpairment.lookup(
                        format.name, bitRate: format.bitRate, concealsLoss: options.calls.concealsLoss))
            })
    }
}
