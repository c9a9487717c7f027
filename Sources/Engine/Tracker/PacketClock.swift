/// Packet time: nanoseconds since the epoch, taken from the packets and never going back.
///
/// One packet with a wild timestamp must not end every call: a jump of more than a minute forward counts only when
/// enough packets in a row confirm it.
struct PacketClock {
    private(set) var now: Int64 = .min
    private var confirmations = 0

    static let largestStep: Int64 = 60_000_000_000
    static let confirmationsNeeded = 16

    @inline(__always)
    mutating func advance(to timestamp: Int64) {
        if timestamp <= now {
            if confirmations != 0 { confirmations = 0 }
            return
        }
        if now != .min, timestamp &- now > PacketClock.largestStep {
            jump(to: timestamp)
        } else {
            now = timestamp
            if confirmations != 0 { confirmations = 0 }
        }
    }

    /// How far `timestamp` lies behind, where that is more than packets of several devices get mixed up: the capture
    /// is of another time than what came before it (files one behind the other, a clock that was set back). Timers of
    /// what such a packet begins run from now, not from a past in which all of them would be over.
    func lag(of timestamp: Int64) -> Int64 {
        guard now != .min else { return 0 }
        let (lag, overflow) = now.subtractingReportingOverflow(timestamp)
        return overflow || lag <= PacketClock.largestDisorder ? 0 : lag
    }

    static let largestDisorder: Int64 = 1_000_000_000

    /// Set, and no jump is waiting to be confirmed.
    var isSteady: Bool { now != .min && confirmations == 0 }

    /// What `advance` would do again and again with packets that make no jump.
    mutating func advance(steadilyTo time: Int64) { now = max(now, time) }

    @inline(never)
    private mutating func jump(to timestamp: Int64) {
        confirmations += 1
        guard confirmations >= PacketClock.confirmationsNeeded else { return }
        confirmations = 0
        now = timestamp
    }

    /// Live: time passes although no packet comes.
    mutating func tick(to time: Int64) {
        if now != .min, time > now { now = time }
    }
}
