/// A named telephone event (RFC 4733 section 2.3): one packet of a key press.
public struct TelephoneEvent: Equatable, Sendable {
    /// Bytes of one event in a payload.
    public static let length = 4

    public var event: UInt8
    public var isEnd: Bool
    /// Power in dBm0 without its sign, 0...63.
    public var volume: UInt8
    /// In RTP timestamp units since the event's beginning.
    public var duration: UInt16

    /// Reads the first event of an RTP payload; nil when it is shorter than four bytes.
    public init?(parsing payload: Span<UInt8>) {
        guard payload.count >= TelephoneEvent.length else { return nil }
        event = payload[0]
        isEnd = payload[1] & 0x80 != 0
        volume = payload[1] & 0x3f
        duration = UInt16(payload[2]) << 8 | UInt16(payload[3])
    }

    /// The key's ASCII character (RFC 4733 section 3.2), `!` for a flash; nil for other events.
    public var digit: UInt8? { TelephoneEvent.digit(of: event) }

    public static func digit(of event: UInt8) -> UInt8? {
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
