import Calls
import Capture
import PacketDecoding
import Reassembly
import SIP

/// SIP over TCP: finding the connections that carry it, putting their bytes in order, cutting messages.
extension Tracker {
    @inline(never)
    mutating func trackTCP(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        guard !options.selection.udpOnly, !filtersSIPPorts || isSIPPort(), !decoded.transportHeaderCut else {
            count(.notVoIP, .noCall)
            return
        }
        let source = decoded.sourceEndpoint
        let destination = decoded.destinationEndpoint
        let direction = ConnectionTable.isLower(source, destination) ? 0 : 1
        let (low, high) = direction == 0 ? (source, destination) : (destination, source)
        let payload = span.extracting(decoded.payloadRange)
        var (slot, hashed) = connections.find(low, high)
        if slot >= 0, decoded.tcpFlags.contains(.syn) ? isReused(slot, direction) : isAnother(slot, direction, payload)
        {
            close(slot, &batch)
            slot = -1
        }
        if slot < 0 {
            if connections.count >= connections.maxConnections { evictIdlestConnection(&batch) }
            slot = connections.add(low, high, hash: hashed, now: clock.now)
        }
        // Ahead of the clock after a long silence, until enough packets have confirmed it.
        connections.connections[slot].lastSeen = max(clock.now, packet.timestamp)
        if decoded.tcpFlags.contains(.syn) { synchronize(slot, direction, decoded.tcpSequence &+ 1) }
        if decoded.tcpFlags.contains(.ack) { noteAcknowledgement(slot, direction, &batch) }
        if payload.isEmpty {
            countControlSegment(slot)
        } else {
            if decoded.cut { counters.cut += 1 }
            trackSegment(slot, direction, packet, index, span, payload, &batch)
            if held.segmentBytes > options.limits.tcpMemoryLimit { relieveMemory(slot, &batch) }
        }
        if decoded.tcpFlags.contains(.rst) || decoded.tcpFlags.contains(.fin) { finishIfDone(slot) }
    }

    // MARK: Connections

    // Mutating, although these change nothing: a method that is not may be given a copy of the whole tracker.

    /// A SYN for a 4-tuple we know: the same connection sends it again, or a new one begins.
    private mutating func isReused(_ slot: Int, _ direction: Int) -> Bool {
        guard let expected = expectedSequence(slot, direction) else { return false }
        return expected != decoded.tcpSequence &+ 1
    }

    /// A message on a 4-tuple we know, but with a sequence number that no window reaches (RFC 7323 section 2.3 allows
    /// 1 GiB; stacks stay far below this): the beginning of the new connection was not captured.
    private mutating func isAnother(_ slot: Int, _ direction: Int, _ payload: Span<UInt8>) -> Bool {
        guard !payload.isEmpty, let expected = expectedSequence(slot, direction) else { return false }
        let distance = Int32(bitPattern: decoded.tcpSequence &- expected)
        guard distance.magnitude > TrackerLimits.largestWindow else { return false }
        return looksLikeSIP(payload) == .yes
    }

    private mutating func expectedSequence(_ slot: Int, _ direction: Int) -> UInt32? {
        let parser = Int(connections.connections[slot].parser)
        guard parser >= 0 else { return connections.connections[slot][parked: direction]?.sequence }
        return connections.parsers[parser].expectedSequence(direction)
    }

    private mutating func synchronize(_ slot: Int, _ direction: Int, _ sequence: UInt32) {
        let parser = Int(connections.connections[slot].parser)
        if parser >= 0 {
            if !connections.parsers[parser].directions[direction].assembler.isSynchronized {
                connections.parsers[parser].directions[direction].assembler.synchronize(at: sequence)
            }
        } else if connections.connections[slot][parked: direction] == nil {
            connections.connections[slot][parked: direction] = ParkedStream(sequence: sequence)
        }
    }

    private mutating func countControlSegment(_ slot: Int) {
        if connections.connections[slot].isSIP {
            count(.sipTransport, .noCall)
        } else {
            connections.connections[slot].undecidedSegments &+= 1
        }
    }

    /// Both what is known now and what waited: the connection is SIP, or it never will be.
    mutating func settleControlSegments(_ slot: Int) {
        let waiting = connections.connections[slot].undecidedSegments
        connections.connections[slot].undecidedSegments = 0
        ledger.count(connections.connections[slot].isSIP ? .sipTransport : .notVoIP, UInt64(waiting))
        ledger.count(.noCall, UInt64(waiting))
    }

    /// After FIN or RST a parser with nothing half done is not needed.
    private mutating func finishIfDone(_ slot: Int) {
        let parser = Int(connections.connections[slot].parser)
        guard parser >= 0, connections.parsers[parser].isIdle else { return }
        connections.park(slot)
    }

