import TestSupport

@testable import RTP
@testable import SIP

extension FuzzTarget {
    /// Key presses: the body of an INFO request, or payloads of telephone events, each behind its length and its times.
    static func dtmf(_ input: [UInt8]) {
        var numbers = Numbers(input)
        guard numbers.byte() & 1 == 1 else {
            let body = numbers.rest()
            if let relay = DTMFRelay(body.span) {
                require("0123456789*#ABCD!".utf8.contains(relay.digit), "no key: \(relay.digit)")
            }
            return
        }
        var digits = TelephoneDigits()
        var time: Int64 = 0
        var timestamp: UInt32 = 0
        while !numbers.isAtEnd {
            let kind = numbers.byte()
            time &+= Int64(numbers.byte()) << 24
            timestamp &+= UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: numbers.word())))
            let payload = (0..<Int(kind & 15)).map { _ in numbers.byte() }
            let before = digits.keys.count
            digits.receive(
                payload: payload.span, timestamp: timestamp, marker: kind & 16 != 0,
                clockRate: kind & 32 != 0 ? 8000 : kind & 64 != 0 ? 48_000 : 0, at: time)
            require(digits.keys.count - before <= payload.count / TelephoneEvent.length, "more keys than events")
            require(digits.keys.count <= TelephoneDigits.digitLimit, "more keys than the limit")
        }
        for key in digits.keys { require(key.durationNanoseconds ?? 0 >= 0, "a negative duration") }
        require(digits.text?.utf8.count ?? 0 == digits.keys.count, "text of another length")
    }
}
