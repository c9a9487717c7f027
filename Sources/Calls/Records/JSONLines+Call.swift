extension JSONObject {
    mutating func add(_ call: borrowing CallRecord) {
        key("type", string: "call")
        key("call_id", string: call.callID)
        key("group_id", string: call.groupID)
        key("state", string: call.state.rawValue)
        key("end_reason", string: call.endReason?.rawValue)
        key("joined", boolean: call.isJoined)
        key("partial_media", boolean: call.hasPartialMedia)
        key("synthesized", boolean: call.isSynthesized)
        addTimes(call)
        key("hangup_by", string: call.hangupBy?.rawValue)
        key("status_code", number: call.statusCode.map(UInt64.init))
        key("status_reason", string: call.statusReason)
        add("from", call.from)
        add("to", call.to)
        key("request_uri", string: call.requestURI)
        key("p_asserted_identity", string: call.assertedIdentity)
        key("user_agents", array: call.userAgents.strings) { $0.element(string: $1) }
        key("transport", string: call.transport)
        let addresses = call.signallingAddresses
        list("signalling_addresses") { list in
            for place in addresses.indices { list.element(endpoint: addresses[place]) }
        }
        key("dialogs", number: UInt64(call.dialogs))
        add(call.sipMessages, withTransports: false)
        key("sip_retransmissions", number: call.sipRetransmissions)
        key("copies", number: call.copies)
        key("codecs", array: call.codecs) { array, codec in array.element { $0.add(codec) } }
        add(call.media)
        add("dtmf", call.dtmf, ofCall: true)
        key("files", array: call.files) { $0.element(string: $1) }
        key("packets", number: call.packets)
        key("bytes", number: call.bytes)
        if call.filePacketsMissing > 0 { key("file_packets_missing", number: call.filePacketsMissing) }
        key("streams", array: call.streams) { array, stream in array.element { $0.add(stream) } }
    }

    private mutating func addTimes(_ call: borrowing CallRecord) {
        key("start_time", time: call.startTime)
        key("ringing_time", time: call.ringingTime)
        key("progress_time", time: call.progressTime)
        key("answer_time", time: call.answerTime)
        key("end_time", time: call.endTime)
        key("duration_s", seconds: call.duration)
        key("post_dial_delay_s", seconds: call.postDialDelay)
        key("setup_time_s", seconds: call.setupTime)
    }

    private mutating func add(_ name: StaticString, _ party: CallRecord.Party) {
        key(name) { object in
            object.key("user", string: party.user)
            object.key("host", string: party.host)
            object.key("display", string: party.display)
            object.key("tag", string: party.tag)
        }
    }

    private mutating func add(_ codec: CodecRecord) {
        key("payload_type", number: UInt64(codec.payloadType))
        key("name", string: codec.name)
        key("clock_rate_hz", number: codec.clockRate.map(UInt64.init))
        key("channels", number: UInt64(codec.channels))
    }

    mutating func add(_ counts: MessageCounts, withTransports: Bool) {
        key("sip_messages") { object in
            object.key("total", number: counts.total)
            object.key("methods") { methods in
                counts.forEachMethod { (name, count) in
                    methods.wireKey(name)
                    methods.value(count)
                }
            }
            object.key("statuses") { statuses in
                counts.forEachStatus { (code, count) in
                    statuses.key(decimal: UInt64(code))
                    statuses.value(count)
                }
            }
            if withTransports { object.add("transports", counts.transports) }
        }
    }

    mutating func add(_ name: StaticString, _ counts: [NamedCount]) {
        key(name) { object in
            for count in counts {
                object.wireKey(count.name)
                object.value(count.count)
            }
        }
    }
}
