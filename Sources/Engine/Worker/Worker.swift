import Archive
import Calls
import Capture
import PacketDecoding
import RTP
import Tables

/// Owns the calls whose number is its index modulo the number of workers: their records, streams, buffers and files.
///
/// Carries out the tracker's actions in capture order and skips everybody else's. No thread of its own: it is called with
/// one batch after the other.
struct Worker: ~Copyable {
    let index: UInt8
    let options: EngineOptions
    var writer: CallFileWriter?
    var streams = StreamTable()
    var calls = OwnedTable<WorkerCall>()
    private var free: [Int32] = []
    /// The worker's slot of a call by the tracker's.
    private(set) var slots: [Int32] = []
    var linkTypes: [UInt32] = []
    var hasOneLinkType = false
    /// Records of calls that ended in the batch.
    private(set) var finished: [FinishedCall] = []
    var counters = WorkerCounters()
    /// The session description that was read last.
    var session = SessionFormats()
    /// Media of the run at hand for the files.
    var records: [MediaRecord] = []
    private let deduplicate: Bool

    init(index: Int, options: EngineOptions, writer: consuming CallFileWriter?) {
        self.index = UInt8(truncatingIfNeeded: index)
        self.options = options
        self.writer = writer
        deduplicate = options.calls.deduplicate
    }

    mutating func setInterfaces(_ interfaces: [CaptureInterface]) {
        guard interfaces.count != linkTypes.count else { return }
        linkTypes = interfaces.map(\.linkType)
        hasOneLinkType = !linkTypes.isEmpty && linkTypes.allSatisfy { $0 == linkTypes[0] }
    }

    /// The calls that ended since the last time, in order.
    mutating func takeFinished() -> [FinishedCall] {
        guard !finished.isEmpty else { return [] }
        defer { finished = [] }
        return finished
    }

    /// Calls that end before `process` comes back for them to be taken.
    static let finishedAtOnce = 256

    /// Carries out the actions from `start` on. Returns how far it came: to the end, unless many calls ended.
    mutating func process(_ batch: borrowing TrackedBatch, from start: Int = 0) -> Int {
        let actions = batch.actions
        let packets = batch.captured.packets
        let bytes = batch.captured.bytes
        let all = bytes.span
        let firstPosition = batch.firstPosition
        let floor = batch.pendingFloor
        let plain = Action.what(.media, for: index)
        var place = start
        while true {
            if place < actions.count, actions[place].what == plain { place = receivePlain(from: place, batch) }
            guard place < actions.count else { return place }
            let action = actions[place]
            place += 1
            guard action.worker == index else { continue }
            if slots.count > TrackerLimits.callsInCaches, action.kind == .signalling || action.kind == .message {
                prefetch(behind: place, actions, batch.messages)
            }
            switch action.kind {
            case .media, .related, .besideRTP, .signalling:
                if action.packet & Action.extraBit == 0 {
                    let packet = packets[Int(action.packet)]
                    receive(
                        action, packet, firstPosition &+ UInt64(action.packet), all.extracting(packet.range), floor)
                } else {
                    receiveLate(action, batch)
                }
            case .end:
                end(action, batch.ends[Int(action.value)])
                if finished.count >= Worker.finishedAtOnce { return place }
            default:
                carryOut(action, batch)
            }
        }
    }

    /// Asks for the calls of the actions to come: each is hundreds of bytes that no cache holds where there are many. Mutating
    /// only not to be compiled to a copy of the worker.
    @inline(__always)
    private mutating func prefetch(behind place: Int, _ actions: [Action], _ messages: [TrackedMessage]) {
        if place + 8 < actions.count { Prefetch.element(Int(actions[place + 8].call), of: slots) }
        if place + 2 < actions.count, actions[place + 2].worker == index, actions[place + 2].kind == .message {
            prefetchFormats(actions[place + 2].call)
        }
        guard place + 4 < actions.count, actions[place + 4].worker == index else { return }
        if actions[place + 4].kind == .message { Prefetch.element(Int(actions[place + 4].value), of: messages) }
        let tracked = Int(actions[place + 4].call)
        if tracked < slots.count { calls.prefetch(Int(slots[tracked])) }
    }

    /// What a session description is compared with, of a call that has been asked for before.
    @inline(__always)
    private mutating func prefetchFormats(_ tracked: UInt32) {
        guard tracked < slots.count, slots[Int(tracked)] >= 0 else { return }
        Prefetch.beginning(of: &calls[Int(slots[Int(tracked)])].formats)
    }

    /// Counts a copy. True if it is to be left out of the file (`--deduplicate`).
    @inline(never)
    private mutating func isLeftOut(_ slot: Int, _ action: Action, _ bytes: Span<UInt8>) -> Bool {
        calls[slot].copies &+= 1
        if deduplicate, action.kind == .media { countStreamCopy(slot, action, bytes) }
        return deduplicate
    }

