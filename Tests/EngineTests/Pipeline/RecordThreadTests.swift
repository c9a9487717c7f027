import Calls
import Glibc
import Synchronization
import Testing

@testable import Engine

@Suite struct RecordThreadTests {
    private final class Delivered: Sendable {
        let calls = Mutex<[(callID: String, json: [UInt8])]>([])

        var callIDs: [String] { calls.withLock { $0.map(\.callID) } }
    }

    private func records(
        _ delivered: Delivered, json: Bool, isNeeded: Bool, each: @escaping @Sendable () -> Void = {}
    ) -> (RecordThread, RecordSequencer) {
        let sequencer = RecordSequencer(RecordFormats(json: json, line: .none)) { outgoing in
            each()
            delivered.calls.withLock { $0.append((outgoing.record.callID, outgoing.json)) }
        }
        return (RecordThread(sequencer, isNeeded: isNeeded), sequencer)
    }

    /// Every fifth call is not wanted.
    private func finished(_ sequence: Int, by worker: Int) -> FinishedCall {
        var record = CallRecord()
        record.callID = "call \(sequence)"
        return FinishedCall(
            sequence: UInt64(sequence), record: sequence % 5 == 0 ? nil : SharedRecord(record), worker: UInt8(worker))
    }

    /// Three workers bring their calls one after the other, each all of its own, so that most have to wait for their turn.
    @Test(arguments: [false, true]) func oneOrderWhoeverComesFirst(isNeeded: Bool) {
        let delivered = Delivered()
        let (records, sequencer) = records(delivered, json: true, isNeeded: isNeeded)
        for worker in 0..<3 {
            for first in stride(from: worker, to: 300, by: 30) {
                records.add(stride(from: first, to: first + 30, by: 3).map { finished($0, by: worker) })
            }
        }
        records.finish()
        #expect(delivered.callIDs == (0..<300).filter { $0 % 5 != 0 }.map { "call \($0)" })
        #expect(sequencer.summary.calls == 240)
        delivered.calls.withLock { calls in
            for call in calls { #expect(String(decoding: call.json, as: UTF8.self).contains(call.callID)) }
        }
    }

    private final class Gate: Sendable {}
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    /// Who takes records slowly is waited for: no more of them wait than the queue holds, and none is lost.
    @Test func theQueueIsBounded() {
        let delivered = Delivered()
        let gate = BoundedQueue<Gate>(capacity: 1)
        let (records, _) = records(delivered, json: false, isNeeded: true) { _ = gate.pop() }
        let all = 5 * RecordThread.queueDepth
        let brought = Count()
        let worker = DedicatedThread {
            for number in 0..<all {
                records.add([FinishedCall(sequence: UInt64(number), record: SharedRecord(CallRecord()), worker: 0)])
                brought.value.add(1, ordering: .relaxed)
            }
        }
        // One is at the gate, the others wait in the queue.
        let most = RecordThread.queueDepth + 1
        for _ in 0..<20_000 where brought.value.load(ordering: .relaxed) < most { usleep(1000) }
        #expect(brought.value.load(ordering: .relaxed) == most)
        #expect(records.depth == RecordThread.queueDepth)
        #expect(delivered.callIDs.isEmpty)
        gate.close()
        worker.join()
        records.finish()
        #expect(delivered.callIDs.count == all)
    }
}
