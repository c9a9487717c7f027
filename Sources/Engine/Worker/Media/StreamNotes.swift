import PacketDecoding
import RTP

/// What is kept of a stream beside its figures, once there is something: cold, and apart from what each packet touches.
struct StreamNotes {
    /// The worker's slot of the stream.
    var stream: Int32
    var reports: StreamReports?
    var digits = TelephoneDigits()
    /// Telephone events came that could be read.
    var hasEvents = false
    var comfortNoisePackets: UInt64 = 0
    var silences: UInt64 = 0
    /// Nanoseconds.
    var silence: Int64 = 0
    /// Packets before the answer.
    var earlyPackets: UInt64 = 0

    init(stream: Int32) { self.stream = stream }

    mutating func note(_ silence: Silence) {
        if silence.begins { silences &+= 1 }
        self.silence &+= silence.length
    }
}

/// Round trips of a participant who sends no media: by its reference times and their answers (RFC 3611).
struct ReferenceTrip {
    /// Who sent the reference time, and to whom.
    var ssrc: UInt32
    var asker: Endpoint
    var responder: Endpoint
    var trip = RoundTrip()
}

/// T.38 from one endpoint to another.
struct FaxStream {
    var source: Endpoint
    var destination: Endpoint
    var statistics = StreamStatistics()
}
