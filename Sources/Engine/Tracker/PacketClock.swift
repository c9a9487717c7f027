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
