/// The figures of one RTP stream (SSRC, source, destination), from its packets in capture order.
///
/// Written out as the definitions read, apart from any engine: sets and plain loops where an engine would be clever.
public final class StreamFigures {
    /// One packet as it arrived. `number` is the sender's own count, so it never wraps.
    struct Arrival {
        var time: UInt64
        var number: Int
        var timestamp: UInt32
        var payloadType: UInt8
        var marker: Bool
        var udpPayloadLength: Int
        var isEvent: Bool
        var isComfortNoise: Bool
        /// As in `RTPSender.Packet`.
        var event: UInt32 = 0
    }

    let ssrc: UInt32
    let source: Endpoint
    let destination: Endpoint
    let codec: Codec
    /// Whether telephone-event was negotiated.
    let hasEvents: Bool
    var reports = ReportTruth()
    /// Keys of which a packet came, by the timestamp of their beginning.
    private var keys: [(timestamp: UInt32, digit: UInt8)] = []
    private var comfortNoise = 0

    private(set) var packets = 0
    private(set) var bytes = 0
    private(set) var duplicates = 0
    private(set) var outOfOrder = 0
    var copies = 0
    private(set) var payloadTypes: [UInt8] = []
    private var lowest = Int.max
    private var highest = Int.min
    private var seen = NumberSet()
    private(set) var distinct = 0
    private(set) var firstTime: UInt64 = 0
    private(set) var lastTime: UInt64 = 0
    private(set) var largestGap: UInt64 = 0
    private var referenceTime: UInt64 = 0
    private var referenceTimestamp: UInt32 = 0
    private var hasReference = false
    private var previousWasComfortNoise = false
    private var jitter = 0.0
    private var jitterSum = 0.0
    private var jitterCount = 0
    private var jitterMax = 0.0

    init(ssrc: UInt32, source: Endpoint, destination: Endpoint, codec: Codec, hasEvents: Bool = false) {
        (self.ssrc, self.source, self.destination, self.codec) = (ssrc, source, destination, codec)
        self.hasEvents = hasEvents
    }

    /// Expected minus received, so far.
    var missing: Int { packets == 0 ? 0 : highest - lowest + 1 - packets }

    func arrive(_ packet: Arrival) {
        packets += 1
        bytes += packet.udpPayloadLength
        if !payloadTypes.contains(packet.payloadType) { payloadTypes.append(packet.payloadType) }
        if !seen.insert(packet.number) {
            duplicates += 1
        } else {
            distinct += 1
            if packets > 1, packet.number < highest { outOfOrder += 1 }
        }
        if packet.isComfortNoise { comfortNoise += 1 }
        if packet.isEvent, !keys.contains(where: { $0.timestamp == packet.timestamp }) {
            keys.append((packet.timestamp, UInt8(ascii: "0") + UInt8(packet.event >> 24)))
        }
        lowest = min(lowest, packet.number)
        highest = max(highest, packet.number)
        if packets == 1 {
            firstTime = packet.time
        } else {
            largestGap = max(largestGap, packet.time - lastTime)
            updateJitter(packet)
        }
        lastTime = packet.time
        previousWasComfortNoise = packet.isComfortNoise
        // The packets of an event all carry the time of its beginning: speech is compared with speech.
        guard !packet.isEvent else { return }
        referenceTime = packet.time
        referenceTimestamp = packet.timestamp
        hasReference = true
    }

    /// RFC 3550 appendix A.8, in milliseconds.
    private func updateJitter(_ packet: Arrival) {
        guard !packet.isEvent, hasReference else { return }
        let arrived = Double(packet.time - referenceTime) / 1e6
        let ticks = Int32(bitPattern: packet.timestamp &- referenceTimestamp)
        let sent = Double(ticks) * 1000 / Double(codec.clockRate)
        jitter += (abs(arrived - sent) - jitter) / 16
        guard !packet.marker, !packet.isComfortNoise, !previousWasComfortNoise else { return }
        jitterSum += jitter
        jitterCount += 1
        jitterMax = max(jitterMax, jitter)
    }

    func write(to json: inout JSONText) {
        let expected = highest - lowest + 1
        json.open("{")
        json.key("ssrc")
        var text = Array("0x".utf8)
        text.append(hex: UInt64(ssrc), digits: 8)
        json.string(String(decoding: text, as: UTF8.self))
        json.key("source")
        json.string(source.text)
        json.key("destination")
        json.string(destination.text)
        json.key("payload_types")
        json.open("[")
        for type in payloadTypes { json.number(type) }
        json.close("]")
        json.key("codec")
        json.string(codec.name)
        for (name, value) in [
            ("clock_rate_hz", codec.clockRate), ("packets", packets), ("bytes", bytes), ("expected_packets", expected),
            ("lost_packets", expected - distinct), ("rfc3550_lost", expected - packets), ("duplicates", duplicates),
            ("out_of_order", outOfOrder), ("copies", copies),
        ] {
            json.key(name)
            json.number(value)
        }
        json.key("loss_percent")
        json.number(Double(expected - distinct) * 100 / Double(expected))
        if jitterCount > 0 {
            json.key("jitter_mean_ms")
            json.number(jitterSum / Double(jitterCount))
            json.key("jitter_max_ms")
            json.number(jitterMax)
        }
        json.key("largest_gap_ms")
        json.number(Double(largestGap) / 1e6)
        json.key("first_packet_time")
        json.time(firstTime)
        json.key("last_packet_time")
        json.time(lastTime)
        json.key("dtmf")
        if hasEvents { json.string(String(decoding: keys.map(\.digit), as: UTF8.self)) } else { json.null() }
        json.key("comfort_noise_packets")
        json.number(comfortNoise)
        reports.write(to: &json)
        json.close("}")
    }
}

/// A set of small non-negative numbers, one bit each.
struct NumberSet {
    private var words: [UInt64] = []

    /// False when the number was there already.
    mutating func insert(_ number: Int) -> Bool {
        let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
        while words.count <= word { words.append(0) }
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        return true
    }
}
