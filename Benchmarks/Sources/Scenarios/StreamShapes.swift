import Traffic

/// Calls whose RTP is out of the ordinary.
enum StreamShapes {
    /// Talk on a call whose streams are then changed.
    private static func call(
        _ context: ScenarioContext, at time: UInt64, codec: Codec? = nil, prepare: (CallBuilder) -> Void = { _ in },
        change: (CallBuilder) -> Void = { _ in }
    ) {
        let call = context.newCall()
        prepare(call)
        call.converse(at: time)
        change(call)
        call.launch()
    }

    /// Both senders start anew in the middle: other SSRC, sequence and timestamp.
    static func changedSSRC(_ context: ScenarioContext, at time: UInt64) {
        call(context, at: time) { call in
            for place in call.streams.indices {
                let whole = call.streams[place]
                let middle = whole.start + (whole.end - whole.start) / 2
                call.streams[place].end = middle
                call.streams.append(
                    call.stream(from: whole.source, to: whole.destination, start: middle, end: whole.end))
            }
        }
    }

    static func sequenceWrap(_ context: ScenarioContext, at time: UInt64) {
        call(context, at: time) { call in
            for place in call.streams.indices {
                call.streams[place].firstSequence = 65535 - UInt16(context.random.below(40))
                call.streams[place].firstTimestamp = 0 &- UInt32(context.random.below(10000))
            }
        }
    }

    static func beginningOutOfOrder(_ context: ScenarioContext, at time: UInt64) {
        call(
            context, at: time, prepare: { $0.impaired = false },
            change: { call in
                for place in call.streams.indices { call.streams[place].beginsOutOfOrder = true }
            })
    }

    static func impaired(_ context: ScenarioContext, at time: UInt64) {
        call(context, at: time, prepare: { $0.impaired = true })
    }

    static func telephoneEvents(_ context: ScenarioContext, at time: UInt64) {
        call(context, at: time, prepare: { $0.pattern = .telephoneEvents })
    }

    static func comfortNoise(_ context: ScenarioContext, at time: UInt64) {
        call(context, at: time, prepare: { $0.pattern = .comfortNoise })
    }
}
