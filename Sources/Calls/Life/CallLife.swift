/// The life of one call: which dialogs it has, which transactions are open, and when it is over.
///
/// A plain state machine. It sees each message's facts in capture order and packet time as a parameter; the caller asks
/// for the next deadline and reports when it has passed. Rules: docs/design/call-life.md; RFC 3261 sections 12-17.
public struct CallLife: Sendable {
    public private(set) var outcome: CallOutcome
    /// The dialogs that a 2xx confirmed or that we joined, newest last. Bounded by `maxDialogs`.
    private var dialogs: [Dialog] = []
    private var invite = InviteTransaction()
    /// SIP transactions of a record that is no call (`--all-dialogs`).
    private var otherDialog: OtherDialog?
    /// When the last message of the Call-ID came.
    public private(set) var lastMessageTime: Int64
    /// When the last open transaction was completed and no dialog was left; nil while the call goes on.
    public private(set) var settledTime: Int64?
    private var callerTag: UInt64
    private var pendingReason: CallEndReason?
    /// Until when an offer/answer exchange is under way (`Int64.min` when none is).
    private var negotiatingUntil = Int64.min
    /// When the exchange that is under way, or was the last one, began.
    public private(set) var negotiationStart = Int64.min

    /// 64 * T1: how long a transaction may remain open (RFC 3261 section 17).
    public static let transactionTimeout: Int64 = 32_000_000_000
    /// Most confirmed dialogs kept apart in one call; forks beyond it share the last place.
    public static let maxDialogs = 16

    private struct Dialog {
        enum State: UInt8 { case live, byePending, over }
        /// Combination of both tags that does not depend on who sends.
        var tags: UInt64
        var state: State
        var byeTime: Int64 = 0
        var byeBy: CallParty?
    }

    private struct InviteTransaction {
        enum State: UInt8 { case none, pending, challenged, answered, rejected, acknowledged, abandoned }
        var state = State.none
        var cseq: UInt32 = 0
        var since: Int64 = 0
        var cancelledAt: Int64?
        /// Branches of INVITEs already seen, so that a late retransmission does not open the call again.
        var branches: [UInt64] = []
    }

    private struct OtherDialog {
        var method: CallMethod
        var expires: UInt32?
        var finalTime: Int64?
    }

    /// Begins with the first message of a Call-ID, which is to be given to `receive` as well. Anything but an initial
    /// INVITE joins in the middle.
    public init(opening facts: MessageFacts, at time: Int64) {
        outcome = CallOutcome(startTime: time)
        lastMessageTime = time
        callerTag = facts.fromTag
        if facts.method.isOtherDialog {
            otherDialog = OtherDialog(method: facts.method)
        } else {
            outcome.joined = !(facts.isRequest && facts.method == .invite && facts.toTag == 0)
        }
    }

    /// Whether all dialogs are over and only the grace period is being waited for.
    public var isSettled: Bool { settledTime != nil }

    /// Whether an offer/answer exchange is under way: the call is being set up or renegotiated.
    public func isNegotiating(at time: Int64) -> Bool { time <= negotiatingUntil }

    public mutating func receive(_ facts: MessageFacts, at time: Int64) {
        lastMessageTime = max(lastMessageTime, time)
        if otherDialog != nil {
            receiveOther(facts, at: time)
        } else if facts.isRequest {
            receiveRequest(facts, at: time)
        } else {
            receiveResponse(facts, at: time)
        }
        settle(at: time)
    }
}

// MARK: - Requests

extension CallLife {
    private mutating func receiveRequest(_ facts: MessageFacts, at time: Int64) {
        switch facts.method {
        case .invite:
            beginNegotiation(at: time)
            if facts.toTag == 0 {
                receiveInitialInvite(facts, at: time)
            } else {
                join(facts)
            }
        case .ack:
            if invite.state == .rejected, facts.cseq == invite.cseq {
                invite.state = .acknowledged
            } else if invite.state == .challenged, facts.cseq == invite.cseq {
                break
            } else if invite.state != .acknowledged, invite.state != .abandoned, facts.toTag != 0 {
                join(facts)
            }
            negotiatingUntil = min(negotiatingUntil, time)
        case .bye:
            receiveBye(facts, at: time)
        case .cancel:
            if invite.state == .pending, invite.cancelledAt == nil { invite.cancelledAt = time }
        case .update, .prack:
            if facts.hasSDP { beginNegotiation(at: time) }
            if facts.method == .update { join(facts) }
        case .info, .refer:
            join(facts)
        default:
            break
        }
    }

