import Archive
import Calls
import Capture
import PacketDecoding
import SIP

/// A message found by the tracker, before its call is known.
struct FoundMessage {
    /// Where the workers will find the bytes.
    var isExtra: Bool
    var offset: Int
    var length: Int
    var timestamp: Int64
    var source: Endpoint
    var destination: Endpoint
    var transport: SIPTransport
    var isCopy: Bool
    /// Its place among the batch's `SIPDatagrams`, -1 if it is none of these.
    var datagram: Int32 = -1
    /// The capture has not all of it: its last line, if that has no end, is not to be believed.
    var isCut = false
}

/// The packets that carried a message.
enum Carriers {
    /// The packet being tracked.
    case current(index: UInt32)
    /// Packets in the held store.
    case held([UInt32])
}

/// Whose a message was, in one word: retransmitted segments are looked up by it.
struct MessageOwner {
    static let none: UInt64 = .max

    static func pack(_ reference: CallReference) -> UInt64 {
        UInt64(reference.generation) << 32 | UInt64(reference.slot)
    }

    static func unpack(_ word: UInt64) -> CallReference {
        CallReference(slot: UInt32(truncatingIfNeeded: word), generation: UInt32(truncatingIfNeeded: word >> 32))
    }
}

extension Tracker {
    // Messages are passed on inout, though nothing changes them: they are hundreds of bytes, which otherwise would be copied
    // for each call.

    /// A UDP datagram that is a SIP message. `named` has what it names.
    ///
    /// - Parameter place: its own among the batch's `SIPDatagrams`, -1 if it is none of these.
    @inline(never)
    mutating func trackSIPDatagram(
        _ datagram: inout SIPDatagram, place: Int32, _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>,
        _ batch: inout TrackedBatch
    ) {
        if datagram.decoded.cut { counters.cut += 1 }
        let payload = span.extracting(datagram.decoded.payloadRange)
        let flow = flows.slot(
            datagram.decoded.source, datagram.decoded.destination, datagram.decoded.sourcePort,
            datagram.decoded.destinationPort, datagram.flowHash, now: clock.now)
        let isCopy = flows.isCopy(
            flow, fingerprint: datagram.fingerprint, path: datagram.path, time: packet.timestamp, now: clock.now)
        let found = FoundMessage(
            isExtra: false, offset: Int(packet.offset) + datagram.decoded.payloadOffset, length: payload.count,
            timestamp: packet.timestamp, source: datagram.decoded.sourceEndpoint,
            destination: datagram.decoded.destinationEndpoint,
            transport: options.isSynthesized
                ? SIPTransport(ipProtocol: HEPSource.ipProtocol(ofInterface: packet.interface)) : .udp,
            isCopy: isCopy, datagram: place, isCut: datagram.decoded.cut)
        _ = route(&datagram.message, found, payload, .current(index: index), &batch)
    }

    /// What was framed as a message. Returns whose it was, for `MessageOwner`.
    @discardableResult
    mutating func trackMessage(
        _ found: FoundMessage, _ bytes: Span<UInt8>, _ carriers: Carriers, _ batch: inout TrackedBatch
    ) -> UInt64 {
        var message = RoutedMessage()
        guard message.read(bytes, isCut: found.isCut, hash, &scratch) else {
            counters.sipMalformed += 1
            classifyCarriers(carriers, .sip, .noCall)
            return MessageOwner.none
        }
        takeNamed()
        return route(&message, found, bytes, carriers, &batch)
    }

    /// What the message names that has been read into `scratch`.
    mutating func takeNamed() {
        if !named.isEmpty { named.removeAll(keepingCapacity: true) }
        named.append(scratch.endpoints.items, hash)
    }

    /// The same of one that has been read ahead.
    mutating func takeNamed(by place: Int, _ datagrams: borrowing SIPDatagrams) {
        if !named.isEmpty { named.removeAll(keepingCapacity: true) }
        for number in datagrams.named(by: place) { named.append(datagrams.ports[number]) }
    }