    @inline(never)
    private mutating func receiveLate(_ action: Action, _ batch: borrowing TrackedBatch) {
        let late = batch.extraPackets[Int(action.packet & ~Action.extraBit)]
        receive(
            action, late.packet, late.position, batch.extraBytes.span.extracting(late.packet.range), batch.pendingFloor)
    }

    /// A packet of one of our calls: figures, and a place in its file.
    @inline(__always)
    private mutating func receive(
        _ action: Action, _ packet: CapturedPacket, _ position: UInt64, _ bytes: Span<UInt8>, _ floor: UInt64
    ) {
        let slot = Int(slots[Int(action.call)])
        let isCopy = action.flags & Action.copyFlag != 0
        if isCopy, isLeftOut(slot, action, bytes) { return }
        calls[slot].count(packet)
        if action.kind == .media {
            receiveMedia(slot, action, packet, bytes, isCopy)
        } else if action.kind == .besideRTP, !isCopy {
            receiveBesideRTP(slot, action, packet, bytes)
        }
        let interface = Int(packet.interface)
        guard let files = calls[slot].files else { return }
        if action.flags & Action.refusedFlag != 0 {
            writer?.refuse(files)
            return
        }
        writer?.append(
            files, kind: action.kind == .signalling ? .signalling : .media,
            linkType: interface < linkTypes.count ? linkTypes[interface] : 1, timestamp: packet.timestamp,
            originalLength: packet.originalLength, position: position, bytes: bytes, pendingFloor: floor)
    }

    private mutating func carryOut(_ action: Action, _ batch: borrowing TrackedBatch) {
        switch action.kind {
        case .begin: begin(action, batch.begins[Int(action.value)])
        case .message: receiveMessage(Int(slots[Int(action.call)]), batch.messages[Int(action.value)], batch)
        case .mediaDatagram:
            receiveDatagram(action.call, batch.mediaDatagrams[Int(action.value)], batch)
        case .select:
            if let files = calls[Int(slots[Int(action.call)])].files { writer?.release(files) }
        case .deselect:
            let slot = Int(slots[Int(action.call)])
            if let files = calls[slot].files { writer?.dropMedia(files) }
            forgetMedia(slot)
        case .end, .media, .related, .besideRTP, .signalling: break
        }
    }

    // MARK: Begin and end

    private mutating func begin(_ action: Action, _ begin: CallBegin) {
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
            // Blank since the last one ended.
            calls[slot].callID = begin.callID
        } else {
            slot = calls.count
            calls.append(WorkerCall(callID: begin.callID))
        }
        if let stem = begin.stem { calls[slot].files = writer?.open(stem: stem, held: begin.isHeld) }
        let tracked = Int(action.call)
        while slots.count <= tracked { slots.append(-1) }
        slots[tracked] = Int32(slot)
    }

    private mutating func end(_ action: Action, _ end: CallEnd) {
        let slot = Int(slots[Int(action.call)])
        // Taken out, so that what the record has in common with it is moved and not copied.
        var call = WorkerCall(callID: [])
        swap(&call, &calls[slot])
        var shared: SharedRecord?
        if end.isUnwanted {
            if let files = call.files { writer?.discard(files) }
        } else {
            var record = CallRecord()
            describe(&call, end, in: &record)
            if let files = call.files { finish(files, in: &record) }
            shared = SharedRecord(consume record)
        }
        finished.append(FinishedCall(sequence: end.sequence, record: shared, worker: index))
        var stream = call.firstStream
        while stream >= 0 { stream = streams.remove(Int(stream)) }
        slots[Int(action.call)] = -1
        free.append(Int32(slot))
    }

    private mutating func finish(_ set: FileSetID, in record: inout CallRecord) {
        guard let files = writer?.finish(set) else { return }
        record.files = files.names
        record.filePacketsMissing = files.packetsLost
        if files.packetsLost > 0 { record.hasPartialMedia = true }
        if files.error != nil { counters.fileErrors &+= 1 }
        if let error = files.error, counters.firstFileError == nil { counters.firstFileError = error }
    }

    /// Live: writes what has waited longer than the flush interval.
    mutating func flush(wallTime: Int64, interval: Int64) {
        writer?.wallTime = wallTime
        writer?.flushAll(olderThan: wallTime - interval)
    }

    mutating func archiveCounters() -> ArchiveCounters { writer?.counters ?? ArchiveCounters() }
}

struct WorkerCounters: Sendable {
    /// RTP packets that got no stream because the call had too many.
    var streamsRefused: UInt64 = 0
    var fileErrors: UInt64 = 0
    var firstFileError: ArchiveError?
    var retransmissions: UInt64 = 0

    mutating func add(_ other: WorkerCounters) {
        streamsRefused &+= other.streamsRefused
        fileErrors &+= other.fileErrors
        if firstFileError == nil { firstFileError = other.firstFileError }
        retransmissions &+= other.retransmissions
    }
}
