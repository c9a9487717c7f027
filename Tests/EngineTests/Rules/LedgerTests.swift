import Calls
import Testing

@testable import Engine

@Suite struct LedgerTests {
    @Test func everyPacketHasOneClassAndOneOwner() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 1, packets: 10)
        let big = Message.request("INVITE", "big", extra: "Subject: " + String(repeating: "x", count: 2000) + "\r\n")
        let fragments = Frame.fragments(
            call.caller, call.callee, Array(big.text.utf8), at: [1480], identification: 7)
        for (index, fragment) in fragments.enumerated() { scenario.add(2 + Double(index) / 10, fragment, in: ["big"]) }
        // Never completed, cut short, and nothing of ours.
        scenario.add(
            3, Frame.fragments(call.caller, call.callee, Array(big.text.utf8), at: [1480], identification: 8)[0])
        scenario.add(4, [1, 2, 3])
        scenario.add(5, Array(Frame.udp(call.caller, call.callee, [1, 2, 3]).prefix(20)))
        scenario.add(6, Frame.udp(call.caller, call.callee, Array("hello".utf8)))
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        let ledger = outcome.summary.ledger
        #expect(ledger.check() == nil)
        #expect(ledger.captured == UInt64(scenario.packets.count))
        #expect(ledger[.rtp] == 20)
        #expect(ledger[.sip] == 5)
        #expect(ledger[.fragment] == 1)
        #expect(ledger[.fragmentIncomplete] == 1)
        #expect(ledger[.malformedLink] == 1)
        #expect(ledger[.malformedIP] == 1)
        #expect(ledger[.notVoIP] == 1)
        #expect(ledger[.inCall] == 26)
    }

    /// The check can fail: a packet that is counted without a class is seen.
    @Test func aPacketWithoutAClassIsCaught() throws {
        var scenario = Scenario()
        Call(id: "c").setUp(&scenario, at: 0)
        var ledger = try scenario.run().summary.ledger
        #expect(ledger.check() == nil)
        ledger.countCaptured()
        let imbalance = try #require(ledger.check())
        #expect(imbalance.captured == imbalance.sumOfClasses + 1)
        ledger.count(.notVoIP)
        #expect(ledger.check() != nil)
        ledger.count(.noCall)
        #expect(ledger.check() == nil)
    }
}