    /// Finds or begins the call of a message, moves the call's life on, and hands message and carriers to its worker.
    /// `named` has what it names.
    mutating func route(
        _ message: inout RoutedMessage, _ found: FoundMessage, _ bytes: Span<UInt8>, _ carriers: Carriers,
        _ batch: inout TrackedBatch
    ) -> UInt64 {
        if found.isCopy { counters.copies += 1 } else { sipCounts.count(&message, bytes, found.transport) }
        guard let callIDRange = message.callID, callIDRange.count <= TrackerLimits.maxCallIDLength else {
            counters.sipWithoutCallID += 1
            classifyCarriers(carriers, .sip, .noCall)
            return MessageOwner.none
        }
        let callID = bytes.extracting(callIDRange)
        let (facts, hashed) = (message.facts, message.callIDHash)
        let known = calls.find(callID, hashed)
        // That of a call that is there has been counted.
        if known < 0 { sipCounts.countCallID(hashed) }
        let slot = known >= 0 ? known : begin(callID, hashed, facts, &message, bytes, found, &batch)
        guard slot >= 0 else {
            classifyCarriers(carriers, .sip, .noCall)
            return MessageOwner.none
        }
        let reference = calls.reference(slot)
        if !found.isCopy {
            calls.calls[slot].lag = clock.lag(of: found.timestamp)
            calls.calls[slot].life.receive(facts, at: found.timestamp)
            updateOver(slot)
            correlate(slot, isNew: known < 0, &message, bytes, facts, found)
        }
        calls.activity[slot] = max(clock.now, found.timestamp)
        if !facts.isRequest || facts.toTag != 0 { calls.noteAnswer(slot) }
        if calls.calls[slot].selection != .wanted { select(slot, &message, bytes, facts, &batch) }
        deliverCarriers(carriers, to: slot, isCopy: found.isCopy, &batch)
        if calls.calls[slot].selection != .excluded {
            let parts = found.datagram >= 0 ? found.datagram : batch.keepParts(&message)
            batch.messages.append(
                TrackedMessage(
                    isExtra: found.isExtra, offset: found.offset, length: found.length, timestamp: found.timestamp,
                    source: found.source, destination: found.destination, transport: found.transport,
                    isCopy: found.isCopy, parts: parts))
            act(slot, .message, value: UInt32(truncatingIfNeeded: batch.messages.count - 1), &batch)
        }
        if !found.isCopy, !named.isEmpty { nameEndpoints(slot, found.timestamp, &batch) }
        schedule(slot)
        return MessageOwner.pack(reference)
    }

    /// The slot of a new call, -1 if the message cannot begin one.
    private mutating func begin(
        _ callID: Span<UInt8>, _ hashed: UInt64, _ facts: MessageFacts, _ message: inout RoutedMessage,
        _ bytes: Span<UInt8>, _ found: FoundMessage, _ batch: inout TrackedBatch
    ) -> Int {
        guard facts.method.joinsCall || (options.calls.allDialogs && facts.method.isOtherDialog) else { return -1 }
        if calls.isRemembered(hashed, now: clock.now) {
            counters.sipLate += 1
            return -1
        }
        if calls.count >= options.limits.maxCalls || calls.unanswered >= maxUnanswered { evictIdlestCall(&batch) }
        let identifier = copy(callID)
        let new = calls.add(
            callID: identifier, hashed: hashed, life: CallLife(opening: facts, at: found.timestamp), workers: workers,
            now: max(clock.now, found.timestamp))
        calls.calls[new].selection = selection.initialSelection(identifier)
        if tracksIdleCalls { trackIdle(new) }
        guard calls.calls[new].selection != .excluded else { return new }
        batch.begins.append(
            CallBegin(
                number: calls.calls[new].number, callID: identifier, startTime: found.timestamp,
                isHeld: calls.calls[new].selection == .open,
                stem: fileStem(identifier, &message, bytes, found.timestamp)))
        act(new, .begin, value: UInt32(truncatingIfNeeded: batch.begins.count - 1), &batch)
        return new
    }

    /// The name of the call's files, with a number if an earlier call of this run has the same.
    private mutating func fileStem(
        _ callID: [UInt8], _ message: inout RoutedMessage, _ bytes: Span<UInt8>, _ time: Int64
    ) -> FileStem? {
        guard let namePattern else { return nil }
        var values = FileNameValues(timestamp: time, callID: callID)
        if namePattern.showsUsers {
            values.from = copy(bytes.bytes(message.fromUser(bytes)))
            values.to = copy(bytes.bytes(message.toUser(bytes)))
        }
        return names.unique(namePattern.stem(for: values))
    }

    /// Applies `--sip-user`.
    private mutating func select(
        _ slot: Int, _ message: inout RoutedMessage, _ bytes: Span<UInt8>, _ facts: MessageFacts,
        _ batch: inout TrackedBatch
    ) {
        let state = calls.calls[slot].selection
        guard state == .open || state == .unwanted else { return }
        if selection.matches(message, bytes) {
            if state == .unwanted { calls.calls[slot].partialMedia = true }
            calls.calls[slot].selection = .wanted
            ownership.touch(calls.calls[slot].registrations)
            settleUndecided(slot, as: .inCall)
            undecided.forget(slot)
            act(slot, .select, value: 0, &batch)
        } else if state == .open, !facts.isRequest, facts.method == .invite, facts.status >= 200 {
            calls.calls[slot].selection = .unwanted
            ownership.touch(calls.calls[slot].registrations)
            settleUndecided(slot, as: .notSelected)
            undecided.dropMedia(slot)
            act(slot, .deselect, value: 0, &batch)
        }
    }

