extension CallLife {
    mutating func receiveRequest(_ facts: MessageFacts, at time: Int64) {
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

    mutating func receiveInitialInvite(_ facts: MessageFacts, at time: Int64) {
        let known = facts.cseq == invite.cseq && (facts.branch == 0 || invite.branches.contains(facts.branch))
        if facts.branch != 0, !known {
            if facts.cseq != invite.cseq { invite.branches.removeAll() }
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

    mutating func receiveBye(_ facts: MessageFacts, at time: Int64) {
        let party: CallRecord.Side = facts.fromTag == callerTag ? .caller : .callee
        // A BYE may end an early dialog (RFC 3261 section 15), or be the first we see of a call.
        let index = dialogIndex(facts) ?? addDialog(facts)
        guard dialogs[index].state == .live else { return }
        dialogs[index].state = .byePending
        dialogs[index].byeTime = time
        dialogs[index].byeBy = outcome.joined && dialogs.count == 1 && outcome.startTime == time ? nil : party
    }
}
