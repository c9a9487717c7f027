import Calls
import PacketDecoding
import SIP

/// What the tracker knows of the legs of calls.
struct Correlation {
    var groups = CallGroups()
    var keys = CorrelationKeys()
    var candidates: LegCandidates
    /// In lower case.
    let header: [UInt8]?
    /// Calls that several others might be the other leg of.
    var ambiguous: UInt64 = 0

    init(header: String?, maxCalls: Int) {
        self.header = header.map { Array($0.lowercased().utf8) }
        candidates = LegCandidates(maxCalls: maxCalls)
    }

    var refused: UInt64 { groups.refused &+ keys.refused }
}

/// Tells the legs of one call through a B2BUA, once and in capture order: docs/design/correlation.md.
extension Tracker {
    /// A message of an INVITE transaction has been routed to its call.
    mutating func correlate(
        _ slot: Int, isNew: Bool, _ routed: inout RoutedMessage, _ bytes: Span<UInt8>, _ facts: MessageFacts,
        _ found: FoundMessage
    ) {
        guard facts.method == .invite else { return }
        if isNew, !correlation.keys.isEmpty {
            // Another leg may have named it before it was there.
            let key = CorrelationKind.callID.key(calls.calls[slot].hash)
            if correlation.keys.group(key) != nil { show(slot, key) }
        }
        if routed.message.xCallID.isPresent { name(slot, bytes.bytes(routed.message.xCallID)) }
        if routed.message.sessionID.isPresent {
            let session = SessionIDHeader(bytes, in: routed.message.sessionID)
            for identifier in [session.local, session.remote] {
                guard let identifier else { continue }
                show(slot, CorrelationKind.session.key(hash(identifier.high) ^ hash(identifier.low) &* 3))
            }
        }
        guard facts.isRequest else { return }
        if correlation.header != nil { readConfiguredHeader(slot, routed.message, bytes) }
        if isNew, facts.toTag == 0 {
            let (source, destination) = (found.source.address, found.destination.address)
            let keys = LegKeys(numbers: routed.numbersHash, tag: facts.fromTag, from: source, to: destination, hash)
            compareNumbers(slot, keys, found)
        }
    }

    /// Calls that share a pair of media endpoints as legs.
    mutating func correlateShares(_ slot: Int, from first: Int) {
        let shares = calls.calls[slot].shares
        guard first < shares.count else { return }
        for reference in shares[first...] where calls.isLive(reference) { join(slot, Int(reference.slot)) }
    }

    /// The name of the call's group; nil for its own Call-ID.
    func groupName(_ slot: Int) -> [UInt8]? {
        let group = calls.calls[slot].group
        guard group >= 0 else { return nil }
        let name = correlation.groups.name(group)
        return name == calls.calls[slot].callID ? nil : name
    }

    /// The call leaves the table.
    mutating func forgetCorrelation(_ slot: Int) {
        for key in calls.calls[slot].correlationKeys {
            if let group = correlation.keys.release(key) { correlation.groups.release(group) }
        }
        calls.calls[slot].correlationKeys = []
        if calls.calls[slot].group >= 0 { correlation.groups.release(calls.calls[slot].group) }
        calls.calls[slot].group = -1
    }

    // MARK: Headers

    /// A header of the call names another leg's Call-ID.
    private mutating func name(_ slot: Int, _ callID: Span<UInt8>) {
        guard !callID.isEmpty, callID.count <= TrackerLimits.maxCallIDLength else { return }
        let hashed = calls.hashed(callID)
        guard hashed != calls.calls[slot].hash else { return }
        let other = calls.find(callID, hashed)
        if other >= 0 { join(slot, other) }
        // Also when it is there: a third leg may come when it has gone.
        let key = CorrelationKind.callID.key(hashed)
        if other < 0, correlation.keys.group(key) == nil, calls.isRemembered(hashed, now: clock.now) {
            // It has ended and its record has left: the group has its name.
            let past = correlation.groups.make(name: copy(callID), number: 0)
            ensureGroup(slot)
            correlation.groups.join(calls.calls[slot].group, past)
            correlation.groups.release(past)
        }
        show(slot, key)
    }

    /// A header whose value legs have in common, or which names another leg.
    private mutating func readConfiguredHeader(_ slot: Int, _ message: SIPMessage, _ bytes: Span<UInt8>) {
        guard let wanted = correlation.header else { return }
        var headers = message.headers
        while let header = headers.next(in: bytes) {
            guard bytes.bytes(header.nameRange).isEqual(toLowercase: wanted) else { continue }
            let value = bytes.bytes(header.value)
            guard !value.isEmpty else { continue }
            name(slot, value)
            show(slot, CorrelationKind.header.key(calls.hashed(value)))
            return
        }
    }

    /// The call shows a key: it is a leg of the same call as all that have shown it.
    private mutating func show(_ slot: Int, _ key: UInt64) {
        guard !calls.calls[slot].correlationKeys.contains(key),
            correlation.keys.hasRoom(key, held: calls.calls[slot].correlationKeys.count)
        else { return }
        ensureGroup(slot)
        if let group = correlation.keys.group(key) { correlation.groups.join(calls.calls[slot].group, group) }
        calls.calls[slot].correlationKeys.append(key)
        if correlation.keys.hold(key, group: calls.calls[slot].group) {
            correlation.groups.retain(calls.calls[slot].group)
        }
    }