    /// The call's message names what is in `named`.
    private mutating func nameEndpoints(_ slot: Int, _ time: Int64, _ batch: inout TrackedBatch) {
        // Of each only what is new is left.
        for place in named.indices {
            named[place].ports = ownership.name(named[place], by: slot, in: &calls, at: time)
        }
        let shares = calls.calls[slot].shares.count
        ownership.findShares(of: slot, in: &calls, at: time)
        correlateShares(slot, from: shares)
        for place in named.indices where !named[place].ports.isEmpty {
            for side in 0..<2 where named[place].ports.contains(side: side) {
                let endpoint = named[place].pair.endpoint(side)
                if lookBack.mayHold(endpoint) { adopt(endpoint, &batch) }
            }
        }
    }

    /// A call in its grace period gives its endpoints up to living calls; a call that revives takes them back.
    mutating func updateOver(_ slot: Int) {
        let isOver = calls.calls[slot].life.isSettled
        guard isOver != calls.calls[slot].isOver else { return }
        calls.calls[slot].isOver = isOver
        if isOver, tracksIdleCalls { trackIdle(slot) }
        ownership.setOver(calls.calls[slot].registrations, isOver)
    }

    // MARK: Carriers

    /// Appends an action that has no packet.
    mutating func act(_ slot: Int, _ kind: Action.Kind, value: UInt32, _ batch: inout TrackedBatch) {
        batch.actions.append(
            Action(
                call: UInt32(slot), packet: 0, value: value, what: Action.what(kind, for: calls.calls[slot].worker)))
    }

    private mutating func deliverCarriers(
        _ carriers: Carriers, to slot: Int, isCopy: Bool, _ batch: inout TrackedBatch
    ) {
        switch carriers {
        case .current(let index):
            count(.sip, ownershipClass(slot))
            appendSignalling(slot, packet: index, isCopy: isCopy, &batch)
        case .held(let tags):
            for tag in tags { deliverHeld(tag, to: slot, &batch) }
        }
    }

    /// A held packet turns out to carry a message of this call.
    mutating func deliverHeld(
        _ tag: UInt32, to slot: Int, as packetClass: PacketClass = .sip, _ batch: inout TrackedBatch
    ) {
        let owner = MessageOwner.pack(calls.reference(slot))
        guard !held[tag].owners.contains(owner) else { return }
        held[tag].owners.append(owner)
        if let counted = held[tag].ledgerClass {
            // Counted as nobody's until now: a fragment, or a message of no call came first in this packet.
            if held[tag].owners.count == 1 {
                claim(slot, from: counted, to: counted)
            }
        } else {
            held[tag].ledgerClass = packetClass
            count(packetClass, ownershipClass(slot))
        }
        if held[tag].batch != batchNumber {
            let index = inject(held[tag].packet, held[tag].bytes, held[tag].position, &batch)
            held[tag].batch = batchNumber
            held[tag].index = index
        }
        appendSignalling(slot, packet: held[tag].index, isCopy: held[tag].isCopy, &batch)
        for companion in held[tag].companions { deliverHeld(companion, to: slot, &batch) }
    }

    mutating func appendSignalling(_ slot: Int, packet: UInt32, isCopy: Bool, _ batch: inout TrackedBatch) {
        guard calls.calls[slot].selection != .excluded else { return }
        let action = Action(
            call: UInt32(slot), packet: packet, value: 0,
            what: Action.what(
                .signalling, for: calls.calls[slot].worker, flags: isCopy ? Action.copyFlag : 0))
        if calls.calls[slot].selection == .wanted {
            batch.actions.append(action)
        } else {
            appendKeptBack(action, isMedia: false, &batch)
        }
    }

    /// A packet of a call that `--sip-user` has not decided, or not wanted so far: kept back within the bound.
    @inline(never)
    mutating func appendKeptBack(_ action: Action, isMedia: Bool, _ batch: inout TrackedBatch) {
        var action = action
        let number = Int(action.packet & ~Action.extraBit)
        let packet =
            action.packet & Action.extraBit == 0
            ? batch.captured.packets[number] : batch.extraPackets[number].packet
        // A copy that is left out of files takes no room.
        let isLeftOut = options.calls.deduplicate && action.flags & Action.copyFlag != 0
        if !isLeftOut, !undecided.keep(Int(action.call), bytes: Int(packet.capturedLength), isMedia: isMedia) {
            action.flags |= Action.refusedFlag
        }
        batch.actions.append(action)
    }

    /// The message belongs to no call.
    mutating func classifyCarriers(_ carriers: Carriers, _ packetClass: PacketClass, _ owner: PacketOwnership?) {
        switch carriers {
        case .current:
            count(packetClass, owner)
        case .held(let tags):
            for tag in tags where held[tag].ledgerClass == nil {
                held[tag].ledgerClass = packetClass
                count(packetClass, owner)
            }
        }
    }
}