    // MARK: Segments with payload

    private mutating func trackSegment(
        _ slot: Int, _ direction: Int, _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>,
        _ payload: Span<UInt8>, _ batch: inout TrackedBatch
    ) {
        var parser = Int(connections.connections[slot].parser)
        if parser < 0 {
            guard let opened = openParser(slot, direction, payload, &batch) else {
                if reassembled == nil { count(.notVoIP, .noCall) }
                return
            }
            parser = opened
        }
        let isCopy = segmentIsCopy(payload, span, packet)
        if isCopy { counters.copies += 1 }
        let (start, next, isIdle) = connections.parsers[parser].locate(decoded.tcpSequence, direction)
        if start == next, reassembled == nil, isIdle, !connections.connections[slot].isFramed {
            trackInPlace(slot, parser, direction, packet, index, span, payload, start, isCopy, &batch)
            return
        }
        let tag = holdSegment(packet, index, span, isCopy: isCopy)
        if start > next {
            holdBehindHole(slot, parser, direction, payload.count, start, tag, &batch)
            return
        }
        deliverRepeated(parser, direction, start..<(start + Int64(payload.count)), payload, tag, packet, &batch)
        if start + Int64(payload.count) > next
            || start >= connections.parsers[parser].directions[direction].assembler.unconsumedStart
            || connections.parsers[parser].hasUnconsumed(before: start + Int64(payload.count), direction)
        {
            held.retain(tag)
            connections.parsers[parser].directions[direction].assembler.append(payload, start: start, tag: tag)
            advance(slot, parser, direction, packet.timestamp, &batch)
        }
        release([tag], unclaimed: .sipTransport)
    }

    /// TCP segments are compared like datagrams; the flow of the 4-tuple remembers the last ones.
    private mutating func segmentIsCopy(_ payload: Span<UInt8>, _ span: Span<UInt8>, _ packet: CapturedPacket) -> Bool {
        let flow = flows.slot(
            decoded.source, decoded.destination, decoded.sourcePort, decoded.destinationPort, now: clock.now)
        let fingerprint = hash(payload) ^ UInt64(decoded.tcpSequence) &* 0x9e37_79b9_7f4a_7c15
        return flows.isCopy(
            flow, fingerprint: fingerprint, path: Tracker.path(span, packet.interface, decoded),
            time: packet.timestamp, now: clock.now)
    }

    /// Whether this segment makes the connection worth a parser. The number of the new parser, or nil.
    private mutating func openParser(
        _ slot: Int, _ direction: Int, _ payload: Span<UInt8>, _ batch: inout TrackedBatch
    ) -> Int? {
        let parked = connections.connections[slot][parked: direction]
        let isKnown = connections.connections[slot].isSIP
        var likelihood = looksLikeSIP(payload)
        if likelihood == .no, !isKnown {
            likelihood = framedLikelihood(payload)
            if likelihood == .yes { connections.connections[slot].isFramed = true }
        }
        var isAhead = false
        if let parked { isAhead = Int32(bitPattern: decoded.tcpSequence &- parked.sequence) > 0 }
        if likelihood == .yes {
            if !isKnown { showSIP(slot) }
        } else if !isKnown {
            // The beginning of a start line, or what follows one that is late: looked at, for so many bytes.
            let maySoon = likelihood == .needMore || isAhead
            let looked = connections.connections[slot].lookedAt
            connections.connections[slot].lookedAt = looked &+ UInt32(truncatingIfNeeded: payload.count)
            guard maySoon, looked < TrackerLimits.lookAtBytes else { return nil }
            if connections.unconfirmedParsers >= connections.maxUnconfirmed {
                evictIdlestCandidate(&batch, except: slot)
            }
            return connections.addParser(to: slot, confirmed: false, now: clock.now)
        }
        if connections.confirmedParsers >= options.limits.maxStreamParsers { evictIdlestParser(&batch) }
        return connections.addParser(to: slot, confirmed: true, now: clock.now)
    }

    mutating func showSIP(_ slot: Int) {
        guard !connections.connections[slot].isSIP else { return }
        connections.connections[slot].isSIP = true
        settleControlSegments(slot)
    }

