import Traffic

/// Endpoints that several calls name, or that nobody names.
enum SharedMedia {
    /// A B2BUA that keeps out of the media: two Call-IDs, one media pair. Leg B names the pair while leg A is being
    /// set up, so the media belongs to both.
    static func backToBack(_ context: ScenarioContext, at time: UInt64) {
        let middle = Endpoint(context.newHost(), 5060)
        let legA = context.newCall(hosts: [Endpoint(context.newHost(), 5060), middle])
        let legB = context.newCall(hosts: [middle, Endpoint(context.newHost(), 5060)])
        legB.truth.groupID = legA.truth.callID
        legB.callerMedia = legA.callerMedia
        legA.calleeMedia = legB.calleeMedia
        let codec = legA.codec
        func both(_ media: Endpoint) -> (Int, Int) {
            (
                legA.session(media) { $0.codecs = [codec] },
                legB.session(media) { $0.codecs = [codec] }
            )
        }
        let (offerA, offerB) = both(legA.callerMedia)
        let (answerA, answerB) = both(legB.calleeMedia)
        let inviteA = legA.request(.invite, at: time, .init(session: offerA))
        legA.respond(100, to: inviteA, at: time + 8 * millisecond)
        let inviteB = legB.request(.invite, at: time + 15 * millisecond, .init(session: offerB))
        legB.respond(100, to: inviteB, at: time + 30 * millisecond)
        var now = time + legA.delay(200, 500)
        legB.respond(180, to: inviteB, at: now, .init(tag: 1))
        legA.respond(180, to: inviteA, at: now + 5 * millisecond, .init(tag: 1))
        now += legA.delay(900, 2000)
        legB.respond(200, to: inviteB, at: now, .init(session: answerB, tag: 1))
        // Some acknowledge leg B at once, others only when leg A is acknowledged.
        let atOnce = context.random.chance(0.5)
        legA.respond(200, to: inviteA, at: now + 10 * millisecond, .init(session: answerA, tag: 1))
        legB.acknowledge(inviteB, success: true, at: now + (atOnce ? 5 : 45) * millisecond, .init(tag: 1))
        legA.acknowledge(inviteA, success: true, at: now + 40 * millisecond, .init(tag: 1))
        for leg in [legA, legB] {
            (leg.truth.statusCode, leg.truth.codecs) = (200, [codec])
            leg.truth.toTag = leg.script.tagText(1)
        }
        let begin = now + 60 * millisecond
        let end = begin + context.options.callLength
        legA.talk(from: begin, to: end)
        legA.hangUp(at: end + 60 * millisecond, byCaller: true)
        legB.hangUp(at: end + 68 * millisecond, byCaller: true)
        legA.launch(sharedWith: [legB])
        legB.launch()
    }

    /// The BYE of a call is lost, and its ports serve the next call.
    static func reusedPorts(_ context: ScenarioContext, at time: UInt64) {
        let first = context.newCall()
        let established = first.establish(at: time)
        let begin = established.acknowledged + 5 * millisecond
        let end = begin + context.options.callLength
        first.talk(from: begin, to: end)
        (first.truth.state, first.truth.endReason) = ("active", "end_of_capture")
        first.launch()
        let second = context.newCall(hosts: first.script.hosts)
        (second.callerMedia, second.calleeMedia) = (first.callerMedia, first.calleeMedia)
        second.converse(at: end + 700 * millisecond)
        second.launch()
    }

    /// The phones' ports are their own, the server's is the same for all calls.
    static func mediaServer(_ context: ScenarioContext, at time: UInt64) {
        let server = context.mediaServer
        let call = context.newCall(hosts: [Endpoint(context.newHost(), 5060), Endpoint(server.address, 5060)])
        call.calleeMedia = server
        call.converse(at: time)
        call.launch()
    }

    /// The caller is behind a NAT: what it names is not where its packets come from.
    static func behindNAT(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let inside = IPAddress(ipv4: 0xC0A8_0100 | UInt32(2 + context.random.below(20)))
        call.script.callerContact = Endpoint(inside, 5060)
        var setUp = SetUp()
        setUp.callerNames = Endpoint(inside, 10000 + 2 * UInt16(context.random.below(8)))
        call.converse(at: time, setUp)
        call.launch()
    }

    /// Media flows before the message that names any of its endpoints has passed.
    static func lateSession(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        let established = call.establish(at: time, SetUp(delayedOffer: true))
        let begin = established.acknowledged + 5 * millisecond
        let end = begin + context.options.callLength
        call.talk(from: begin, to: end)
        // With the offer in the 200, neither endpoint is known before it.
        if !call.streams.isEmpty { call.streams[0].start = established.answered - call.delay(200, 800) }
        call.hangUp(at: end + 20 * millisecond)
        call.launch()
    }
}

extension ScenarioContext {
    var mediaServer: Endpoint { Endpoint(IPAddress(ipv4: 0xC612_0A0A), 20000) }
}
