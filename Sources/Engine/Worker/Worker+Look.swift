import Calls
import PacketDecoding
import RTP

/// RTP packets that are not plain speech are looked into: telephone events, comfort noise, the packet after a silence.
///
/// The plain path takes only packets of the payload type that came last. A stream whose `payloadType` is unknown (255)
/// sends each packet through the general path, which is how the packets that follow are seen as well.
extension CallStream {
    @inline(__always)
    func needsLook(_ head: UInt32, _ action: Action) -> Bool {
        isTelephoneEvent || isComfortNoise || statistics.isAfterComfortNoise || head & 0x0080_0000 != 0
            || action.packet & Action.extraBit != 0
    }

    /// After a packet that went the long way: whether the next one may go the short way if it is like this one.
    mutating func updatePlain() {
        callPackets &+= 1
        let isPlain =
            payloadType != 255 && !isTelephoneEvent && !isComfortNoise && !statistics.isAfterComfortNoise
            && statistics.hasClock
        plainEnd = isPlain ? intervalEnd : .min
    }
}

extension Worker {
    /// Looks at a packet before its stream's figures take it in. `payload` is the UDP payload.
    @inline(never)
    mutating func look(_ slot: Int, _ stream: Int, _ payload: Span<UInt8>, datagramLength: Int, at time: Int64) {
        guard let header = try? RTPHeader(parsing: payload) else { return }
        let isEvent = streams.streams[stream].isTelephoneEvent
        let isComfortNoise = streams.streams[stream].isComfortNoise
        if let answer = calls[slot].media.answerTime, time < answer {
            // Its SDP came with the answer, so it reaches us behind it.
            calls[slot].media.notes[calls[slot].media.noteIndex(stream)].earlyPackets &+= 1
        }
        if isEvent { receiveEvent(slot, stream, header, payload, datagramLength: datagramLength, at: time) }
        if isComfortNoise { calls[slot].media.notes[calls[slot].media.noteIndex(stream)].comfortNoisePackets &+= 1 }
        if !isEvent,
            let silence = streams.streams[stream].statistics.silence(
                before: header.sequence, timestamp: header.timestamp, marker: header.marker,
                isComfortNoise: isComfortNoise, arrival: time)
        {
            calls[slot].media.notes[calls[slot].media.noteIndex(stream)].note(silence)
        }
        if isEvent || isComfortNoise { streams.streams[stream].payloadType = 255 }
    }

    private mutating func receiveEvent(
        _ slot: Int, _ stream: Int, _ header: RTPHeader, _ payload: Span<UInt8>, datagramLength: Int, at time: Int64
    ) {
        let source = streams.streams[stream].source
        let destination = streams.streams[stream].destination
        // What SRTP carries looks like keys, and is not.
        guard calls[slot].media.isSecure(from: source, to: destination) != true,
            let place = header.layout(in: payload, datagramLength: datagramLength).payload,
            place.upperBound <= payload.count
        else { return }
        let note = calls[slot].media.noteIndex(stream)
        calls[slot].media.notes[note].hasEvents = true
        calls[slot].media.notes[note].digits.receive(
            payload: payload.extracting(place), timestamp: header.timestamp, marker: header.marker,
            clockRate: streams.streams[stream].clockRate, at: time)
    }

    /// The call has been answered: what its streams have sent so far was early media.
    mutating func beginTalk(_ slot: Int, at time: Int64) {
        calls[slot].media.beginTalk(at: time)
        var stream = Int(calls[slot].firstStream)
        while stream >= 0 {
            let note = calls[slot].media.noteIndex(stream)
            calls[slot].media.notes[note].earlyPackets = streams.streams[stream].statistics.packets
            stream = Int(streams.streams[stream].next)
        }
    }
}
