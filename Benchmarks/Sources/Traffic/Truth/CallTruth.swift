/// A time that is known exactly, or to lie between two packets: a message that came in several packets may be dated
/// by its first or by the one that completed it, a hang-up by its request or by the answer.
public struct TimeWindow: Sendable {
    public var earliest: UInt64
    public var latest: UInt64

    public init(_ earliest: UInt64, _ latest: UInt64) { (self.earliest, self.latest) = (earliest, latest) }
}

/// What the record and the file of one call must say.
public final class CallTruth {
    public let callID: String
    public let className: String
    public let transport: SIPTransport
    public var fromUser = ""
    public var fromTag = ""
    public var toUser = ""
    public var toTag: String?
    public var state: String?
    public var endReason: String?
    public var hangupBy: String?
    public var statusCode: Int?
    public var codecs: [Codec]?
    /// Until when packets must go on for the call to end as stated, beyond its own last packet.
    public var settledAt: UInt64 = 0
    public var copies = 0
    /// Streams that sent nothing are left out of the record.
    public var streams: [StreamFigures] = []
    public var openSources = 0
    /// Sides (`caller`, `callee`) heard before the answer, heard after it, and not heard although they could have been;
    /// nil where the class has nothing to say about it.
    public var early: [String]?
    public var heard: [String]?
    public var unheard: [String]?
    public var holds: [(by: String, start: TimeWindow, end: TimeWindow?)]?
    /// What the call's packets travel in, and what their copies do.
    public var tunnel: TunnelPlan?
    public var copyTunnel: TunnelPlan?

    public var start: TimeWindow?
    public var ringing: TimeWindow?
    public var progress: TimeWindow?
    public var answer: TimeWindow?
    public var end: TimeWindow?
    private var messages = MessageCounts()
    private var retransmissions = 0
    private var signalling: [Endpoint] = []

    private var digest = PacketDigest()
    private var packets = 0
    private var bytes = 0
    private var numbers: [Int] = []

    public init(callID: String, className: String, transport: SIPTransport) {
        (self.callID, self.className, self.transport) = (callID, className, transport)
    }

    @inline(__always)
    func enter(at time: UInt64, _ packet: UnsafeRawBufferPointer, number: Int?) {
        packets += 1
        bytes += packet.count
        digest.add(nanoseconds: time, originalLength: packet.count, bytes: packet)
        if let number { numbers.append(number) }
    }

    /// A message has been seen completely; `first` is the time of the first packet that carried a byte of it.
    func observe(_ message: MessagePlan, first: UInt64, complete: UInt64, from: Endpoint, to: Endpoint) {
        let facts = SIPMessageFacts(method: message.method, status: message.status, transport: transport)
        messages.count(facts)
        if message.isRetransmission { retransmissions += 1 }
        for endpoint in [from, to] where !signalling.contains(endpoint) { signalling.append(endpoint) }
        if message.marksEnd {
            end = TimeWindow(min(end?.earliest ?? first, first), max(end?.latest ?? 0, complete))
        }
        guard !message.isRetransmission, message.method == .invite else { return }
        let window = TimeWindow(first, complete)
        // On a proxy's next hop the same event is seen again: either sighting may date it.
        func note(_ time: inout TimeWindow?) {
            guard let known = time else {
                time = window
                return
            }
            if message.isRelayed { time = TimeWindow(known.earliest, max(complete, known.latest)) }
        }
        switch message.status {
        case nil: if start == nil { start = window }
        case 180: note(&ringing)
        case 183: note(&progress)
        case 200: note(&answer)
        default: break
        }
    }

    /// - Parameter cut: the capture stops before calls can be seen to end.
    func json(cut: Bool) -> [UInt8] {
        var json = JSONText()
        json.open("{")
        for (key, value) in [("type", "call"), ("class", className), ("call_id", callID)] {
            json.key(key)
            json.string(value)
        }
        if let state { write("state", state, to: &json) }
        if let endReason, !cut { write("end_reason", endReason, to: &json) }
        if let hangupBy { write("hangup_by", hangupBy, to: &json) }
        write("start_time", start, to: &json)
        write("ringing_time", ringing, to: &json)
        write("progress_time", progress, to: &json)
        write("answer_time", answer, to: &json)
        if let end, !cut { write("end_time", end, to: &json) }
        json.key("status_code")
        if let statusCode { json.number(statusCode) } else { json.null() }
        writeParties(to: &json)
        write("transport", transport.rawValue, to: &json)
        json.key("signalling_addresses")
        json.open("[")
        for endpoint in signalling { json.string(endpoint.text) }
        json.close("]")
        messages.write(to: &json)
        for (key, value) in [("sip_retransmissions", retransmissions), ("copies", copies)] {
            json.key(key)
            json.number(value)
        }
        writeMedia(to: &json)
        writeAudio(to: &json)
        json.key("digest")
        json.digest(digest.value)
        if !numbers.isEmpty {
            json.key("packet_numbers")
            json.open("[")
            for number in numbers { json.number(number) }
            json.close("]")
        }
        json.close("}")
        return json.line()
    }

    private func write(_ key: String, _ value: String, to json: inout JSONText) {
        json.key(key)
        json.string(value)
    }

    private func write(_ key: String, _ window: TimeWindow?, to json: inout JSONText) {
        json.key(key)
        guard let window else { return json.null() }
        guard window.earliest < window.latest else { return json.time(window.earliest) }
        json.open("[")
        json.time(window.earliest)
        json.time(window.latest)
        json.close("]")
    }

    private func writeParties(to json: inout JSONText) {
        for (key, user, tag) in [("from", fromUser, fromTag as String?), ("to", toUser, toTag)] {
            json.key(key)
            json.open("{")
            write("user", user, to: &json)
            if let tag { write("tag", tag, to: &json) }
            json.close("}")
        }
    }

    private func writeAudio(to json: inout JSONText) {
        json.key("media")
        json.open("{")
        for (key, sides) in [("early_media_from", early), ("audio_from", heard), ("missing_audio_from", unheard)] {
            guard let sides else { continue }
            json.key(key)
            json.open("[")
            for side in sides { json.string(side) }
            json.close("]")
        }
        if let holds {
            json.key("holds")
            json.open("[")
            for hold in holds {
                json.open("{")
                write("by", hold.by, to: &json)
                write("start_time", hold.start, to: &json)
                write("end_time", hold.end, to: &json)
                json.close("}")
            }
            json.close("]")
        }
        json.close("}")
    }

    private func writeMedia(to json: inout JSONText) {
        if let codecs {
            json.key("codecs")
            json.open("[")
            for codec in codecs { codec.write(to: &json) }
            json.close("]")
        }
        for (key, value) in [("packets", packets), ("bytes", bytes)] {
            json.key(key)
            json.number(value)
        }
        json.key("streams")
        json.open("[")
        for stream in streams where stream.packets > 0 { stream.write(to: &json) }
        json.close("]")
    }
}
