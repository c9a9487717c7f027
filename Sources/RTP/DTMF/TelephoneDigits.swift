/// A key press in a stream.
public struct TelephoneKey: Equatable, Sendable {
    /// ASCII, see `TelephoneEvent.digit`.
    public var digit: UInt8
    /// When the first packet of it came, nanoseconds since 1970.
    public var time: Int64
    /// RTP timestamp units, as far as its packets told.
    public var duration: UInt64
    /// Hz; 0 when not known.
    public var clockRate: UInt32

    public var durationNanoseconds: Int64? {
        clockRate > 0 ? Int64(min(Double(duration) * 1e9 / Double(clockRate), 9e18)) : nil
    }
}

/// The keys pressed in one stream, in order.
///
/// All packets of an event carry the timestamp of its beginning, and its end is sent three times: a key is a new one when
/// the timestamp has moved on, whether or not an end of the one before was seen. Packets of an earlier event that come
/// late change nothing. Other events than keys are left out.
public struct TelephoneDigits: Equatable, Sendable {
    /// Keys kept per stream; further ones are counted in `refused`.
    public static let digitLimit = 256
    /// Nanoseconds. A timestamp that goes back after so long is that of a sender that began anew, not of a late packet.
    static let newBeginning: Int64 = 2_000_000_000
    /// Nanoseconds. Some senders move the timestamp on with every packet of an event; so close together, and with a
    /// duration that goes on growing, it is one key.
    static let sameKey: Int64 = 100_000_000

    public private(set) var keys: [TelephoneKey] = []
    public private(set) var refused: UInt64 = 0

    private var latest: TelephoneEvent?
    private var timestamp: UInt32 = 0
    private var lastArrival: Int64 = .min
    /// Timestamp units of the segments that the present key has gone through before this one.
    private var earlierSegments: UInt64 = 0

    public init() {}

    /// The keys as text; nil when there were none.
    public var text: String? { keys.isEmpty ? nil : String(decoding: keys.map(\.digit), as: UTF8.self) }

    /// Takes in a packet's payload: usually one event, or several that follow each other (RFC 4733 section 2.5.1.5).
    public mutating func receive(
        payload: Span<UInt8>, timestamp: UInt32, marker: Bool, clockRate: UInt32, at time: Int64
    ) {
        var offset = 0
        var begin = timestamp
        while let event = TelephoneEvent(parsing: payload.extracting(offset...)) {
            receive(event, timestamp: begin, marker: marker && offset == 0, clockRate: clockRate, at: time)
            offset += TelephoneEvent.length
            begin &+= UInt32(event.duration)
        }
    }

    public mutating func receive(
        _ event: TelephoneEvent, timestamp: UInt32, marker: Bool = false, clockRate: UInt32 = 8000, at time: Int64
    ) {
        guard let digit = event.digit else { return }
        let silence = lastArrival == .min ? .max : time &- lastArrival
        lastArrival = time
        if let latest {
            let progress = Int32(bitPattern: timestamp &- self.timestamp)
            if progress < 0, silence < TelephoneDigits.newBeginning { return }
            if progress == 0, event.event == latest.event {
                lengthen(by: event)
                return
            }
            if continues(latest, event, progress, marker: marker) {
                earlierSegments += UInt64(progress.magnitude)
                self.timestamp = timestamp
                self.latest = event
                lengthen(by: event)
                return
            }
            if event.event == latest.event, !latest.isEnd, !marker, silence < TelephoneDigits.sameKey,
                event.duration > latest.duration
            {
                self.timestamp = timestamp
                lengthen(by: event)
                return
            }
        }
        latest = event
        self.timestamp = timestamp
        earlierSegments = 0
        guard keys.count < TelephoneDigits.digitLimit else {
            refused &+= 1
            return
        }
        keys.append(TelephoneKey(digit: digit, time: time, duration: UInt64(event.duration), clockRate: clockRate))
    }

    /// A key held for longer than the duration field lasts goes on in a new segment, which begins where the one before
    /// ended (RFC 4733 section 2.5.1.3). Of that one's packets the last may be missing.
    private func continues(_ latest: TelephoneEvent, _ event: TelephoneEvent, _ progress: Int32, marker: Bool) -> Bool {
        guard event.event == latest.event, !latest.isEnd, !marker, progress > 0 else { return false }
        return progress == Int32(UInt16.max) || progress == Int32(latest.duration)
    }

    private mutating func lengthen(by event: TelephoneEvent) {
        if event.duration > latest?.duration ?? 0 { latest?.duration = event.duration }
        if event.isEnd { latest?.isEnd = true }
        guard refused == 0, let last = keys.indices.last else { return }
        keys[last].duration = max(keys[last].duration, earlierSegments &+ UInt64(event.duration))
    }
}
