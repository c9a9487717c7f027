import Traffic

/// Calls that come to nothing.
enum UnansweredCalls {
    /// INVITE, 100 and perhaps 180; returns the transaction and the time so far.
    private static func ring(_ call: CallBuilder, at time: UInt64, rings: Bool) -> (Transaction, UInt64) {
        let invite = call.request(.invite, at: time, .init(session: call.offer(call.callerMedia)))
        call.respond(100, to: invite, at: time + call.delay(10, 25))
        guard rings else { return (invite, time + call.delay(60, 300)) }
        let ringing = time + call.delay(150, 600)
        call.respond(180, to: invite, at: ringing, .init(tag: 1))
        return (invite, ringing + call.delay(1000, 3000))
    }

    static func rejected(
        _ status: Int, state: String, rings: Bool, acknowledges: Bool = true
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall()
            let (invite, now) = ring(call, at: time, rings: rings)
            call.reject(
                invite, status: status, at: now, state: state, reason: acknowledges ? "rejected" : "no_ack",
                acknowledges: acknowledges, extra: status == 302 ? .redirectContact : .none)
            call.launch()
        }
    }

    static func cancelled(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let (invite, now) = ring(call, at: time, rings: true)
        let cancel = call.cancel(invite, at: now, .init(marksEnd: true))
        call.respond(200, to: cancel, at: now + 15 * millisecond, .init(tag: 1, marksEnd: true))
        call.reject(invite, status: 487, at: now + 18 * millisecond, state: "cancelled", reason: "cancelled")
        call.launch()
    }

    /// Rings and nobody ever answers nor gives up: the ring timeout of 200 s ends it.
    static func unanswered(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        _ = ring(call, at: time, rings: true)
        (call.truth.state, call.truth.endReason) = ("timed_out", "timeout")
        call.truth.settledAt = time + 210 * second
        call.truth.end = TimeWindow(time, time + 210 * second)
        call.launch()
    }

    /// The 200 to INVITE crosses the CANCEL: the call stands until the caller hangs up.
    static func cancelCrossing(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time)
        let cancel = call.cancel(established.invite, at: established.answered - 3 * millisecond)
        call.respond(481, to: cancel, at: established.answered + 12 * millisecond, .init(tag: 1))
        call.talk(
            from: established.acknowledged + 5 * millisecond, to: established.acknowledged + 400 * millisecond)
        call.hangUp(at: established.acknowledged + 420 * millisecond, byCaller: true)
        call.launch()
    }
}
