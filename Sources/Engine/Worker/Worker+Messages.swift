import Calls
import PacketDecoding
import SIP

extension Worker {
    /// One message of one of our calls, for its record.
    mutating func receiveMessage(_ slot: Int, _ tracked: TrackedMessage, _ batch: borrowing TrackedBatch) {
        guard !tracked.isCopy else { return }
        let range = tracked.offset..<(tracked.offset + tracked.length)
        let parts = batch.parts(of: tracked)
        if tracked.isExtra {
            receiveMessage(slot, tracked, parts, batch.extraBytes.span.extracting(range))
        } else {
            let bytes = batch.captured.bytes
            receiveMessage(slot, tracked, parts, bytes.span.extracting(range))
        }
    }

    private mutating func receiveMessage(
        _ slot: Int, _ tracked: TrackedMessage, _ parts: RoutedMessage, _ bytes: Span<UInt8>
    ) {
        let isRepeated = calls[slot].details.isRetransmission(parts.facts, tracked)
        if isRepeated { counters.retransmissions &+= 1 }
        calls[slot].details.learn(parts, tracked, bytes)
        let answers = calls[slot].media.receive(parts.facts, at: tracked.timestamp)
        learnSession(slot, tracked, parts, bytes)
        if answers { beginTalk(slot, at: tracked.timestamp) }
        if parts.facts.method == .info, parts.facts.isRequest, !isRepeated,
            let signal = DTMFRelay(parts.message, in: bytes)
        {
            calls[slot].media.receive(signal, parts.facts, at: tracked.timestamp)
        }
    }

    private mutating func learnSession(
        _ slot: Int, _ tracked: TrackedMessage, _ parts: RoutedMessage, _ bytes: Span<UInt8>
    ) {
        guard parts.facts.hasSDP else { return }
        session.read(bytes.bytes(parts.sessionDescription))
        guard session.hasMedia else { return }
        calls[slot].media.receive(session.places, session.audio, parts.facts, at: tracked.timestamp)
        guard !session.formats.isEmpty else { return }
        var hasChanged = false
        if calls[slot].formats.isEmpty { calls[slot].formats.reserveCapacity(2 * session.formats.count) }
        for format in session.formats where !calls[slot].formats.contains(format) {
            if calls[slot].formats.count >= CallDetails.maxFormats { calls[slot].formats.removeFirst() }
            calls[slot].formats.append(format)
            hasChanged = true
        }
        if hasChanged { forgetFormats(slot) }
        calls[slot].details.negotiate(session.formats, parts.facts)
    }
}

extension CallDetails {
    /// A retransmission has the same top Via branch, CSeq and addresses (and, as a response, the same status). The same
    /// message on the next hop of a proxy has another branch or other addresses.
    mutating func isRetransmission(_ facts: MessageFacts, _ tracked: TrackedMessage) -> Bool {
        var key = facts.branch
        func mix(_ word: UInt64) {
            key = (key ^ word) &* 0x9e37_79b9_7f4a_7c15
            key ^= key >> 29
        }
        mix(UInt64(facts.cseq) << 24 | UInt64(facts.status) << 8 | UInt64(facts.method.rawValue))
        mix(facts.isRequest ? 1 : facts.toTag)
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

    mutating func learn(_ parts: RoutedMessage, _ tracked: TrackedMessage, _ bytes: Span<UInt8>) {
        let message = parts.message
        messages.count(message, bytes)
        if transport == nil { transport = tracked.transport.name }
        note(tracked.source)
        note(tracked.destination)
        learnParties(message, parts.facts, bytes)
        if requestURI == nil, message.kind == .request { requestURI = message.requestURI.string(in: bytes) }
        if assertedIdentity == nil, message.pAssertedIdentity.isPresent {
            let address = NameAddress(bytes, in: message.pAssertedIdentity)
            assertedIdentity = address.uri.string(in: bytes)
        }
        note(agent: message.userAgent, parts.userAgentHash, bytes)
        note(agent: message.server, parts.serverHash, bytes)
        if message.kind == .response, parts.facts.method == .invite, message.statusCode >= 200,
            !toTagIsConfirmed || message.statusCode < 300
        {
            statusReason = message.reasonPhrase.string(in: bytes)
        }
    }

    private mutating func note(agent: ByteRange, _ hash: UInt64, _ bytes: Span<UInt8>) {
        guard agent.isPresent, !agent.isEmpty, userAgents.count < CallDetails.maxUserAgents else { return }
        userAgents.insert(bytes.bytes(agent), hash: hash)
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
        codecs.reserveCapacity(formats.count)
        for format in formats where !format.isAuxiliary {
            codecs.append(
                CodecRecord(
                    payloadType: format.payloadType, name: format.name,
                    clockRate: format.clockRate == 0 ? nil : format.clockRate, channels: format.channels))
        }
    }
}
