/// Where workers leave the calls that have ended. If records are to become text, that is done on a thread of its own: it is a
/// quarter of a worker's instructions where calls are short, and no packet need wait for it.
final class RecordThread: Sendable {
    private final class Calls: Sendable {
        let finished: [FinishedCall]
        init(_ finished: [FinishedCall]) { self.finished = finished }
    }

    private let sequencer: RecordSequencer
    private let queue: BoundedQueue<Calls>?
    private let thread: DedicatedThread?

    /// Lists that may wait, each of `Worker.finishedAtOnce` calls at most.
    static let queueDepth = 4

    init(_ sequencer: RecordSequencer, isNeeded: Bool) {
        self.sequencer = sequencer
        guard isNeeded else {
            (queue, thread) = (nil, nil)
            return
        }
        let queue = BoundedQueue<Calls>(capacity: RecordThread.queueDepth)
        self.queue = queue
        thread = DedicatedThread {
            while RecordThread.take(queue, sequencer) { sequencer.giveBack() }
        }
    }

    /// Hands a list over, and has let go of it on return. False when there will be none.
    private static func take(_ queue: BoundedQueue<Calls>, _ sequencer: RecordSequencer) -> Bool {
        guard case .element(let calls) = queue.pop() else { return false }
        sequencer.add(calls.finished)
        return true
    }

    /// Takes a worker's finished calls, on its thread.
    func add(_ finished: [FinishedCall]) {
        guard let first = finished.first else { return }
        if let queue {
            queue.push(Calls(finished))
        } else {
            sequencer.add(finished)
            sequencer.giveBack()
        }
        sequencer.releaseReturned(of: first.worker)
    }

    /// Lists that wait.
    var depth: Int { queue?.depth ?? 0 }

    /// Waits until every record has been handed over.
    func finish() {
        queue?.close()
        thread?.join()
    }
}