    private mutating func receiveInitialInvite(_ facts: MessageFacts, at time: Int64) {
        let known = facts.cseq == invite.cseq && (facts.branch == 0 || invite.branches.contains(facts.branch))
        if facts.branch != 0, !known {
            if facts.cseq != invite.cseq { invite.branches.removeAll(keepingCapacity: true) }
            if invite.branches.count >= 8 { invite.branches.removeFirst() }
            invite.branches.append(facts.branch)
        }
        switch invite.state {
        case .none, .challenged, .rejected, .acknowledged, .abandoned:
            guard invite.state == .none || !known else { return }
            invite.state = .pending
            invite.cseq = facts.cseq
            invite.since = time
            invite.cancelledAt = nil
            if outcome.answerTime == nil {
                outcome.state = .trying
                outcome.statusCode = 0
                outcome.endTime = nil
            }
        case .pending, .answered:
            invite.cseq = facts.cseq
        }
    }

    private mutating func receiveBye(_ facts: MessageFacts, at time: Int64) {
        let party: CallParty = facts.fromTag == callerTag ? .caller : .callee
        // A BYE may end an early dialog (RFC 3261 section 15), or be the first we see of a call.
        let index = dialogIndex(facts) ?? addDialog(facts)
        guard dialogs[index].state == .live else { return }
        dialogs[index].state = .byePending
        dialogs[index].byeTime = time
        dialogs[index].byeBy = outcome.joined && dialogs.count == 1 && outcome.startTime == time ? nil : party
    }
}

// MARK: - Responses

extension CallLife {
    private mutating func receiveResponse(_ facts: MessageFacts, at time: Int64) {
        switch facts.method {
        case .invite: receiveInviteResponse(facts, at: time)
        case .bye: receiveByeResponse(facts, at: time)
        case .update, .prack:
            if facts.status >= 200 { negotiatingUntil = min(negotiatingUntil, time) }
            if facts.method == .update, facts.status / 100 == 2 { join(facts) }
        case .info, .refer:
            if facts.status / 100 == 2 { join(facts) }
        default: break
        }
    }

    private mutating func receiveInviteResponse(_ facts: MessageFacts, at time: Int64) {
        let inDialog = dialogIndex(facts) != nil
        switch facts.status {
        case 100..<200:
            guard !inDialog else { return }
            if invite.state == .none { openJoinedInvite(facts, at: time) }
            guard invite.state == .pending, outcome.answerTime == nil else { return }
            receiveProvisional(facts.status, at: time)
        case 200..<300:
            if !inDialog { confirm(facts, at: time) }
        default:
            guard !inDialog else {
                // A refused re-INVITE leaves the dialog as it was (RFC 3261 section 14.1).
                negotiatingUntil = min(negotiatingUntil, time)
                return
            }
            if invite.state == .none { openJoinedInvite(facts, at: time) }
            guard facts.cseq == invite.cseq, invite.state == .pending else { return }
            reject(facts.status, at: time)
        }
    }

    private mutating func openJoinedInvite(_ facts: MessageFacts, at time: Int64) {
        invite.state = .pending
        invite.cseq = facts.cseq
        invite.since = time
        beginNegotiation(at: time)
    }

    private mutating func receiveProvisional(_ status: UInt16, at time: Int64) {
        switch status {
        case 180:
            if outcome.ringingTime == nil { outcome.ringingTime = time }
            outcome.state = .ringing
        case 101..<200:
            if outcome.progressTime == nil { outcome.progressTime = time }
            if outcome.state == .trying { outcome.state = .progress }
        default: break
        }
    }

    private mutating func confirm(_ facts: MessageFacts, at time: Int64) {
        addDialog(facts)
        invite.state = .answered
        invite.cseq = facts.cseq
        if outcome.answerTime == nil {
            outcome.answerTime = time
            outcome.statusCode = facts.status
            outcome.confirmedTag = facts.toTag
        }
        outcome.state = .active
        outcome.endTime = nil
        // The answer may still come in the ACK.
        negotiatingUntil = max(negotiatingUntil, time + CallLife.transactionTimeout)
    }

