extension CallLife {
    func tagPair(_ facts: MessageFacts) -> UInt64 { facts.fromTag &+ facts.toTag }

    func dialogIndex(_ facts: MessageFacts) -> Int? {
        let tags = tagPair(facts)
        return dialogs.firstIndex { $0.tags == tags }
    }

    @discardableResult
    mutating func addDialog(_ facts: MessageFacts) -> Int {
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
    mutating func join(_ facts: MessageFacts) {
        guard facts.toTag != 0, dialogIndex(facts) == nil, invite.state == .none else { return }
        addDialog(facts)
        outcome.state = .active
    }

    mutating func endDialog(at index: Int, fallback: Int64) {
        let byeTime = dialogs[index].state == .byePending ? dialogs[index].byeTime : fallback
        dialogs[index].state = .over
        guard !dialogs.contains(where: { $0.state != .over }) else { return }
        outcome.endTime = byeTime
        outcome.hangupBy = dialogs[index].byeBy
        pendingReason = .bye
        if invite.state == .pending || invite.state == .challenged { invite.state = .abandoned }
    }

    mutating func beginNegotiation(at time: Int64) {
        if time > negotiatingUntil { negotiationStart = time }
        negotiatingUntil = time + CallLife.transactionTimeout
        if invite.state == .none || invite.state == .pending {
            // Ringing may last as long as it likes; the ring timeout ends it.
            negotiatingUntil = .max
        }
    }
}

/// Records that are no calls (`--all-dialogs`).
extension CallLife {
    mutating func receiveOther(_ facts: MessageFacts, at time: Int64) {
        if let expires = facts.expires { otherDialog?.expires = expires }
        guard !facts.isRequest, facts.method == otherDialog?.method, facts.status >= 200 else { return }
        otherDialog?.finalTime = time
        outcome.statusCode = facts.status
        outcome.endTime = time
        outcome.state = facts.status < 300 ? .ended : facts.status == 401 || facts.status == 407 ? .trying : .failed
    }
}
