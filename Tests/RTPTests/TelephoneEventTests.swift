import Testing

@testable import RTP

@Suite("Telephone events (RFC 4733)")
struct TelephoneEventTests {
    func parse(_ bytes: [UInt8]) -> TelephoneEvent? { TelephoneEvent(parsing: bytes.span) }

    func digits(_ events: [(timestamp: UInt32, event: UInt8, duration: UInt16)]) -> TelephoneDigits {
        var digits = TelephoneDigits()
        for event in events {
            let payload = [event.event, 10, UInt8(event.duration >> 8), UInt8(event.duration & 255)]
            if let parsed = parse(payload) { digits.receive(parsed, timestamp: event.timestamp) }
        }
        return digits
    }

    @Test func payload() {
        let event = parse([11, 0x8a, 0x03, 0x20])
        #expect(event?.digit == UInt8(ascii: "#") && event?.isEnd == true)
        #expect(event?.volume == 10 && event?.duration == 800)
        for count in 0..<4 { #expect(parse(Array(repeating: 1, count: count)) == nil) }
    }

    @Test func eachKeyOnce() {
        #expect(digits([]).text == nil)
        #expect(digits([(0, 1, 160), (0, 1, 320), (0, 1, 320), (1000, 1, 160), (2000, 15, 160)]).text == "11D")
        // The late packet of an earlier key, and an event that is no key.
        #expect(digits([(1000, 1, 160), (2000, 2, 160), (1000, 1, 320), (3000, 36, 1)]).text == "12")
        #expect(digits([(0xffff_fff0, 10, 160), (500, 0, 160)]).text == "*0")
    }

    @Test func aLongKeyIsOne() {
        #expect(digits([(0, 5, 65535), (65535, 5, 160), (70_000, 5, 160)]).text == "55")
    }

    @Test func bounded() {
        let many = digits((0..<300).map { ($0 * 1000, 7, 160) })
        #expect(many.text?.utf8.count == TelephoneDigits.digitLimit && many.refused == 44)
    }
}

@Suite("Static payload types (RFC 3551)")
struct StaticPayloadTypeTests {
    @Test func tableIsWhole() {
        let assigned = (UInt8(0)...127).filter { StaticPayloadType($0) != nil }
        #expect(assigned == [0] + Array(3...18) + [25, 26, 28, 31, 32, 33, 34])
        #expect(assigned == (UInt8(0)...127).filter { StaticPayloadType.clockRate(of: $0) != nil })
        #expect(StaticPayloadType(9)?.clockRate == 8000 && StaticPayloadType(10)?.channels == 2)
    }
}