    private mutating func reject(_ status: UInt16, at time: Int64) {
        invite.since = time
        outcome.statusCode = status
        negotiatingUntil = min(negotiatingUntil, time)
        if status == 401 || status == 407 {
            invite.state = .challenged
            return
        }
        invite.state = .rejected
        outcome.endTime = time
        switch status {
        case 300..<400: outcome.state = .redirected
        case 486, 600: outcome.state = .busy
        case 487:
            outcome.state = .cancelled
            outcome.hangupBy = .caller
        default: outcome.state = .failed
        }
        pendingReason = status == 487 ? .cancelled : .rejected
    }

    private mutating func receiveByeResponse(_ facts: MessageFacts, at time: Int64) {
        let index = dialogIndex(facts) ?? addDialog(facts)
        guard dialogs[index].state != .over else { return }
        switch facts.status {
        case 100..<200:
            break
        case 200..<300, 408, 481:
            // RFC 3261 section 15.1.1: 408 and 481 end the dialog as well.
            endDialog(at: index, fallback: time)
        default:
            // Refused or challenged: the dialog lives on.
            dialogs[index].state = .live
        }
    }
}

// MARK: - Dialogs

extension CallLife {
    private func tagPair(_ facts: MessageFacts) -> UInt64 { facts.fromTag &+ facts.toTag }

    private func dialogIndex(_ facts: MessageFacts) -> Int? {
        let tags = tagPair(facts)
        return dialogs.firstIndex { $0.tags == tags }
    }

    @discardableResult
    private mutating func addDialog(_ facts: MessageFacts) -> Int {
        if dialogs.count >= CallLife.maxDialogs {
            // Forks without end: reuse the oldest place that is over, else the last one.
            let index = dialogs.firstIndex { $0.state == .over } ?? dialogs.count - 1
            dialogs[index] = Dialog(tags: tagPair(facts), state: .live)
            return index
        }
        dialogs.append(Dialog(tags: tagPair(facts), state: .live))
        outcome.dialogs = UInt16(clamping: dialogs.count)
        return dialogs.count - 1
    }

    /// An in-dialog message of a dialog whose 2xx we never saw.
    private mutating func join(_ facts: MessageFacts) {
        guard facts.toTag != 0, dialogIndex(facts) == nil, invite.state == .none else { return }
        addDialog(facts)
        outcome.state = .active
    }

    private mutating func endDialog(at index: Int, fallback: Int64) {
        let byeTime = dialogs[index].state == .byePending ? dialogs[index].byeTime : fallback
        dialogs[index].state = .over
        guard !dialogs.contains(where: { $0.state != .over }) else { return }
        outcome.endTime = byeTime
        outcome.hangupBy = dialogs[index].byeBy
        pendingReason = .bye
        if invite.state == .pending || invite.state == .challenged { invite.state = .abandoned }
    }

    private mutating func beginNegotiation(at time: Int64) {
        if time > negotiatingUntil { negotiationStart = time }
        negotiatingUntil = time + CallLife.transactionTimeout
        if invite.state == .none || invite.state == .pending {
            // Ringing may last as long as it likes; the ring timeout ends it.
            negotiatingUntil = .max
        }
    }
}

// MARK: - Records that are no calls

extension CallLife {
    private mutating func receiveOther(_ facts: MessageFacts, at time: Int64) {
        if let expires = facts.expires { otherDialog?.expires = expires }
        guard !facts.isRequest, facts.method == otherDialog?.method, facts.status >= 200 else { return }
        otherDialog?.finalTime = time
        outcome.statusCode = facts.status
        outcome.endTime = time
        outcome.state = facts.status < 300 ? .ended : facts.status == 401 || facts.status == 407 ? .trying : .failed
    }
}

// MARK: - Time

extension CallLife {
    /// The call is over when no dialog lives and no transaction is open.
    private mutating func settle(at time: Int64) {
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
    public func deadline(_ options: CallTimers, lastActivity: Int64) -> Int64 {
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
        for dialog in dialogs where dialog.state == .byePending {
            next = min(next, dialog.byeTime + CallLife.transactionTimeout)
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

    private mutating func expireTransactions(at now: Int64, _ options: CallTimers) {
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

    private mutating func settleUnanswered(at now: Int64) {
        invite.state = .acknowledged
        settle(at: now)
    }

    /// Ends whatever the state is: end of the capture, or the table was full.
    public mutating func stop(_ reason: CallEndReason) {
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
