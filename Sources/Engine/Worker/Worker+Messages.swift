import Calls
import PacketDecoding
import SIP

extension Worker {
    /// One message of one of our calls, for its record.
    mutating func receiveMessage(_ slot: Int, _ tracked: TrackedMessage, _ batch: borrowing TrackedBatch) {
        let range = tracked.offset..<(tracked.offset + tracked.length)
        if tracked.isExtra {
            receiveMessage(slot, tracked, batch.extraBytes.span.extracting(range))
        } else {
            let bytes = batch.captured.bytes
            receiveMessage(slot, tracked, bytes.span.extracting(range))
        }
    }

    private mutating func receiveMessage(_ slot: Int, _ tracked: TrackedMessage, _ bytes: Span<UInt8>) {
        guard !tracked.isCopy else { return }
        let message = tracked.routed.message
        let isRepeated = calls[slot].details.isRetransmission(message, tracked, bytes)
        if isRepeated { counters.retransmissions &+= 1 }
        calls[slot].details.learn(message, tracked, bytes)
        let answers = calls[slot].media.receive(tracked.facts, at: tracked.timestamp)
        learnSession(slot, tracked, bytes)
        if answers { beginTalk(slot, at: tracked.timestamp) }
        if tracked.facts.method == .info, tracked.facts.isRequest, !isRepeated,
            let signal = DTMFRelay(message, in: bytes)
        {
            calls[slot].media.receive(signal, tracked.facts, at: tracked.timestamp)
        }
    }

    private mutating func learnSession(_ slot: Int, _ tracked: TrackedMessage, _ bytes: Span<UInt8>) {
        guard tracked.facts.hasSDP else { return }
        session.read(bytes.bytes(tracked.routed.sessionDescription))
        guard session.hasMedia else { return }
        calls[slot].media.receive(session.places, session.audio, tracked.facts, at: tracked.timestamp)
        guard !session.formats.isEmpty else { return }
        var hasChanged = false
        if calls[slot].formats.isEmpty { calls[slot].formats.reserveCapacity(2 * session.formats.count) }
        for format in session.formats where !calls[slot].formats.contains(format) {
            if calls[slot].formats.count >= CallDetails.maxFormats { calls[slot].formats.removeFirst() }
            calls[slot].formats.append(format)
            hasChanged = true
        }
        if hasChanged { forgetFormats(slot) }
        calls[slot].details.negotiate(session.formats, tracked.facts)
    }
}

extension CallDetails {
    /// A retransmission has the same top Via branch, CSeq and addresses (and, as a response, the same status). The same
    /// message on the next hop of a proxy has another branch or other addresses.
    mutating func isRetransmission(_ message: SIPMessage, _ tracked: TrackedMessage, _ bytes: Span<UInt8>) -> Bool {
        var key = tracked.facts.branch
        func mix(_ word: UInt64) {
            key = (key ^ word) &* 0x9e37_79b9_7f4a_7c15
            key ^= key >> 29
        }
        mix(
            UInt64(tracked.facts.cseq) << 24 | UInt64(tracked.facts.status) << 8 | UInt64(tracked.facts.method.rawValue)
        )
        mix(tracked.facts.isRequest ? 1 : tracked.facts.toTag)
        func mix(_ endpoint: Endpoint) {
            mix(endpoint.address.high)
            mix(endpoint.address.low)
            mix(UInt64(endpoint.port))
        }
        mix(tracked.source)
        mix(tracked.destination)
        if seen.contains(key) {
            retransmissions &+= 1
            return true
        }
        if seen.count >= CallDetails.maxSeen { seen.removeFirst() }
        seen.append(key)
        return false
    }

    mutating func learn(_ message: SIPMessage, _ tracked: TrackedMessage, _ bytes: Span<UInt8>) {
        if message.kind == .request {
            messages.count(method: message.method.name ?? message.methodRange.string(in: bytes))
        } else {
            messages.count(status: message.statusCode)
        }
        if transport == nil { transport = tracked.transport.name }
        note(tracked.source)
        note(tracked.destination)
        learnParties(message, tracked.facts, bytes)
        if requestURI == nil, message.kind == .request { requestURI = message.requestURI.string(in: bytes) }
        if assertedIdentity == nil, message.pAssertedIdentity.isPresent {
            let address = NameAddress(bytes, in: message.pAssertedIdentity)
            assertedIdentity = address.uri.string(in: bytes)
        }
        note(agent: message.userAgent, bytes)
        note(agent: message.server, bytes)
        if message.kind == .response, tracked.facts.method == .invite, message.statusCode >= 200,
            !toTagIsConfirmed || message.statusCode < 300
        {
            statusReason = message.reasonPhrase.string(in: bytes)
        }
    }

    private mutating func note(agent: ByteRange, _ bytes: Span<UInt8>) {
        guard agent.isPresent, !agent.isEmpty, userAgents.count < CallDetails.maxUserAgents else { return }
        userAgents.insert(bytes.bytes(agent))
    }

    private mutating func note(_ endpoint: Endpoint) {
        guard addresses.count < CallDetails.maxAddresses, !addresses.contains(endpoint) else { return }
        addresses.append(endpoint)
    }

    private mutating func learnParties(_ message: SIPMessage, _ facts: MessageFacts, _ bytes: Span<UInt8>) {
        if !hasParties, message.from.isPresent || message.to.isPresent {
            hasParties = true
            from = CallDetails.party(message.from, message.fromTag, bytes)
            to = CallDetails.party(message.to, message.toTag, bytes)
            return
        }
        // The To tag is that of the dialog the 2xx confirmed, and until there is one the last one seen.
        guard facts.method == .invite, !facts.isRequest, message.toTag.isPresent, !toTagIsConfirmed else { return }
        let tag = bytes.bytes(message.toTag)
        if let ours = from.tag, bytes.bytes(message.fromTag).equals(ours), to.tag.map({ !tag.equals($0) }) ?? true {
            to.tag = String(copying: tag)
        }
        if facts.status / 100 == 2 { toTagIsConfirmed = true }
    }

    private static func party(_ value: ByteRange, _ tag: ByteRange, _ bytes: Span<UInt8>) -> CallRecord.Party {
        guard value.isPresent else { return CallRecord.Party() }
        let address = NameAddress(bytes, in: value)
        let uri = SIPURI(bytes, in: address.uri)
        return CallRecord.Party(
            user: uri.user.isEmpty ? nil : uri.user.string(in: bytes),
            host: uri.host.isEmpty ? nil : uri.host.string(in: bytes), display: address.displayName(in: bytes),
            tag: tag.isPresent && !tag.isEmpty ? tag.string(in: bytes) : nil)
    }

    /// Codecs as negotiated: the formats of the last answer; of the offer while there is no answer.
    mutating func negotiate(_ formats: [CallFormat], _ facts: MessageFacts) {
        let isAnswer = !facts.isRequest || facts.method == .ack
        guard isAnswer || !codecsFromAnswer else { return }
        codecsFromAnswer = codecsFromAnswer || isAnswer
        codecs.removeAll(keepingCapacity: true)
        for format in formats where !format.isAuxiliary {
            codecs.append(
                CodecRecord(
                    payloadType: format.payloadType, name: format.name,
                    clockRate: format.clockRate == 0 ? nil : format.clockRate, channels: format.channels))
        }
    }
}