    /// The usual case: the segment continues an idle stream and holds whole messages. Nothing is copied.
    private mutating func trackInPlace(
        _ slot: Int, _ parser: Int, _ direction: Int, _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>,
        _ payload: Span<UInt8>, _ start: Int64, _ isCopy: Bool, _ batch: inout TrackedBatch
    ) {
        var message = RoutedMessage()
        if message.read(payload, hash, &scratch),
            connections.parsers[parser].wouldTake(message.message, from: payload, direction)
        {
            confirm(slot, parser, &batch)
            takeNamed()
            let owner = route(
                &message, foundInPlace(packet, 0..<payload.count, isCopy: isCopy), payload, .current(index: index),
                &batch)
            connections.parsers[parser].deliver(start..<(start + Int64(payload.count)), owner: owner, direction)
            return
        }
        var consumed = 0
        var tag: UInt32?
        var step = nextStep(parser, direction, payload, from: consumed)
        while case .message(let range) = step, range.lowerBound == consumed {
            confirm(slot, parser, &batch)
            let found = foundInPlace(packet, range, isCopy: isCopy)
            let whole = range.count == payload.count
            let owner: UInt64
            if whole {
                owner = trackMessage(found, payload, .current(index: index), &batch)
            } else {
                // More than one message, or the beginning of another: the packet has several claims on it.
                let heldTag = tag ?? hold(packet, index, span, isCopy: isCopy)
                tag = heldTag
                owner = trackMessage(found, payload.extracting(range), .held([heldTag]), &batch)
            }
            let offset = start + Int64(range.lowerBound)
            connections.parsers[parser].deliver(offset..<(offset + Int64(range.count)), owner: owner, direction)
            consumed = range.upperBound
            if consumed == payload.count { break }
            step = nextStep(parser, direction, payload, from: consumed)
        }
        if consumed < payload.count {
            let heldTag = tag ?? hold(packet, index, span, isCopy: isCopy)
            tag = heldTag
            held.retain(heldTag)
            connections.parsers[parser].directions[direction].framer = SIPStreamFramer()
            connections.parsers[parser].directions[direction].assembler.append(
                payload.extracting(droppingFirst: consumed), start: start + Int64(consumed), tag: heldTag)
            advance(slot, parser, direction, packet.timestamp, &batch)
        }
        if let tag { release([tag], unclaimed: .sipTransport) }
    }

    private mutating func foundInPlace(_ packet: CapturedPacket, _ range: Range<Int>, isCopy: Bool) -> FoundMessage {
        FoundMessage(
            isExtra: false, offset: Int(packet.offset) + decoded.payloadOffset + range.lowerBound,
            length: range.count, timestamp: packet.timestamp, source: decoded.sourceEndpoint,
            destination: decoded.destinationEndpoint, transport: .tcp, isCopy: isCopy)
    }

    private mutating func nextStep(
        _ parser: Int, _ direction: Int, _ bytes: Span<UInt8>, from start: Int
    ) -> FramingStep {
        connections.parsers[parser].directions[direction].framer.next(in: bytes, from: start)
    }

    mutating func confirm(_ slot: Int, _ parser: Int, _ batch: inout TrackedBatch) {
        if !connections.connections[slot].isProven { connections.prove(slot) }
        guard !connections.parsers[parser].isConfirmed else { return }
        connections.confirm(parser)
        showSIP(slot)
        while connections.confirmedParsers > options.limits.maxStreamParsers {
            guard evictIdlestParser(&batch, except: slot) else { break }
        }
    }

    // MARK: In order

    /// Cuts what messages the contiguous bytes hold, then whatever the next pending segments add. `time` is when the bytes
    /// became contiguous; nil behind a hole that is not waited for any longer, where each message has its own time.
    mutating func advance(
        _ slot: Int, _ parser: Int, _ direction: Int, _ time: Int64?, _ batch: inout TrackedBatch
    ) {
        var goesOn = true
        while goesOn {
            cutMessages(slot, parser, direction, time, &batch)
            goesOn = drain(parser, direction, &batch)
        }
        if !connections.parsers[parser].directions[direction].assembler.hasPending {
            connections.parsers[parser].directions[direction].holeSince = .max
            connections.parsers[parser].directions[direction].holeIsAcknowledged = false
        }
        if connections.parsers[parser].directions[direction].assembler.isIdle {
            connections.settleBuffer(parser, direction)
        }
    }

    /// Lets pending segments follow. One that begins before them carries bytes of messages that are already delivered.
    mutating func drain(_ parser: Int, _ direction: Int, _ batch: inout TrackedBatch) -> Bool {
        let start = connections.parsers[parser].directions[direction].assembler.unconsumedStart
        let drained = connections.parsers[parser].directions[direction].assembler.drainPending()
        for segment in drained { held.setWaiting(segment.tag, false) }
        for segment in drained where segment.start < start {
            claimDelivered(parser, direction, segment.start..<min(segment.end, start), segment.tag, &batch)
        }
        // What was behind the stream already when its turn came brings no byte that anybody will ever consume.
        let stale = connections.parsers[parser].directions[direction].assembler.consume(0, owner: nil)
        release(stale, unclaimed: .sipTransport)
        return !drained.isEmpty
    }

