import RTP

extension JSONObject {
    /// A call's media; null for a call without any.
    mutating func add(_ media: MediaFacts?) {
        guard let media else { return key("media", string: nil) }
        key("media") { object in
            object.key("audio", string: media.audio?.rawValue)
            object.add("audio_from", media.audioFrom)
            object.add("missing_audio_from", media.missingAudioFrom)
            object.add("early_media_from", media.earlyMediaFrom)
            object.key("caller_audio_delay_ms", milliseconds: media.callerAudioDelay)
            object.key("callee_audio_delay_ms", milliseconds: media.calleeAudioDelay)
            object.key("late_media", flag: media.isLate)
            object.key("holds", array: media.holds) { array, hold in
                array.element { element in
                    element.key("by", string: hold.by.rawValue)
                    element.key("start_time", time: hold.start)
                    element.key("end_time", time: hold.end)
                }
            }
            if media.holdsRefused > 0 { object.key("holds_refused", number: media.holdsRefused) }
            object.key("fax", array: media.fax) { array, stream in array.element { $0.add(stream) } }
            object.add("beside_rtp", media.besideRTP)
        }
    }

    mutating func add(_ name: StaticString, _ sides: CallRecord.Sides) {
        list(name) { list in sides.each { list.element(string: $0.rawValue) } }
    }

    mutating func key(_ key: StaticString, flag: Bool?) {
        if let flag { self.key(key, boolean: flag) } else { self.key(key, string: nil) }
    }

    private mutating func add(_ stream: FaxStreamRecord) {
        key("source", endpoint: stream.source)
        key("destination", endpoint: stream.destination)
        key("packets", number: stream.packets)
        key("bytes", number: stream.bytes)
        key("expected_packets", signed: stream.expectedPackets)
        key("lost_packets", signed: stream.lostPackets)
        key("duplicates", number: stream.duplicates)
        key("out_of_order", number: stream.outOfOrder)
        key("largest_gap_ms", milliseconds: stream.largestGap)
        key("first_packet_time", time: stream.firstPacketTime)
        key("last_packet_time", time: stream.lastPacketTime)
    }

    /// - Parameter ofCall: with where each key press was found.
    mutating func add(_ name: StaticString, _ events: [DTMFRecord], ofCall: Bool) {
        key(name, array: events) { array, event in
            array.element { object in
                object.key("digit", string: String(UnicodeScalar(event.digit)))
                object.key("time", time: event.time)
                object.key("duration_ms", milliseconds: event.duration)
                if ofCall {
                    object.key("source", string: event.source.rawValue)
                    object.key("by", string: event.by?.rawValue)
                }
            }
        }
    }

    mutating func add(_ media: StreamMediaFacts) {
        key("dtmf", string: media.dtmf)
        add("dtmf_events", media.dtmfEvents, ofCall: false)
        if media.dtmfRefused > 0 { key("dtmf_refused", number: media.dtmfRefused) }
        key("media", string: media.kind)
        key("sent_by", string: media.sentBy?.rawValue)
        key("srtp", flag: media.isSecure)
        key("srtp_keying", string: media.keying)
        key("early_packets", number: media.earlyPackets)
        key("comfort_noise_packets", number: media.comfortNoisePackets)
        key("silences", number: media.silences)
        key("silence_ms", milliseconds: media.silence)
        key("round_trip_ms", milliseconds: media.roundTrip?.fixed(decimals: 0))
        add(media.rtcp)
    }
}
