import Calls
import Testing

@testable import Engine

/// SIP that is not as it should be, and counts all the same.
@Suite struct OddSignallingTests {
    private let caller = Peer("198.18.0.1", 5060)
    private let callee = Peer("198.18.0.2", 5060)

    /// A method nobody knows with the CSeq of an INVITE: the responses belong to the same record.
    @Test func anUnknownMethodIsRoutedByItsCSeq() throws {
        var scenario = Scenario()
        scenario.sip(0, .request("INVITE1", "odd", cseqMethod: "INVITE"), caller, callee)
        scenario.sip(0.1, .response(501, "INVITE", "odd"), callee, caller)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.record("odd")?.sipMessages.total == 2)
        #expect(outcome.record("odd")?.sipMessages.methods.map(\.name) == ["INVITE1"])
    }

    /// No window reaches that sequence number, and a message begins there: another connection on the same ports, whose SYN
    /// was not captured.
    @Test(arguments: [UInt32(1) << 30, 3 << 30]) func aFarSequenceNumberBeginsAConnection(_ distance: UInt32) throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("one")), in: ["one"])
        side.sequence &+= distance
        scenario.add(1, side.segment(TCPSide.invite("two").prefix(100)), in: ["two"])
        scenario.add(1.1, side.segment(TCPSide.invite("two").dropFirst(100)), in: ["two"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.summary.ledger.check() == nil)
    }

    /// Of a message whose Content-Length is none its header section is read, and the next message is found.
    @Test(arguments: ["-1", "none", "99999999"]) func aLengthThatLiesCostsOnlyTheBody(_ length: String) throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        let text = String(decoding: TCPSide.invite("liar"), as: UTF8.self)
        let start = try #require(text.firstRange(of: "Content-Length: "))
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let lying = text[..<start.upperBound] + length + text[end.lowerBound...]
        scenario.add(0.1, side.segment(Array(lying.utf8) + TCPSide.invite("next")), in: ["liar", "next"])
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.records.map(\.callID).sorted() == ["liar", "next"])
    }

    /// A message behind a hole that nobody fills has the time at which it came, not that at which the wait ended.
    @Test func aMessageBehindAHoleHasItsOwnTime() throws {
        var scenario = Scenario()
        var side = TCPSide()
        scenario.add(0, side.opening)
        scenario.add(0.1, side.segment(TCPSide.invite("one")), in: ["one"])
        side.sequence &+= 500
        scenario.add(2, side.segment(TCPSide.invite("two")), in: ["two"])
        scenario.quiet(from: 3, until: 40)
        let outcome = try scenario.runAllWays()
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(Scenario.seconds(outcome.record("two")?.startTime) == 2)
    }

    /// A short snap length leaves the beginning of a datagram that came in fragments: SIP as far as it goes.
    @Test func theFirstFragmentOfACutDatagramIsRead() throws {
        var scenario = Scenario()
        let message = Message.request(
            "INVITE", "cut", sdp: Message.sdp(Peer("198.18.0.1", 10_000)),
            extra: "X-Filler: \(String(repeating: "x", count: 2000))\r\n")
        for (index, fragment) in Frame.fragments(
            caller, callee, Array(message.text.utf8), at: [1480], identification: 7
        )
        .enumerated() {
            scenario.add(Double(index) / 1000, fragment)
        }
        let outcome = try scenario.runAllWays(inputs: [CaptureText.file(scenario.packets, snapLength: 400)])
        #expect(outcome.record("cut")?.sipMessages.total == 1)
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.counter("cut") == 2)
    }
}
