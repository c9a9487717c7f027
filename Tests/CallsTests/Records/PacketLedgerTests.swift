import Testing

@testable import Calls

@Suite("Packet ledger and summary")
struct PacketLedgerTests {
    /// Every class once, two refusals: 15 packets.
    var balanced: PacketLedger {
        var ledger = PacketLedger()
        ledger.countCaptured(15)
        for `class` in PacketClass.allCases { ledger.count(`class`) }
        ledger.countRefused(by: "ip_fragments")
        ledger.countRefused(by: "tcp_buffers")
        ledger.count(.inCall, 10)
        ledger.count(.noCall, 4)
        ledger.count(.notSelected)
        return ledger
    }

    @Test func balance() {
        #expect(PacketLedger().check() == nil)
        #expect(balanced.check() == nil)
        #expect(balanced.sumOfClasses == 15 && balanced.sumOfOwnerships == 15)
    }

    @Test func everyImbalanceIsCaught() {
        for `class` in PacketClass.allCases {
            var ledger = balanced
            ledger.count(`class`)
            #expect(ledger.check() == LedgerImbalance(captured: 15, sumOfClasses: 16, sumOfOwnerships: 15))
        }
        for ownership in PacketOwnership.allCases {
            var ledger = balanced
            ledger.count(ownership)
            #expect(ledger.check() == LedgerImbalance(captured: 15, sumOfClasses: 15, sumOfOwnerships: 16))
        }
        var refused = balanced
        refused.countRefused(by: "tcp_buffers")
        #expect(refused.check()?.sumOfClasses == 16)
        var captured = balanced
        captured.countCaptured()
        #expect(captured.check()?.captured == 16)
    }

    @Test func dropsAreBeside() {
        var ledger = balanced
        ledger.kernelDropped = 100
        ledger.interfaceDropped = 7
        #expect(ledger.check() == nil)
    }

    @Test func moveKeepsTheSum() {
        var ledger = balanced
        ledger.move(from: .fragment, to: .fragmentIncomplete)
        #expect(ledger[.fragment] == 0 && ledger[.fragmentIncomplete] == 2 && ledger.check() == nil)
    }

    @Test func mergeAddsEverything() {
        var ledger = balanced
        ledger.kernelDropped = 1
        ledger.merge(ledger)
        #expect(ledger.captured == 30 && ledger.kernelDropped == 2 && ledger.check() == nil)
        #expect(ledger.refused == [NamedCount("ip_fragments", 2), NamedCount("tcp_buffers", 2)])
        for `class` in PacketClass.allCases { #expect(ledger[`class`] == 2) }
    }

    @Test func refusalsBeyondTheNamesStayInTheSum() {
        var ledger = PacketLedger()
        for index in 0..<100 { ledger.countRefused(by: "limit \(index)") }
        #expect(ledger.refused.count == PacketLedger.refusedLimitCount && ledger.sumOfClasses == 100)
    }

    var summary: SummaryRecord {
        var summary = SummaryRecord()
        summary.ledger = balanced
        summary.countCall(CallRecord.sample.state, streams: CallRecord.sample.streams.count)
        var failed = CallRecord()
        failed.state = .failed
        summary.countCall(failed.state, streams: failed.streams.count)
        summary.callIDs = 3
        summary.sipMessages = CallRecord.sample.sipMessages
        summary.sipMessages.count(transport: "udp", times: 7)
        summary.counters = [NamedCount("sip_late", 0), NamedCount("cut", 2)]
        return summary
    }

    @Test func summaryLine() {
        #expect(
            text { JSONLines.append(summary, to: &$0) }
                == [
                    #"{"type":"summary","captured":15,"ledger":{"sip":1,"sip_transport":1,"tcp_unresolved":1,"rtp":1,"#,
                    #""rtcp":1,"other_voip":1,"not_voip":1,"fragment":1,"fragment_incomplete":1,"#,
                    #""malformed":{"link":1,"ip":1,"transport":1},"queue_dropped":1,"#,
                    #""refused":{"ip_fragments":1,"tcp_buffers":1}},"#,
                    #""ownership":{"in_call":10,"no_call":4,"not_selected":1},"calls":2,"#,
                    #""calls_by_state":{"ended":1,"failed":1},"call_ids":3,"#,
                    #""sip_messages":{"total":7,"methods":{"INVITE":1,"ACK":1,"BYE":1},"#,
                    #""statuses":{"100":1,"180":1,"200":2},"transports":{"udp":7}},"sip_retransmissions":0,"copies":0,"#,
                    #""rtp_streams":1,"bytes":0,"first_packet_time":null,"last_packet_time":null,"#,
                    #""dropped":{"kernel":0,"interface":0},"counters":{"sip_late":0,"cut":2}}"#, "\n",
                ].joined())
    }

    @Test func summaryText() {
        let shown = text { SummaryText.append(summary, to: &$0) }
        #expect(shown.contains("calls         2 (ended 1, failed 1)\n"))
        #expect(shown.contains("sip messages  7 (INVITE 1, ACK 1, BYE 1, 100 1, 180 1, 200 2)\n"))
        #expect(shown.contains("counters      cut 2\n"))
        #expect(shown.contains("  sip                       1\n"))
        #expect(shown.contains("  in_call                  10\n"))
        #expect(shown.hasSuffix("captured 15 = sum of classes 15\n"))
        var wrong = summary
        wrong.ledger.countCaptured()
        let imbalance = text { SummaryText.append(wrong, to: &$0) }
        #expect(imbalance.hasSuffix("captured 16 != sum of classes 15\ncaptured 16 != sum of owners 15\n"))
    }

    @Test func hostileMethodsDoNotReachTheTerminal() {
        var summary = SummaryRecord()
        for hostile in hostileTexts { summary.sipMessages.count(method: hostile) }
        let shown = text { SummaryText.append(summary, to: &$0) }
        #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test func messageCountsAreBounded() {
        var counts = MessageCounts()
        for index in 0..<1000 {
            counts.count(method: "M\(index)")
            counts.count(status: UInt16(1000 - index))
        }
        #expect(counts.total == 2000)
        #expect(counts.methods.count == MessageCounts.distinctLimit)
        #expect(counts.statuses.count == MessageCounts.distinctLimit)
        #expect(counts.statuses.map(\.code) == counts.statuses.map(\.code).sorted())
    }
}
