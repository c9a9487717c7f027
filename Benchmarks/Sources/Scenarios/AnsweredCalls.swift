import Traffic

/// Ordinary answered calls and what may happen during them.
enum AnsweredCalls {
    static func plain(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.converse(at: time)
        if !call.streams.isEmpty {
            (call.truth.early, call.truth.heard, call.truth.unheard) = ([], ["caller", "callee"], [])
        }
        call.launch()
    }

    /// Only one side is heard, or none.
    static func silent(caller: Bool, callee: Bool) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall()
            call.converse(at: time)
            if callee, !call.streams.isEmpty { call.streams.remove(at: 1) }
            if caller, !call.streams.isEmpty { call.streams.remove(at: 0) }
            let silent = (caller ? ["caller"] : []) + (callee ? ["callee"] : [])
            let heard = context.options.noMedia ? [] : ["caller", "callee"].filter { !silent.contains($0) }
            (call.truth.early, call.truth.heard) = ([], heard)
            // Shorter calls are too short for it to be noticed.
            if context.options.callLength >= 3 * second, !context.options.noMedia { call.truth.unheard = silent }
            call.launch()
        }
    }

    static func earlyMedia(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.converse(at: time, SetUp(earlyMedia: true))
        // The callee's stream simply goes on when the call is answered.
        if call.streams.count == 3 {
            let answered = call.streams.remove(at: 2)
            call.streams[0].end = answered.end
            call.truth.early = ["callee"]
            call.truth.heard = ["caller", "callee"]
        }
        call.launch()
    }

    static func delayedOffer(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.converse(at: time, SetUp(delayedOffer: true))
        call.launch()
    }

    static func challenged(_ status: Int) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall()
            call.converse(at: time, SetUp(challenge: status))
            call.launch()
        }
    }

    static func forked(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.converse(at: time, SetUp(forks: 2 + context.random.below(2)))
        call.launch()
    }

    /// One Call-ID over two hops: each message is seen twice, with another top Via.
    static func proxied(_ context: ScenarioContext, at time: UInt64) {
        let hosts = (0..<3).map { _ in Endpoint(context.newHost(), 5060) }
        let call = context.newCall(hosts: hosts)
        call.converse(at: time)
        call.launch()
    }

    static func retransmitted(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.converse(at: time, SetUp(retransmits: true))
        call.launch()
    }

    /// A re-INVITE moves the caller's media to another address.
    static func movedMedia(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time)
        let begin = established.acknowledged + 5 * millisecond
        let middle = begin + context.options.callLength / 2
        let newMedia = Endpoint(context.newHost(), context.newMediaPort())
        let (offered, answered) = (call.session(newMedia), call.session(call.calleeMedia))
        let invite = call.request(.invite, at: middle, .init(session: offered, tag: 1))
        call.respond(200, to: invite, at: middle + 30 * millisecond, .init(session: answered, tag: 1))
        let acknowledged = middle + 55 * millisecond
        call.acknowledge(invite, success: true, at: acknowledged, .init(tag: 1))
        let end = acknowledged + context.options.callLength / 2
        if !context.options.noMedia {
            let old = call.callerMedia
            call.streams.append(call.stream(from: old, to: call.calleeMedia, start: begin, end: acknowledged))
            call.streams.append(
                call.stream(
                    from: call.calleeMedia, to: old, start: begin + 4 * millisecond, end: middle + 30 * millisecond))
            call.callerMedia = newMedia
            call.talk(from: acknowledged + 5 * millisecond, to: end)
        }
        call.hangUp(at: end + 20 * millisecond)
        call.launch()
    }

    /// On hold by `a=sendonly` or by `c=0.0.0.0`, and back.
    static func held(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time)
        let begin = established.acknowledged + 5 * millisecond
        let third = context.options.callLength / 3
        let oldStyle = context.random.chance(0.3)
        call.talk(from: begin, to: begin + third)
        renegotiate(call, at: begin + third, byCaller: true) { plan, isOffer in
            plan.holdsByZeroAddress = oldStyle && isOffer
            plan.direction = isOffer ? "sendonly" : "recvonly"
        }
        renegotiate(call, at: begin + 2 * third, byCaller: true) { _, _ in }
        let resumed = begin + 2 * third + 70 * millisecond
        let first = call.streams
        let exact = { (time: UInt64) in TimeWindow(time - millisecond, time + millisecond) }
        let answered = begin + 30 * millisecond
        call.truth.holds = [("caller", exact(answered + third), exact(answered + 2 * third))]
        call.talk(from: resumed, to: resumed + third)
        // After the hold the same sources go on with new SSRCs.
        call.hangUp(at: resumed + third + (first.isEmpty ? 0 : 20 * millisecond))
        call.launch()
    }

    private static func renegotiate(
        _ call: CallBuilder, at time: UInt64, byCaller: Bool, _ change: (inout SessionPlan, Bool) -> Void
    ) {
        let offered = call.session(call.callerMedia) { change(&$0, true) }
        let answered = call.session(call.calleeMedia) { change(&$0, false) }
        let invite = call.request(.invite, byCaller: byCaller, at: time, .init(session: offered, tag: 1))
        call.respond(200, to: invite, at: time + 30 * millisecond, .init(session: answered, tag: 1))
        call.acknowledge(invite, success: true, at: time + 55 * millisecond, .init(tag: 1))
    }
}
