import Calls
import Engine
import Testing

@testable import Service

@Suite struct LossWatchTests {
    private func progress(
        kernel: UInt64 = 0, counters: [NamedCount] = [], refused: UInt64 = 0
    ) -> SnifferProgress {
        var ledger = PacketLedger()
        if refused > 0 { ledger.countRefused(by: "max_tcp_buffers", refused) }
        var interface = InterfaceRecord(name: "eth0", state: "capturing")
        interface.kernelDropped = kernel
        return SnifferProgress(
            isRequested: false, packets: 0, bytes: 0, liveCalls: 0, ledger: ledger, counters: counters,
            interfaces: [interface], tcpBytesHeld: 0)
    }

    @Test func whatGrewIsToldOnce() {
        var watch = LossWatch()
        #expect(watch.losses(progress()).isEmpty)
        let first = watch.losses(progress(kernel: 5, counters: [NamedCount("tcp_segments_refused", 2)]))
        #expect(first.map(\.component) == ["capture", "tcp"])
        #expect(first.map(\.count) == [5, 2])
        #expect(first[0].level == .error && first[0].message == "packets dropped by the kernel on eth0")
        #expect(watch.losses(progress(kernel: 5, counters: [NamedCount("tcp_segments_refused", 2)])).isEmpty)
        #expect(watch.losses(progress(kernel: 8)).map(\.count) == [3])
    }

    /// `grep -i "tcp.*error"`, as the runbook has it.
    @Test func theRunbooksWordsAreThere() throws {
        var watch = LossWatch()
        let losses = watch.losses(
            progress(counters: [NamedCount("tcp_holes_given_up", 1)], refused: 4))
        for loss in losses {
            let line = LogLines.text(0, loss.level, loss.component, loss.message, [])
            #expect(line.contains(#/tcp: .*error/#), "\(line)")
        }
        #expect(losses.count == 2)
    }

    /// Counters that do not matter by themselves are left to the summary.
    @Test func normalThingsAreNotTold() {
        var watch = LossWatch()
        #expect(watch.losses(progress(counters: [NamedCount("sip_late", 9), NamedCount("cut", 9)])).isEmpty)
    }
}
