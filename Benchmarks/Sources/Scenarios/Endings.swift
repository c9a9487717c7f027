import Traffic

/// Calls that end in other ways than by BYE and 200.
enum Endings {
    /// The first BYE is challenged, so the call goes on until the second.
    static func refusedBye(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time)
        let begin = established.acknowledged + 5 * millisecond
        let end = begin + context.options.callLength
        call.talk(from: begin, to: end)
        let tried = end - context.options.callLength / 4
        let bye = call.request(.bye, at: tried, .init(tag: 1))
        call.respond(401, to: bye, at: tried + 20 * millisecond, .init(tag: 1, extra: .challenge))
        call.hangUp(at: end + 20 * millisecond, byCaller: true)
        call.launch()
    }

    /// The BYE was never captured.
    static func lostBye(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time)
        let begin = established.acknowledged + 5 * millisecond
        call.talk(from: begin, to: begin + context.options.callLength)
        (call.truth.state, call.truth.endReason) = ("active", "end_of_capture")
        call.launch()
    }

    /// BYE is repeated for 32 s and never answered.
    static func unansweredBye(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time)
        let begin = established.acknowledged + 5 * millisecond
        let end = begin + context.options.callLength
        call.talk(from: begin, to: end)
        let bye = call.request(.bye, at: end, .init(tag: 1, marksEnd: true))
        for again in [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500] as [UInt64] {
            call.repeatRequest(bye, at: end + again * millisecond, .init(tag: 1, marksEnd: true))
        }
        (call.truth.state, call.truth.endReason, call.truth.hangupBy) = ("ended", "no_ack", "caller")
        call.truth.end = TimeWindow(end, end + 64 * second)
        call.truth.settledAt = end + 72 * second
        call.launch()
    }
}
