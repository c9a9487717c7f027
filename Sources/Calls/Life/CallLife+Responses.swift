extension CallLife {
    mutating func receiveResponse(_ facts: MessageFacts, at time: Int64) {
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

    mutating func receiveInviteResponse(_ facts: MessageFacts, at time: Int64) {
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

    mutating func openJoinedInvite(_ facts: MessageFacts, at time: Int64) {
        invite.state = .pending
        invite.cseq = facts.cseq
        invite.since = time
        beginNegotiation(at: time)
    }

    mutating func receiveProvisional(_ status: UInt16, at time: Int64) {
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

    mutating func confirm(_ facts: MessageFacts, at time: Int64) {
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

    mutating func reject(_ status: UInt16, at time: Int64) {
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

    mutating func receiveByeResponse(_ facts: MessageFacts, at time: Int64) {
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
