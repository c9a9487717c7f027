import Traffic

/// How a call is set up.
struct SetUp {
    /// 183 with SDP and media before the answer.
    var earlyMedia = false
    /// Offer in the 200, answer in the ACK.
    var delayedOffer = false
    var challenge: Int?
    var forks = 1
    var retransmits = false
    var largeInvite = false
    var acknowledges = true
    /// The media that each side names, when they are not where it sends from.
    var callerNames: Endpoint?
    var answerAfter: ClosedRange<UInt64> = 900...2500
}

/// When things happened in the set-up of an answered call.
struct Established {
    var invite: Transaction
    /// When the caller was ready to send: its ACK.
    var acknowledged: UInt64
    var answered: UInt64
}

extension CallBuilder {
    /// INVITE to ACK of an answered call.
    func establish(at start: UInt64, _ setUp: SetUp = SetUp()) -> Established {
        var now = start
        let offered = setUp.callerNames ?? callerMedia
        var inviteContent = Content(session: setUp.delayedOffer ? nil : offer(offered))
        if setUp.largeInvite { inviteContent.extra = .padding }
        var invite = request(.invite, at: now, inviteContent)
        if let challenge = setUp.challenge {
            respond(challenge, to: invite, at: now + delay(15, 30), Content(tag: 9, extra: .challenge))
            acknowledge(invite, success: false, at: now + delay(40, 60), Content(tag: 9))
            now += delay(80, 120)
            inviteContent.extra = .credentials
            invite = request(.invite, at: now, inviteContent)
        }
        if setUp.retransmits {
            repeatRequest(invite, at: now + 500 * millisecond, inviteContent)
            repeatRequest(invite, at: now + 1500 * millisecond, inviteContent)
            now += 1500 * millisecond
        }
        respond(100, to: invite, at: now + delay(10, 25))
        now += delay(150, 600)
        if setUp.earlyMedia {
            respond(183, to: invite, at: now, Content(session: session(calleeMedia), tag: 1))
        } else {
            for fork in 1...UInt8(setUp.forks) {
                respond(180, to: invite, at: now + UInt64(fork) * 40 * millisecond, Content(tag: fork))
            }
        }
        let early = now
        now += delay(setUp.answerAfter.lowerBound, setUp.answerAfter.upperBound)
        confirmedTag = UInt8(setUp.forks)
        if setUp.earlyMedia, !context.options.noMedia {
            let end = now + 10 * millisecond
            streams.append(stream(from: calleeMedia, to: callerMedia, start: early + delay(5, 40), end: end))
        }
        let answerSession: Int? =
            setUp.earlyMedia ? nil : setUp.delayedOffer ? offer(calleeMedia) : session(calleeMedia)
        let answer = Content(session: answerSession, tag: confirmedTag)
        respond(200, to: invite, at: now, answer)
        let answered = now
        let ackSession = setUp.delayedOffer ? session(offered) : nil
        guard setUp.acknowledges else {
            return Established(invite: invite, acknowledged: now, answered: answered)
        }
        now += delay(15, 40)
        let ack = Content(session: ackSession, tag: confirmedTag)
        let acknowledgement = acknowledge(invite, success: true, at: now, ack)
        if setUp.retransmits {
            var again = answer
            again.retransmission = true
            respond(200, to: invite, at: answered + 500 * millisecond, again)
            repeatRequest(acknowledgement, at: answered + 520 * millisecond, ack)
            now = answered + 520 * millisecond
        }
        truth.statusCode = 200
        truth.codecs = [codec]
        truth.toTag = script.tagText(confirmedTag)
        return Established(invite: invite, acknowledged: now, answered: answered)
    }

    /// BYE and its 200; the truth of a call that ended well.
    func hangUp(at time: UInt64, byCaller: Bool? = nil, retransmits: Bool = false) {
        let byCaller = byCaller ?? context.random.chance(0.5)
        let content = Content(tag: confirmedTag, marksEnd: true)
        let bye = request(.bye, byCaller: byCaller, at: time, content)
        var last = time
        if retransmits {
            repeatRequest(bye, at: time + 500 * millisecond, content)
            last += 500 * millisecond
        }
        respond(200, to: bye, at: last + delay(12, 40), content)
        (truth.state, truth.endReason, truth.hangupBy) = ("ended", "bye", byCaller ? "caller" : "callee")
    }

    /// The whole of an ordinary call: set-up, talk, hang-up.
    func converse(at start: UInt64, _ setUp: SetUp = SetUp()) {
        let established = establish(at: start, setUp)
        let begin = established.acknowledged + delay(3, 12)
        let end = begin + context.options.callLength
        talk(from: begin, to: end)
        // The last packets may still be under way when the BYE passes.
        hangUp(at: end - (context.random.chance(0.3) ? 40 * millisecond : 0), retransmits: setUp.retransmits)
    }

    /// A final response other than 2xx, its ACK and how such a call is recorded.
    func reject(
        _ invite: Transaction, status: Int, at time: UInt64, state: String, reason: String,
        acknowledges: Bool = true, extra: MessagePlan.Extra = .none
    ) {
        respond(status, to: invite, at: time, Content(tag: 1, extra: extra, marksEnd: true))
        if acknowledges {
            acknowledge(invite, success: false, at: time + delay(12, 30), Content(tag: 1, marksEnd: true))
        } else {
            // No ACK ever: the response is repeated until its sender gives up after 32 s (RFC 3261 section 17.2.1).
            for again in [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500] as [UInt64] {
                respond(
                    status, to: invite, at: time + again * millisecond,
                    Content(tag: 1, retransmission: true, marksEnd: true))
            }
        }
        (truth.state, truth.endReason, truth.statusCode) = (state, reason, status)
    }
}
