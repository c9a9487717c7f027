import Calls
import Capture
import PacketDecoding
import Reassembly
import SIP

/// SIP over SCTP (RFC 4168): one message to one user message, in DATA or I-DATA chunks.
extension Tracker {
    /// A packet of IP protocol 132.
    @inline(never)
    mutating func trackSCTP(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        if decoded.cut { counters.cut += 1 }
        let isCopy = sctpIsCopy(span, packet)
        if isCopy { counters.copies += 1 }
        let tag = hold(packet, index, span, isCopy: isCopy)
        // Bounded by the associations, not with TCP's segments.
        held.setFragment(tag)
        trackSCTP(span.extracting(decoded.payloadRange), [tag], packet.timestamp, isCut: decoded.cut, &batch)
    }

    /// The same for a packet that came in IP fragments; the tags stay the caller's. Whose it was is not told: a fragment
    /// that is sent again counts as what it is.
    mutating func trackWholeSCTP(
        _ bytes: [UInt8], _ tags: [UInt32], _ time: Int64, _ batch: inout TrackedBatch
    ) {
        for tag in tags { held.retain(tag) }
        trackSCTP(bytes.span.extracting(decoded.payloadRange), tags, time, isCut: false, &batch)
    }

    private mutating func sctpIsCopy(_ span: Span<UInt8>, _ packet: CapturedPacket) -> Bool {
        let payload = span.extracting(decoded.payloadRange)
        let flow = flows.slot(decoded.source, decoded.destination, 0, 0, now: clock.now)
        // A byte has no padding that might never have been written.
        let path = unsafe Tracker.path(span.bytes, Int(packet.interface), decoded.networkOffset, decoded.hopLimit)
        return flows.isCopy(
            flow, fingerprint: hash(payload), path: path, time: packet.timestamp, now: clock.now)
    }

    private mutating func trackSCTP(
        _ payload: Span<UInt8>, _ tags: [UInt32], _ time: Int64, isCut: Bool, _ batch: inout TrackedBatch
    ) {
        guard let header = SCTPHeader(payload) else {
            counters.sctpMalformed += 1
            return release(tags, unclaimed: isCut ? .notVoIP : .malformedTransport)
        }
        decoded.sourcePort = header.sourcePort
        decoded.destinationPort = header.destinationPort
        guard !options.selection.udpOnly, isSIPPort() else { return release(tags, unclaimed: .notVoIP) }
        let source = decoded.sourceEndpoint
        let destination = decoded.destinationEndpoint
        let direction = ConnectionTable.isLower(source, destination) ? 0 : 1
        let key = AssociationTable.Key(
            low: direction == 0 ? source : destination, high: direction == 0 ? destination : source)
        var run = SCTPRun(
            key: key, direction: direction, verificationTag: header.verificationTag, tags: tags, time: time)
        var offset = SCTPHeader.length
        while case .chunk(let chunk, let next) = readChunk(payload, at: offset, isCut) {
            switch chunk.type {
            case SCTPChunk.data, SCTPChunk.interleavedData:
                if let data = SCTPData(payload, chunk) {
                    receive(data, payload, &run, &batch)
                } else {
                    counters.sctpMalformed += 1
                }
            case SCTPChunk.initiation: begin(key)
            default: break
            }
            offset = next
        }
        settle(run)
    }

    private mutating func readChunk(_ payload: Span<UInt8>, at offset: Int, _ isCut: Bool) -> SCTPChunk.ReadResult {
        let result = SCTPChunk.read(payload, at: offset, packetIsCut: isCut)
        if result == .malformed { counters.sctpMalformed += 1 }
        return result
    }

    // MARK: Associations

    /// A new association between these endpoints begins.
    private mutating func begin(_ key: AssociationTable.Key) {
        forget(key)
        open(key)
    }

    private mutating func open(_ key: AssociationTable.Key) {
        if associations.associations.count >= AssociationTable.maxAssociations {
            for idle in associations.idlest() {
                counters.sctpAssociationsEvicted += 1
                forget(idle)
            }
        }
        associations.associations[key] = Association(lastSeen: clock.now)
    }

    /// Another verification tag means that an INIT was missed.
    private mutating func prepare(_ run: SCTPRun) {
        guard let known = associations.associations[run.key]?.verificationTags[run.direction] else { return }
        if known != 0, known != run.verificationTag {
            release(
                associations.associations[run.key]?.streams[run.direction].giveUp(before: .max) ?? [],
                unclaimed: .fragmentIncomplete)
            associations.associations[run.key]?.streams[run.direction] = SCTPStreams()
        }
        associations.associations[run.key]?.verificationTags[run.direction] = run.verificationTag
    }

    private mutating func forget(_ key: AssociationTable.Key) {
        guard var gone = associations.associations.removeValue(forKey: key) else { return }
        for direction in 0..<2 {
            release(gone.streams[direction].giveUp(before: .max), unclaimed: .fragmentIncomplete)
        }
        settleUndecided(&gone)
    }

    private mutating func settleUndecided(_ association: inout Association) {
        ledger.count(association.isSIP ? .sipTransport : .notVoIP, association.undecidedPackets)
        ledger.count(.noCall, association.undecidedPackets)
        association.undecidedPackets = 0
    }

    /// The packet has been read: what no message claimed counts by what its association is.
    private mutating func settle(_ run: SCTPRun) {
        guard let association = associations.associations[run.key] else {
            return release(run.tags, unclaimed: .notVoIP)
        }
        associations.associations[run.key]?.lastSeen = clock.now
        if association.isSIP || run.isFragmentOfSIP { return release(run.tags, unclaimed: .sipTransport) }
        for tag in run.tags {
            guard let gone = held.release(tag), gone.ledgerClass == nil else { continue }
            associations.associations[run.key]?.undecidedPackets += 1
        }
    }

