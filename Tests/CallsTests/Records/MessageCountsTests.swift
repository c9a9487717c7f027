import SIP
import Testing

@testable import Calls

@Suite struct MessageCountsTests {
    /// Of a request line's method, or a status line's code.
    private func counts(_ kinds: [String]) -> MessageCounts {
        var counts = MessageCounts()
        for kind in kinds {
            let line = kind.first?.isNumber == true ? "SIP/2.0 \(kind) Text" : "\(kind) sip:b@b.example SIP/2.0"
            let bytes = Array("\(line)\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n\r\n".utf8)
            var message = SIPMessage()
            #expect(message.read(bytes.span) == .message)
            counts.count(message, bytes.span)
        }
        return counts
    }

    @Test func methodsInTheirOrderAndStatusesAscending() {
        let counts = counts(["INVITE", "180", "100", "FROB", "200", "ACK", "FROB", "KNOB", "INVITE", "180"])
        #expect(counts.total == 10)
        #expect(counts.methods.map { "\($0.name) \($0.count)" } == ["INVITE 2", "FROB 2", "ACK 1", "KNOB 1"])
        #expect(counts.statuses.map { "\($0.code) \($0.count)" } == ["100 1", "180 2", "200 1"])
    }

    /// A summary knows methods by their names, and counts for longer.
    @Test func namesAreTheMethodsTheySpell() {
        var named = MessageCounts()
        for (name, times) in [("INVITE", 2), ("FROB", 1 << 40), ("ACK", 1)] {
            named.count(method: name, times: UInt64(times))
        }
        named.count(method: .invite, times: 1 << 40)
        #expect(named.total == 1 << 41 + 3)
        #expect(
            named.methods
                == [NamedCount("INVITE", 1 << 40 + 2), NamedCount("FROB", 1 << 40), NamedCount("ACK", 1)])
        #expect(named != counts(["INVITE", "FROB", "ACK"]))
        #expect(counts(["INVITE", "200"]) == counts(["INVITE", "200"]))
    }

    /// What somebody makes up counts in the total only, from some number on.
    @Test func methodsWithoutEndAreBounded() {
        let counts = counts((0..<300).map { "M\($0)" } + ["200", "M0"])
        #expect(counts.total == 302)
        #expect(counts.methods.count == 256 && counts.methods[0].count == 2)
        #expect(counts.statuses.map(\.code) == [200])
    }
}
