import Calls
import Synchronization

/// What somebody outside wants to know of the calls that are going on, and the way back of the answer.
///
/// Nothing runs for it until it is asked: the tracker's thread looks for a question once a batch, lists the calls, and sends the
/// list through the workers behind that batch, each of which adds what it knows of its own. So the answer is one moment of the
/// capture, as a record is.
public final class LiveQuestion: Sendable {
    public enum Subject: Sendable {
        /// The calls that began last, at most so many, each in short.
        case calls(limit: Int)
        /// All there is of one call.
        case call(id: String)
        /// What the workers have counted.
        case counters
    }

    let subject: Subject
    private let completion: @Sendable (LiveAnswer) -> Void

    /// - Parameter completion: called once, on a worker's thread; not at all when the run ends before.
    public init(_ subject: Subject, completion: @escaping @Sendable (LiveAnswer) -> Void) {
        self.subject = subject
        self.completion = completion
    }

    func complete(_ answer: LiveAnswer) { completion(answer) }
}

public struct LiveAnswer: Sendable {
    /// Calls going on, those left out included.
    public var total = 0
    public var calls: [LiveCall] = []
    /// For `Subject.call`: its record so far.
    public var record: CallRecord?
    /// Of the workers.
    public var counters: [NamedCount] = []
}

/// A call that is going on, in short.
public struct LiveCall: Sendable {
    /// In the order of beginning.
    public var number: UInt64
    public var callID: String
    public var state: CallRecord.State
    public var startTime: Int64
    public var answerTime: Int64?
    public var from: CallRecord.Party
    public var to: CallRecord.Party
    public var packets: UInt64
    public var streams: Int
}

/// A question on its way through the workers, with what the tracker knows.
final class LiveRound: Sendable {
    struct Row: Sendable {
        var number: UInt64
        var slot: Int
        var worker: UInt8
        var end: CallEnd
    }

    private struct State {
        var answer = LiveAnswer()
        var totals = WorkerTotals()
        var pending: Int
    }

    private let question: LiveQuestion
    let rows: [Row]
    private let state: Mutex<State>

    init(_ question: LiveQuestion, _ tracker: borrowing Tracker, workers: Int) {
        self.question = question
        switch question.subject {
        case .calls(let limit): rows = tracker.liveRows(limit: limit)
        case .call(let id): rows = tracker.liveRow(id).map { [$0] } ?? []
        case .counters: rows = []
        }
        var state = State(pending: workers)
        state.answer.total = tracker.calls.count
        self.state = Mutex(state)
    }

    var wantsRecord: Bool { if case .call = question.subject { true } else { false } }

    /// One worker's share; the last one sends the answer.
    func add(_ calls: [LiveCall], _ record: CallRecord?, _ totals: WorkerTotals) {
        let answer: LiveAnswer? = state.withLock { state in
            state.answer.calls += calls
            if let record { state.answer.record = record }
            state.totals.add(totals)
            state.pending -= 1
            guard state.pending == 0 else { return nil }
            state.answer.counters = state.totals.namedCounters
            return state.answer
        }
        if let answer { question.complete(answer) }
    }
}

extension Tracker {
    /// Calls that `-u` leaves out, or has not decided about, are nobody's business.
    private func liveRow(at slot: Int) -> LiveRound.Row? {
        guard calls.calls[slot].isLive, calls.calls[slot].selection == .wanted else { return nil }
        var outcome = calls.calls[slot].life.outcome
        outcome.groupID = groupName(slot)
        return LiveRound.Row(
            number: calls.calls[slot].number, slot: slot, worker: calls.calls[slot].worker,
            end: CallEnd(
                sequence: 0, outcome: outcome, isUnwanted: false, partialMedia: calls.calls[slot].partialMedia))
    }

    fileprivate func liveRow(_ id: String) -> LiveRound.Row? {
        let bytes = Array(id.utf8)
        let span = bytes.span
        let slot = calls.find(span, calls.hashed(span))
        return slot < 0 ? nil : liveRow(at: slot)
    }

    fileprivate func liveRows(limit: Int) -> [LiveRound.Row] {
        var slots: [(number: UInt64, slot: Int)] = []
        slots.reserveCapacity(calls.count)
        for slot in calls.calls.span.indices where calls.calls[slot].isLive {
            slots.append((calls.calls[slot].number, slot))
        }
        slots.sort { $0.number > $1.number }
        return slots.prefix(max(limit, 0)).compactMap { liveRow(at: $0.slot) }
    }
}

extension WorkerBox {
    /// Adds what this worker knows, between two batches.
    func answer(_ round: LiveRound) {
        guard !round.rows.isEmpty else {
            round.add([], nil, totals)
            return
        }
        let (calls, record) = liveCalls(round)
        round.add(calls, record, totals)
    }
}

extension Worker {
    func liveRecord(_ row: LiveRound.Row) -> CallRecord? {
        guard row.slot < slots.count, slots[row.slot] >= 0 else { return nil }
        var call = calls[Int(slots[row.slot])]
        var record = CallRecord()
        describe(&call, row.end, in: &record)
        record.endReason = nil
        return record
    }

    func liveCall(_ row: LiveRound.Row) -> LiveCall? {
        guard row.slot < slots.count, slots[row.slot] >= 0 else { return nil }
        let call = calls[Int(slots[row.slot])]
        var packets = call.packets
        var stream = call.firstStream
        while stream >= 0 {
            packets &+= streams.streams[Int(stream)].plainPackets
            stream = streams.streams[Int(stream)].next
        }
        return LiveCall(
            number: row.number, callID: String(decoding: call.callID, as: UTF8.self),
            state: row.end.outcome.state,
            startTime: row.end.outcome.startTime, answerTime: row.end.outcome.answerTime, from: call.details.from,
            to: call.details.to, packets: packets, streams: call.streamCount)
    }
}