    // MARK: Messages

    private mutating func receive(
        _ data: SCTPData, _ packet: Span<UInt8>, _ run: inout SCTPRun, _ batch: inout TrackedBatch
    ) {
        let payload = packet.extracting(data.payload)
        if !(associations.associations[run.key]?.isSIP ?? false) {
            let likelihood: SIPLikelihood = data.isFirst ? looksLikeSIP(payload) : .needMore
            switch likelihood {
            case .yes: showSIP(run.key)
            // The middle of a message may come before its beginning, but other SCTP is not kept for that.
            case .needMore where isUsualPort(run.key) && !(data.isFirst && data.isLast):
                if associations.associations[run.key] == nil { open(run.key) }
            case .needMore, .no: return
            }
        }
        hold(data, packet, &run, &batch)
    }

    private mutating func showSIP(_ key: AssociationTable.Key) {
        if associations.associations[key] == nil { open(key) }
        guard var association = associations.associations[key] else { return }
        association.isSIP = true
        settleUndecided(&association)
        associations.associations[key] = association
    }

    /// Fragments on the usual ports are put together before it is known what they are.
    private mutating func isSIP(_ message: [UInt8], _ key: AssociationTable.Key) -> Bool {
        if associations.associations[key]?.isSIP ?? false { return true }
        guard looksLikeSIP(message.span) == .yes else { return false }
        showSIP(key)
        return true
    }

    private func isUsualPort(_ key: AssociationTable.Key) -> Bool {
        [5060, 5061].contains(key.low.port) || [5060, 5061].contains(key.high.port)
            || !options.selection.sipPorts.isEmpty
    }

    private mutating func hold(
        _ data: SCTPData, _ packet: Span<UInt8>, _ run: inout SCTPRun, _ batch: inout TrackedBatch
    ) {
        guard let tag = run.tags.last else { return }
        prepare(run)
        let outcome = associations.associations[run.key]?.streams[run.direction].add(
            data, packet, tag: tag, now: clock.now)
        switch outcome {
        case .whole:
            let owner = deliver(copy(packet.extracting(data.payload)), run.tags, isCut: data.isCut, run, &batch)
            associations.associations[run.key]?.streams[run.direction].remember([data.tsn], owner: owner)
        case .complete(let message):
            var tags: [UInt32] = []
            for tag in message.tags + run.tags where !tags.contains(tag) { tags.append(tag) }
            var owner = MessageOwner.none
            if isSIP(message.bytes, run.key) { owner = deliver(message.bytes, tags, isCut: false, run, &batch) }
            associations.associations[run.key]?.streams[run.direction].remember(message.tsns, owner: owner)
            // The fragment that came just now was not retained; others of the same packet were.
            var gone = message.tags
            if let own = gone.firstIndex(of: tag) { gone.remove(at: own) }
            release(gone, unclaimed: .sipTransport)
        case .held:
            run.isFragmentOfSIP = true
            held.retain(tag)
        case .repeated(let owner):
            giveAgain(run.tags, to: owner, &batch)
        case .refused:
            counters.sctpFragmentsRefused += 1
        case .repeatedHeld, nil:
            run.isFragmentOfSIP = true
        }
    }

    private mutating func deliver(
        _ message: [UInt8], _ tags: [UInt32], isCut: Bool, _ run: SCTPRun, _ batch: inout TrackedBatch
    ) -> UInt64 {
        guard message.contains(where: { $0 != 0x0d && $0 != 0x0a }) else { return MessageOwner.none }
        let found = FoundMessage(
            isExtra: true, offset: batch.extraBytes.count, length: message.count, timestamp: run.time,
            source: run.direction == 0 ? run.key.low : run.key.high,
            destination: run.direction == 0 ? run.key.high : run.key.low, transport: .sctp,
            isCopy: false, isCut: isCut)
        batch.extraBytes += message
        return trackMessage(found, message.span, .held(tags), &batch)
    }

    /// A chunk that was sent again: its packet belongs to whose message it was.
    private mutating func giveAgain(_ tags: [UInt32], to owner: UInt64, _ batch: inout TrackedBatch) {
        guard owner != MessageOwner.none, calls.isLive(MessageOwner.unpack(owner)) else {
            if owner != MessageOwner.none { counters.sipLate += 1 }
            return classifyCarriers(.held(tags), .sip, .noCall)
        }
        for tag in tags { deliverHeld(tag, to: Int(MessageOwner.unpack(owner).slot), &batch) }
    }

    // MARK: Time

    mutating func expireAssociations() {
        let now = clock.now
        for key in Array(associations.associations.keys) {
            for direction in 0..<2 {
                let tags = associations.associations[key]?.streams[direction].giveUp(
                    before: now &- AssociationTable.fragmentTimeout)
                release(tags ?? [], unclaimed: .fragmentIncomplete)
            }
        }
        for key in associations.idle(since: now &- AssociationTable.idleTimeout) { forget(key) }
    }

    mutating func finishAssociations() {
        for key in Array(associations.associations.keys) { forget(key) }
    }
}

/// One SCTP packet on its way through the tracker.
private struct SCTPRun {
    let key: AssociationTable.Key
    let direction: Int
    let verificationTag: UInt32
    /// Of the packet, or of the IP fragments it came in.
    let tags: [UInt32]
    let time: Int64
    /// Part of it waits for the rest of a message.
    var isFragmentOfSIP = false
}
