/// A named telephone event (RFC 4733 section 2.3): one packet of a key press.
public struct TelephoneEvent: Equatable, Sendable {
    public var event: UInt8
    public var isEnd: Bool
    /// Power in dBm0 without its sign, 0...63.
    public var volume: UInt8
    /// In RTP timestamp units since the event's beginning.
    public var duration: UInt16

    /// Reads the first event of an RTP payload; nil when it is shorter than four bytes.
    public init?(parsing payload: Span<UInt8>) {
        guard payload.count >= 4 else { return nil }
        event = payload[0]
        isEnd = payload[1] & 0x80 != 0
        volume = payload[1] & 0x3f
        duration = UInt16(payload[2]) << 8 | UInt16(payload[3])
    }

    /// The key's ASCII character (RFC 4733 section 3.2), `!` for a flash; nil for other events.
    public var digit: UInt8? {
        switch event {
        case 0...9: UInt8(ascii: "0") + event
        case 10: UInt8(ascii: "*")
        case 11: UInt8(ascii: "#")
        case 12...15: UInt8(ascii: "A") + event - 12
        case 16: UInt8(ascii: "!")
        default: nil
        }
    }
}

/// The keys pressed in one stream, in order.
///
/// All packets of an event carry the timestamp of its beginning, and its end is sent three times: a key is a new one when
/// the timestamp has moved on. Packets of an earlier event that come late change nothing.
public struct TelephoneDigits: Equatable, Sendable {
    /// Keys kept per stream; further ones are counted in `refused`.
    public static let digitLimit = 256

    private var digits: [UInt8] = []
    private var timestamp: UInt32 = 0
    private var latest: TelephoneEvent?
    public private(set) var refused: UInt64 = 0

    public init() {}

    /// The keys as text; nil when there were none.
    public var text: String? { digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self) }

    public mutating func receive(_ event: TelephoneEvent, timestamp: UInt32) {
        guard let digit = event.digit else { return }
        if let latest {
            let progress = Int32(bitPattern: timestamp &- self.timestamp)
            guard progress > 0 else {
                if progress == 0 { self.latest = event }
                return
            }
            // A key held for longer than the duration field lasts goes on in a new segment (RFC 4733 section 2.5.1.3).
            let isContinued =
                event.event == latest.event && latest.duration == .max && progress == Int32(latest.duration)
            self.latest = event
            self.timestamp = timestamp
            if isContinued { return }
        }
        latest = event
        self.timestamp = timestamp
        if digits.count < TelephoneDigits.digitLimit { digits.append(digit) } else { refused &+= 1 }
    }
}