    // MARK: Groups

    private mutating func ensureGroup(_ slot: Int) {
        guard calls.calls[slot].group < 0 else { return }
        calls.calls[slot].group = correlation.groups.make(
            name: calls.calls[slot].callID, number: calls.calls[slot].number &+ 1)
    }

    private mutating func join(_ slot: Int, _ other: Int) {
        guard slot != other else { return }
        ensureGroup(slot)
        ensureGroup(other)
        correlation.groups.join(calls.calls[slot].group, calls.calls[other].group)
    }

    // MARK: Numbers

    /// Without a header: the call that is being set up towards the host this INVITE comes from, between the same numbers or
    /// with the same From tag. Several that fit are as good as none.
    private mutating func compareNumbers(_ slot: Int, _ keys: LegKeys, _ found: FoundMessage) {
        // Of datagrams this has been asked for long ago.
        if found.datagram < 0 { correlation.candidates.prefetch(keys) }
        if !joinOtherLeg(slot, keys.numbers, from: keys.source, found) {
            joinOtherLeg(slot, keys.tag, from: keys.source, found)
        }
        let candidate = LegCandidates.Candidate(
            call: calls.reference(slot), source: found.source, destination: found.destination, time: clock.now)
        addCandidate(candidate, keys.numbers, to: keys.destination)
        addCandidate(candidate, keys.tag, to: keys.destination)
    }

    /// The one call of this key that is being set up towards `source`; false if there is none, or more than one.
    @discardableResult
    private mutating func joinOtherLeg(
        _ slot: Int, _ key: UInt64?, from source: UInt64, _ found: FoundMessage
    ) -> Bool {
        guard let key else { return false }
        let fitting = correlation.candidates.find(key ^ source, now: clock.now) { isOtherLeg($0, of: slot, found) }
        if fitting.count > 1 { correlation.ambiguous += 1 }
        guard fitting.count == 1 else { return false }
        join(slot, Int(correlation.candidates[fitting[0]].call.slot))
        return true
    }

    private mutating func addCandidate(
        _ candidate: LegCandidates.Candidate, _ key: UInt64?, to destination: UInt64
    ) {
        guard let key else { return }
        let place = key ^ destination
        let others = correlation.candidates.find(place, now: clock.now) { isBeingSetUp($0.call) }
        correlation.candidates.add(place, candidate, besides: others)
    }

    private func isOtherLeg(_ candidate: LegCandidates.Candidate, of slot: Int, _ found: FoundMessage) -> Bool {
        // A second call of the same phone is no leg of its first; on one host only the port tells who calls.
        guard candidate.source != found.source, candidate.destination != found.destination else { return false }
        let isOneHost = candidate.source.address == candidate.destination.address
        if isOneHost, candidate.destination != found.source { return false }
        return candidate.call.slot != UInt32(slot) && isBeingSetUp(candidate.call)
    }

    private func isBeingSetUp(_ call: CallReference) -> Bool {
        guard calls.isLive(call) else { return false }
        switch calls.calls[Int(call.slot)].life.outcome.state {
        case .trying, .ringing, .progress: return !calls.calls[Int(call.slot)].life.isSettled
        default: return false
        }
    }
}

/// By what a call that begins is compared with other legs, and between which hosts.
struct LegKeys {
    let numbers: UInt64?
    let tag: UInt64?
    let source: UInt64
    let destination: UInt64

    /// - Parameters:
    ///   - numbers: as `RoutedMessage` has it, 0 for none.
    ///   - tag: the hash of From's tag, 0 for none.
    init(numbers: UInt64, tag: UInt64, from source: IPAddress, to destination: IPAddress, _ hash: FlowHash) {
        self.numbers = numbers == 0 ? nil : CorrelationKind.numbers.key(numbers)
        self.tag = tag == 0 ? nil : CorrelationKind.tag.key(tag)
        self.source = hash(Endpoint(source, 0))
        self.destination = hash(Endpoint(destination, 0))
    }
}

/// Keeps keys of one kind apart from those of another.
private enum CorrelationKind: UInt64 {
    case callID = 0x9e37_79b9_7f4a_7c15
    case session = 0xd6e8_feb8_6659_fd93
    case header = 0xa076_1d64_78bd_642f
    case numbers = 0xe703_7ed1_a0b4_28db
    case tag = 0x8ebc_6af0_9c88_c6e3

    func key(_ hashed: UInt64) -> UInt64 { (hashed ^ rawValue) &* 0x9e37_79b9_7f4a_7c15 ^ rawValue }
}

extension Span where Element == UInt8 {
    /// Whether the bytes are `text`, which is in lower case, in any case.
    fileprivate func isEqual(toLowercase text: [UInt8]) -> Bool {
        guard count == text.count else { return false }
        for index in indices {
            let byte = self[index]
            let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard (isCapital ? byte | 0x20 : byte) == text[index] else { return false }
        }
        return true
    }
}
