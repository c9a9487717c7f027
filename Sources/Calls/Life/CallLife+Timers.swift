extension CallLife {
    /// The call is over when no dialog lives and no transaction is open.
    mutating func settle(at time: Int64) {
        guard otherDialog == nil else { return }
        let open = dialogs.contains { $0.state != .over }
        let waiting = invite.state == .pending || invite.state == .challenged || invite.state == .rejected
        guard !open, !waiting, !dialogs.isEmpty || invite.state != .none else {
            settledTime = nil
            return
        }
        if settledTime == nil { settledTime = time }
        if outcome.endTime == nil { outcome.endTime = time }
        if outcome.answerTime != nil || invite.state == .none || invite.state == .abandoned || invite.state == .answered
        {
            outcome.state = .ended
        }
        outcome.endReason = pendingReason ?? .bye
    }

    /// The earliest time at which `expire` may have something to do. `lastActivity`: last message or media packet.
    ///
    /// Changes nothing; mutating, so that the life is asked where it lies, in a table, and not copied first.
    public mutating func deadline(_ options: CallTimers, lastActivity: Int64) -> Int64 {
        if let otherDialog {
            guard let final = otherDialog.finalTime else { return lastMessageTime &+ options.idleTimeout }
            if otherDialog.method == .subscribe, outcome.state == .ended, let expires = otherDialog.expires {
                return max(final + CallLife.transactionTimeout, final &+ Int64(expires) &* 1_000_000_000)
            }
            return final + CallLife.transactionTimeout
        }
        if let settledTime { return max(settledTime, lastMessageTime) + options.gracePeriod }
        var next = lastActivity &+ options.idleTimeout
        switch invite.state {
        case .pending:
            if outcome.answerTime == nil { next = min(next, invite.since &+ options.ringTimeout) }
            if let cancelled = invite.cancelledAt { next = min(next, cancelled + CallLife.transactionTimeout) }
        case .challenged, .rejected:
            next = min(next, invite.since + CallLife.transactionTimeout)
        default: break
        }
        for index in dialogs.indices where dialogs[index].state == .byePending {
            next = min(next, dialogs[index].byeTime + CallLife.transactionTimeout)
        }
        return next
    }

    public enum Expiry: Sendable { case waiting, finished }

    /// Applies every timer that has passed at `now`. `.finished` means the call leaves the table.
    public mutating func expire(at now: Int64, _ options: CallTimers, lastActivity: Int64) -> Expiry {
        while now >= deadline(options, lastActivity: lastActivity) {
            if otherDialog != nil {
                outcome.endReason = .completed
                return .finished
            }
            if isSettled { return .finished }
            if now >= lastActivity &+ options.idleTimeout {
                outcome.endReason = .idle
                if outcome.answerTime != nil || outcome.joined { outcome.state = .ended }
                if outcome.endTime == nil { outcome.endTime = lastActivity }
                return .finished
            }
            expireTransactions(at: now, options)
        }
        return .waiting
    }

    mutating func expireTransactions(at now: Int64, _ options: CallTimers) {
        for index in dialogs.indices
        where dialogs[index].state == .byePending && now >= dialogs[index].byeTime + CallLife.transactionTimeout {
            endDialog(at: index, fallback: now)
            pendingReason = .noACK
        }
        switch invite.state {
        case .rejected where now >= invite.since + CallLife.transactionTimeout:
            invite.state = .acknowledged
            pendingReason = .noACK
        case .challenged where now >= invite.since + CallLife.transactionTimeout:
            invite.state = .acknowledged
            outcome.state = .failed
            outcome.endTime = invite.since
            pendingReason = .rejected
        case .pending:
            if let cancelled = invite.cancelledAt, now >= cancelled + CallLife.transactionTimeout {
                invite.state = .abandoned
                outcome.state = .cancelled
                outcome.hangupBy = .caller
                outcome.endTime = cancelled
                pendingReason = .cancelled
                settleUnanswered(at: now)
                return
            }
            if outcome.answerTime == nil, now >= invite.since &+ options.ringTimeout {
                invite.state = .acknowledged
                outcome.state = .timedOut
                outcome.endTime = invite.since &+ options.ringTimeout
                pendingReason = .timeout
            }
        default: break
        }
        settle(at: now)
    }

    mutating func settleUnanswered(at now: Int64) {
        invite.state = .acknowledged
        settle(at: now)
    }

    /// Ends whatever the state is: end of the capture, or the table was full.
    public mutating func stop(_ reason: CallRecord.EndReason) {
        if isSettled { return }
        if otherDialog?.finalTime != nil {
            outcome.endReason = .completed
            return
        }
        outcome.endReason = reason
    }
}

/// The timers of a call, nanoseconds of packet time.
public struct CallTimers: Sendable {
    public var gracePeriod: Int64
    public var ringTimeout: Int64
    public var idleTimeout: Int64

    public init(gracePeriod: Int64, ringTimeout: Int64, idleTimeout: Int64) {
        self.gracePeriod = gracePeriod
        self.ringTimeout = ringTimeout
        self.idleTimeout = idleTimeout
    }
}
