import Calls

/// The key presses of a call, from all its streams and from INFO.
enum CallDTMF {
    /// Nanoseconds between the same key press on two legs through a relay.
    static let relayDelay: Int64 = 500_000_000

    /// In order of time. A relay hands telephone events on, so that they come in two streams: a press of the same key by
    /// the same side that another stream has shown already is left out, one for one.
    static func merged(_ streams: [StreamRecord], _ signals: [DTMFRecord]) -> [DTMFRecord] {
        var events: [(event: DTMFRecord, stream: Int)] = []
        for number in streams.indices {
            for event in streams[number].media.dtmfEvents { events.append((event, number)) }
        }
        guard !events.isEmpty || !signals.isEmpty else { return [] }
        events.sort { ($0.event.time, $0.stream) < ($1.event.time, $1.stream) }
        var merged: [DTMFRecord] = []
        /// Streams that have shown each of `merged`.
        var shownBy: [[Int]] = []
        for (event, stream) in events {
            var known: Int?
            for place in merged.indices.reversed() {
                guard event.time &- merged[place].time <= relayDelay else { break }
                if merged[place].digit == event.digit, merged[place].by == event.by, !shownBy[place].contains(stream) {
                    known = place
                }
            }
            if let known {
                shownBy[known].append(stream)
            } else {
                merged.append(event)
                shownBy.append([stream])
            }
        }
        merged += signals
        return merged.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}
