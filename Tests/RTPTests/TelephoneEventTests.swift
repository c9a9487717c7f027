import Testing

@testable import RTP

@Suite("Telephone events (RFC 4733)")
struct TelephoneEventTests {
    func parse(_ bytes: [UInt8]) -> TelephoneEvent? { TelephoneEvent(parsing: bytes.span) }

    static let millisecond: Int64 = 1_000_000

    /// One packet of an event, 20 ms after the one before unless said otherwise.
    struct Packet {
        var timestamp: UInt32
        var event: UInt8
        var duration: UInt16
        var isEnd = false
        var marker = false
        var after: Int64 = 20

        init(
            _ timestamp: UInt32, _ event: UInt8, _ duration: UInt16, end: Bool = false, marker: Bool = false,
            after: Int64 = 20
        ) {
            (self.timestamp, self.event, self.duration) = (timestamp, event, duration)
            (isEnd, self.marker, self.after) = (end, marker, after)
        }
    }

    func digits(_ packets: [Packet]) -> TelephoneDigits {
        var digits = TelephoneDigits()
        var time: Int64 = 0
        for packet in packets {
            time += packet.after * Self.millisecond
            let payload = [
                packet.event, packet.isEnd ? 0x8a : 10, UInt8(packet.duration >> 8), UInt8(packet.duration & 255),
            ]
            digits.receive(
                payload: payload.span, timestamp: packet.timestamp, marker: packet.marker, clockRate: 8000, at: time)
        }
        return digits
    }

    func durations(_ packets: [Packet]) -> [UInt64] { digits(packets).keys.map(\.duration) }

    @Test func payload() {
        let event = parse([11, 0x8a, 0x03, 0x20])
        #expect(event?.digit == UInt8(ascii: "#") && event?.isEnd == true)
        #expect(event?.volume == 10 && event?.duration == 800)
        for count in 0..<4 { #expect(parse(Array(repeating: 1, count: count)) == nil) }
        let all = (UInt8(0)...20).compactMap(TelephoneEvent.digit)
        #expect(String(decoding: all, as: UTF8.self) == "0123456789*#ABCD!")
    }

    @Test func eachKeyOnce() {
        #expect(digits([]).text == nil)
        // A press of 100 ms as RFC 4733 section 5.1 shows it: the end three times.
        let press = (1...5).map { Packet(1000, 9, UInt16($0) * 160, marker: $0 == 1) }
        let whole = digits(press + (0..<3).map { _ in Packet(1000, 9, 800, end: true, after: 1) })
        #expect(whole.text == "9")
        #expect(whole.keys.first?.duration == 800 && whole.keys.first?.durationNanoseconds == 100 * Self.millisecond)
        #expect(whole.keys.first?.time == 20 * Self.millisecond)
        let packets = [
            Packet(0, 1, 160), Packet(0, 1, 320), Packet(0, 1, 320, end: true), Packet(1000, 1, 160),
            Packet(2000, 15, 160),
        ]
        #expect(digits(packets).text == "11D")
        #expect(digits([Packet(0xffff_fff0, 10, 160), Packet(500, 0, 160)]).text == "*0")
    }

    /// The end may be all that arrives, or never arrive.
    @Test func lostPackets() {
        #expect(durations([Packet(0, 1, 800, end: true), Packet(4000, 1, 160)]) == [800, 160])
        #expect(digits([Packet(0, 1, 160), Packet(4000, 1, 160), Packet(8000, 1, 160)]).text == "111")
        // A packet that was overtaken by the end takes nothing away.
        #expect(durations([Packet(0, 1, 800, end: true), Packet(0, 1, 640)]) == [800])
        // The late packet of an earlier key, and an event that is no key.
        let late = [Packet(1000, 1, 160), Packet(2000, 2, 160), Packet(1000, 1, 320), Packet(3000, 36, 1)]
        #expect(digits(late).text == "12")
    }

    /// RFC 4733 section 2.5.1.3: a segment lasts 65535 units; the next begins where it ended.
    @Test func aLongKeyIsOne() {
        let held = digits([Packet(0, 5, 65535), Packet(65535, 5, 160), Packet(65535, 5, 320, end: true)])
        #expect(held.text == "5" && held.keys.first?.duration == 65855)
        // The last packet of the first segment is lost.
        #expect(durations([Packet(0, 5, 65440), Packet(65535, 5, 160, end: true)]) == [65695])
        #expect(digits([Packet(0, 5, 65535), Packet(65535, 5, 160, end: true), Packet(70_000, 5, 160)]).text == "55")
        // The same key again at once is another press: the one before had ended, or it begins with a marker.
        #expect(digits([Packet(0, 5, 800, end: true), Packet(800, 5, 160)]).text == "55")
        #expect(digits([Packet(0, 5, 800), Packet(800, 5, 160, marker: true)]).text == "55")
    }

    /// A sender that gives each packet the time it is sent at.
    @Test func movingTimestamps() {
        let packets = (1...5).map { Packet(UInt32($0) * 160, 7, UInt16($0) * 160 + 1, marker: $0 == 1) }
        #expect(digits(packets).text == "7")
        #expect(durations(packets) == [801])
    }

    /// A sender that began anew has a lower timestamp, and keys nevertheless.
    @Test func newTimestamps() {
        #expect(digits([Packet(900_000, 1, 160), Packet(100, 2, 160, after: 3000)]).text == "12")
        #expect(digits([Packet(900_000, 1, 160), Packet(100, 2, 160, after: 1000)]).text == "1")
    }

    /// RFC 4733 section 2.5.1.5: events that follow each other in one packet.
    @Test func severalInOnePacket() {
        var digits = TelephoneDigits()
        let payload: [UInt8] = [1, 0x8a, 0, 160, 2, 0x8a, 0, 240, 3, 10, 0, 80, 99]
        digits.receive(payload: payload.span, timestamp: 5000, marker: true, clockRate: 8000, at: 1)
        #expect(digits.text == "123" && digits.keys.map(\.duration) == [160, 240, 80])
    }

    @Test func bounded() {
        let many = digits((0..<300).map { Packet($0 * 1000, 7, 160) })
        #expect(many.text?.utf8.count == TelephoneDigits.digitLimit && many.refused == 44)
    }
}
