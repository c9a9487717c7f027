import Calls
import Synchronization

/// A call that has ended: its place in the order of records, and the record unless it is not wanted.
struct FinishedCall: Sendable {
    var sequence: UInt64
    var record: SharedRecord?
    /// Who made it.
    var worker: UInt8
}

/// Puts the records of all workers in the one order that the tracker decided, calls by where in the capture they ended, makes
/// their texts and hands them over.
final class RecordSequencer: Sendable {
    private struct State {
        var next: UInt64 = 0
        /// Records that came before their turn; nil is a call that leaves none.
        var waiting: [UInt64: FinishedCall] = [:]
        /// Handed over since the last `giveBack`.
        var done: [FinishedCall] = []
        var summary = SummaryRecord()
    }

    private let state = Mutex(State())
    /// What has been handed over, for each worker, which takes it when it brings more: no more than it had waiting. It frees
    /// itself what it allocated; freed by another thread, both would wait for the allocator's lock, and everybody else for
    /// this one.
    private let returned = Mutex<[[SharedRecord]]>([])
    private let formats: RecordFormats
    private let deliver: @Sendable (OutgoingRecord) -> Void

    init(_ formats: RecordFormats, deliver: @escaping @Sendable (OutgoingRecord) -> Void) {
        self.formats = formats
        self.deliver = deliver
    }

    /// Takes a worker's finished calls. `deliver` runs under the lock, so records are never delivered twice at once.
    func add(_ finished: [FinishedCall]) {
        state.withLock { state in
            for call in finished {
                guard call.sequence == state.next else {
                    state.waiting[call.sequence] = call
                    continue
                }
                hand(call, over: &state)
                while let early = state.waiting.removeValue(forKey: state.next) { hand(early, over: &state) }
            }
        }
    }

    private func hand(_ finished: FinishedCall, over state: inout State) {
        state.next += 1
        guard let shared = finished.record else { return }
        state.summary.countCall(shared.record.state, streams: shared.record.streams.count)
        deliver(OutgoingRecord(shared, formats))
        state.done.append(finished)
    }

    /// Leaves what has been handed over to the workers it came from. To be called when nobody but they may have it.
    func giveBack() {
        let done = state.withLock { state in
            var taken: [FinishedCall] = []
            swap(&taken, &state.done)
            return taken
        }
        returned.withLock { returned in
            for finished in done {
                guard let record = finished.record else { continue }
                let worker = Int(finished.worker)
                while returned.count <= worker { returned.append([]) }
                returned[worker].append(record)
            }
        }
    }

    /// Frees what has been handed over of a worker, which is the one who calls.
    func releaseReturned(of worker: UInt8) {
        let ours = returned.withLock { returned in
            var taken: [SharedRecord] = []
            if Int(worker) < returned.count { swap(&taken, &returned[Int(worker)]) }
            return taken
        }
        // Here they go, behind the lock.
        _ = consume ours
    }

    /// Calls by state and streams so far.
    var summary: SummaryRecord { state.withLock { $0.summary } }
}
