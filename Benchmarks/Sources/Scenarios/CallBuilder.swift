import Traffic

/// A transaction, for the messages that belong to it.
struct Transaction {
    var method: SIPMethod
    var sequence: UInt32
    var branch: UInt32
    var byCaller: Bool
}

/// Puts one call together: who, what is said when, which media flow.
final class CallBuilder {
    let script: CallScript
    let context: ScenarioContext
    let codec: Codec
    var callerMedia: Endpoint
    var calleeMedia: Endpoint
    var pattern = RTPStreamPlan.Pattern.continuous
    /// Nil: by the share of impaired streams.
    var impaired: Bool?
    /// The fork that answers.
    var confirmedTag: UInt8 = 1
    var streams: [RTPStreamPlan] = []
    private var sequence: [Bool: UInt32] = [:]
    private var branch: UInt32 = 0

    init(_ script: CallScript, codec: Codec, context: ScenarioContext) {
        (self.script, self.codec, self.context) = (script, codec, context)
        callerMedia = Endpoint(script.hosts[0].address, context.newMediaPort())
        calleeMedia = Endpoint(script.hosts[script.hosts.count - 1].address, context.newMediaPort())
    }

    var truth: CallTruth { script.truth }

    /// A duration drawn between two numbers of milliseconds.
    func delay(_ low: UInt64, _ high: UInt64) -> UInt64 {
        context.random.within(low * millisecond...high * millisecond)
    }

    // MARK: Messages

    /// What a message may carry beyond its transaction.
    struct Content {
        var session: Int?
        var tag: UInt8 = 0
        var extra = MessagePlan.Extra.none
        var retransmission = false
        var marksEnd = false
    }

    @discardableResult
    func request(
        _ method: SIPMethod, byCaller: Bool = true, at time: UInt64, _ content: Content = Content()
    ) -> Transaction {
        let number = (sequence[byCaller] ?? 0) + 1
        sequence[byCaller] = number
        branch += 1
        let transaction = Transaction(method: method, sequence: number, branch: branch, byCaller: byCaller)
        send(transaction, status: nil, at: time, content)
        return transaction
    }

    func respond(_ status: Int, to transaction: Transaction, at time: UInt64, _ content: Content = Content()) {
        send(transaction, status: status, at: time, content)
    }

    func repeatRequest(_ transaction: Transaction, at time: UInt64, _ content: Content = Content()) {
        var content = content
        content.retransmission = true
        send(transaction, status: nil, at: time, content)
    }

    /// ACK of a 2xx is a transaction of its own (RFC 3261 section 13.2.2.4); of other finals it has their branch.
    @discardableResult
    func acknowledge(_ invite: Transaction, success: Bool, at time: UInt64, _ content: Content = Content())
        -> Transaction
    {
        var transaction = invite
        transaction.method = .ack
        if success {
            branch += 1
            transaction.branch = branch
        }
        send(transaction, status: nil, at: time, content)
        return transaction
    }

    func cancel(_ invite: Transaction, at time: UInt64, _ content: Content = Content()) -> Transaction {
        var transaction = invite
        transaction.method = .cancel
        send(transaction, status: nil, at: time, content)
        return transaction
    }

    /// Sends a message over every hop, each 2 ms after the one before.
    private func send(_ transaction: Transaction, status: Int?, at time: UInt64, _ content: Content) {
        let hops = script.hosts.count - 1
        for step in 0..<hops {
            let fromCaller = (status == nil) == transaction.byCaller
            let sender = fromCaller ? step : hops - step
            let receiver = fromCaller ? step + 1 : hops - step - 1
            var message = MessagePlan(
                time: time + UInt64(step) * 2 * millisecond, method: transaction.method, status: status,
                sequence: transaction.sequence, branch: transaction.branch, byCaller: transaction.byCaller,
                sender: UInt8(sender), receiver: UInt8(receiver))
            message.hop = UInt8(status == nil ? step : hops - 1 - step)
            message.toTag = content.tag
            message.session = content.session
            message.extra = content.extra
            message.isRetransmission = content.retransmission
            message.isRelayed = step > 0
            message.marksEnd = content.marksEnd
            script.messages.append(message)
        }
    }

    // MARK: Sessions

    func session(_ media: Endpoint, _ change: (inout SessionPlan) -> Void = { _ in }) -> Int {
        var plan = SessionPlan(media: media, codecs: [codec])
        plan.version = UInt32(script.sessions.count + 1)
        plan.telephoneEvents = pattern == .telephoneEvents
        if pattern == .comfortNoise {
            plan.codecs.append(
                Codec(name: "CN", payloadType: 13, clockRate: 8000, channels: 1, bytesPer20ms: nil))
        }
        change(&plan)
        script.sessions.append(plan)
        return script.sessions.count - 1
    }

    /// An offer has a second codec, which the answer leaves out.
    func offer(_ media: Endpoint) -> Int {
        session(media) { plan in
            guard self.codec.name != "PCMA" else { return }
            plan.codecs.insert(.pcma, at: 1)
        }
    }

    // MARK: Media

    func stream(from source: Endpoint, to destination: Endpoint, start: UInt64, end: UInt64) -> RTPStreamPlan {
        var plan = RTPStreamPlan(
            from: source, to: destination, codec: codec, start: start, end: end, random: &context.random)
        plan.packetTime = context.options.packetTime
        plan.pattern = pattern
        plan.vlans = script.vlans
        plan.copied = script.copied
        if impaired ?? context.random.chance(context.options.lossFraction) {
            plan.impairment = .random(&context.random)
        }
        return plan
    }

    /// Both directions, a few milliseconds apart.
    func talk(from start: UInt64, to end: UInt64) {
        guard !context.options.noMedia else { return }
        let mediaEnd = min(end, start + context.options.media)
        streams.append(stream(from: callerMedia, to: calleeMedia, start: start, end: mediaEnd))
        streams.append(
            stream(from: calleeMedia, to: callerMedia, start: start + delay(1, 15), end: mediaEnd))
    }

    /// Hands the call to the capture. TCP connections take the messages themselves.
    func launch(sendsMessages: Bool = true, sharedWith others: [CallBuilder] = []) {
        let run = context.run
        if sendsMessages {
            // Its packets may begin with a moment of their own, but the books stay open until all sources are done.
            run.add(DatagramMessages(script, settings: context.settings))
        }
        let owners = [truth] + others.map(\.truth)
        var reporters: [RTCPReports] = []
        for plan in streams {
            let random = context.random.split()
            guard let stream = RTPStream(plan, owners: owners, random: random, settings: context.settings) else {
                continue
            }
            run.add(stream)
            guard context.options.rtcp, !plan.copied else { continue }
            let reports = RTCPReports(
                plan, stream.figures, owners: owners, random: &context.random, settings: context.settings)
            if let other = reporters.first(where: { $0.isOpposite(of: reports) }) { RTCPReports.pair(other, reports) }
            reporters.append(reports)
            run.add(reports)
        }
    }
}
