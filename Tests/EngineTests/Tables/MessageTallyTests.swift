import SIP
import Testing

@testable import Engine

/// How many messages of each kind a call has had.
@Suite struct MessageTallyTests {
    private func tally(_ messages: [[UInt8]]) -> MessageTally {
        var tally = MessageTally()
        for bytes in messages {
            var message = SIPMessage()
            #expect(message.read(bytes.span) == .message)
            tally.count(message, bytes.span)
        }
        return tally
    }

    @Test func methodsInTheirOrderAndStatusesAscending() {
        let messages =
            [Message.request("INVITE", "a"), .response(180, "INVITE", "a"), .response(100, "INVITE", "a")]
            + [Message.request("FROB", "a"), .response(200, "INVITE", "a"), .request("ACK", "a")]
            + [
                Message.request("FROB", "a"), .request("KNOB", "a"), .request("INVITE", "a"),
                .response(180, "INVITE", "a"),
            ]
        let counts = tally(messages.map(\.bytes)).counts
        #expect(counts.total == 10)
        #expect(counts.methods.map { "\($0.name) \($0.count)" } == ["INVITE 2", "FROB 2", "ACK 1", "KNOB 1"])
        #expect(counts.statuses.map { "\($0.code) \($0.count)" } == ["100 1", "180 2", "200 1"])
    }

    /// What somebody makes up counts in the total only, from some number on.
    @Test func methodsWithoutEndAreBounded() {
        let counts = tally((0..<300).map { Message.request("M\($0)", "a").bytes }).counts
        #expect(counts.total == 300)
        #expect(counts.methods.count == 256)
    }
}