    private mutating func cutMessages(
        _ slot: Int, _ parser: Int, _ direction: Int, _ time: Int64?, _ batch: inout TrackedBatch
    ) {
        let connection = connections.connections[slot]
        let source = direction == 0 ? connection.low : connection.high
        let destination = direction == 0 ? connection.high : connection.low
        // Taken out of the table while its bytes are borrowed; nothing below touches this direction's assembler.
        while true {
            var stream = connections.parsers[parser].directions[direction]
            connections.parsers[parser].directions[direction] = StreamDirection()
            defer { connections.parsers[parser].directions[direction] = stream }
            guard stream.assembler.unconsumedCount > 0 else { return }
            if stream.content != .sip || !connections.connections[slot].isSIP || connections.connections[slot].isFramed
            {
                switch cutFramed(slot, parser, direction, &stream, time, &batch) {
                case .plain: break
                case .again: continue
                case .wait: return
                }
            }
            var framer = stream.framer
            let step = framer.next(in: stream.assembler.unconsumed, from: 0)
            stream.framer = framer
            if step != .needMore { stream.isPlainFront = false }
            switch step {
            case .needMore:
                return
            case .message(let range):
                confirm(slot, parser, &batch)
                let start = stream.assembler.unconsumedStart + Int64(range.lowerBound)
                let tags = stream.assembler.carriers(of: start..<(start + Int64(range.count)))
                let found = FoundMessage(
                    isExtra: true, offset: batch.extraBytes.count, length: range.count,
                    timestamp: time ?? arrival(of: tags), source: source, destination: destination, transport: .tcp,
                    isCopy: false)
                stream.assembler.copyUnconsumed(range, to: &batch.extraBytes)
                let owner = trackMessage(
                    found, stream.assembler.unconsumed.extracting(range), .held(tags), &batch)
                release(stream.assembler.consume(range.upperBound, owner: owner), unclaimed: .sipTransport)
            case .keepalive(let range):
                release(stream.assembler.consume(range.upperBound, owner: nil), unclaimed: .sipTransport)
            case .notSIP(let range, _):
                counters.sipResynchronisations += 1
                release(stream.assembler.consume(range.upperBound, owner: nil), unclaimed: .tcpUnresolved)
            }
        }
    }

    /// When the last of the segments came.
    func arrival(of tags: [UInt32]) -> Int64 { tags.map { held[$0].packet.timestamp }.max() ?? clock.now }

    // MARK: Repeated segments

    /// A segment (or its beginning) that was seen before belongs to whoever got those bytes.
    private mutating func deliverRepeated(
        _ parser: Int, _ direction: Int, _ range: Range<Int64>, _ payload: Span<UInt8>, _ tag: UInt32,
        _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) {
        let isKnown = claimDelivered(parser, direction, range, tag, &batch)
        // Joined in the middle and out of order: a whole message from before the first segment we saw.
        guard !isKnown,
            range.upperBound <= connections.parsers[parser].directions[direction].assembler.unconsumedStart,
            reassembled == nil, held[tag].ledgerClass == nil, looksLikeSIP(payload) == .yes
        else { return }
        var framer = SIPStreamFramer()
        guard case .message(let whole) = framer.next(in: payload, from: 0), whole.count == payload.count else { return }
        let found = FoundMessage(
            isExtra: false, offset: Int(packet.offset) + decoded.payloadOffset, length: payload.count,
            timestamp: packet.timestamp, source: decoded.sourceEndpoint, destination: decoded.destinationEndpoint,
            transport: .tcp, isCopy: false)
        let owner = trackMessage(found, payload, .held([tag]), &batch)
        connections.parsers[parser].directions[direction].assembler.remember(range, owner: owner)
    }

    /// Gives a held packet to those whose messages its range covers. False if no delivered message covers it.
    @discardableResult
    private mutating func claimDelivered(
        _ parser: Int, _ direction: Int, _ range: Range<Int64>, _ tag: UInt32, _ batch: inout TrackedBatch
    ) -> Bool {
        let owners = connections.parsers[parser].directions[direction].assembler.owners(of: range)
        for owner in owners {
            guard owner != MessageOwner.none else {
                if held[tag].ledgerClass == nil {
                    held[tag].ledgerClass = .sip
                    count(.sip, .noCall)
                }
                continue
            }
            let reference = MessageOwner.unpack(owner)
            if calls.isLive(reference) {
                deliverHeld(tag, to: Int(reference.slot), &batch)
            } else if held[tag].ledgerClass == nil {
                held[tag].ledgerClass = .sip
                counters.sipLate += 1
                count(.sip, .noCall)
            }
        }
        return !owners.isEmpty
    }
}
