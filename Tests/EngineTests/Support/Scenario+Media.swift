/// RTP and RTCP packets of other forms than plain speech.
extension Scenario {
    /// An RTP packet, every field of its header said.
    mutating func rtp(_ seconds: Double, _ from: Peer, _ to: Peer, _ packet: RTPBytes, in calls: [String]) {
        add(seconds, Frame.udp(from, to, packet.bytes), in: calls)
    }

    /// A key press as RFC 4733 section 5 shows it: packets of 20 ms, the end three times; those in `lost` are left out.
    /// Returns the next sequence number.
    @discardableResult
    mutating func press(
        _ seconds: Double, _ event: UInt8, _ from: Peer, _ to: Peer, sequence: UInt16, timestamp: UInt32, ssrc: UInt32,
        lost: Set<Int> = [], in calls: [String]
    ) -> UInt16 {
        for place in 0..<8 where !lost.contains(place) {
            var packet = RTPBytes(sequence: sequence &+ UInt16(place), timestamp: timestamp, ssrc: ssrc)
            packet.payloadType = 101
            packet.marker = place == 0
            let duration = UInt16(min(place + 1, 6)) * 160
            packet.payload = [event, place >= 5 ? 0x8a : 10, UInt8(duration >> 8), UInt8(duration & 255)]
            rtp(seconds + Double(place) * 0.02, from, to, packet, in: calls)
        }
        return sequence &+ 8
    }

    /// Any datagram on a media port.
    mutating func datagram(_ seconds: Double, _ from: Peer, _ to: Peer, _ bytes: [UInt8], in calls: [String]) {
        add(seconds, Frame.udp(from, to, bytes), in: calls)
    }
}

/// An RTP packet, field by field (RFC 3550 section 5.1).
struct RTPBytes {
    var sequence: UInt16
    var timestamp: UInt32
    var ssrc: UInt32
    var payloadType: UInt8 = 0
    var marker = false
    var sources: [UInt32] = []
    /// Of the header extension, whole words.
    var headerExtension: [UInt8]?
    var payload = [UInt8](repeating: 0xd5, count: 160)
    /// The padding count, and how many bytes of padding there are in truth.
    var padding: (count: UInt8, bytes: Int)?

    init(sequence: UInt16, timestamp: UInt32, ssrc: UInt32) {
        (self.sequence, self.timestamp, self.ssrc) = (sequence, timestamp, ssrc)
    }

    var bytes: [UInt8] {
        let first = 0x80 | (padding == nil ? 0 : 0x20) | (headerExtension == nil ? 0 : 0x10) | UInt8(sources.count)
        var bytes = [first, (marker ? 0x80 : 0) | payloadType] + Frame.big16(sequence)
        bytes += Frame.big32(timestamp) + Frame.big32(ssrc)
        for source in sources { bytes += Frame.big32(source) }
        if let headerExtension {
            bytes += [0xbe, 0xde] + Frame.big16(UInt16(headerExtension.count / 4)) + headerExtension
        }
        bytes += payload
        if let padding {
            bytes += [UInt8](repeating: 0, count: padding.bytes)
            bytes[bytes.count - 1] = padding.count
        }
        return bytes
    }
}

/// RTCP packets as bytes (RFC 3550 section 6).
enum RTCPBytes {
    static func packet(_ type: UInt8, count: Int, _ body: [UInt8]) -> [UInt8] {
        [UInt8(0x80 | count), type] + Frame.big16(UInt16(body.count / 4)) + body
    }

    static func block(
        _ ssrc: UInt32, fraction: UInt8 = 0, lost: Int32 = 0, highest: UInt32 = 0, jitter: UInt32 = 0,
        lastReport: UInt32 = 0, delay: Double = 0
    ) -> [UInt8] {
        Frame.big32(ssrc) + Frame.big32(UInt32(fraction) << 24 | UInt32(bitPattern: lost) & 0xff_ffff)
            + Frame.big32(highest) + Frame.big32(jitter) + Frame.big32(lastReport)
            + Frame.big32(UInt32((delay * 65536).rounded()))
    }

    /// `name` is the middle of its NTP timestamp.
    static func senderReport(
        _ ssrc: UInt32, name: UInt32 = 0, packets: UInt32 = 0, octets: UInt32 = 0, blocks: [[UInt8]] = []
    ) -> [UInt8] {
        let body =
            Frame.big32(ssrc) + Frame.big32(name >> 16 | 0xe000_0000) + Frame.big32(name << 16) + Frame.big32(0)
            + Frame.big32(packets) + Frame.big32(octets) + blocks.flatMap { $0 }
        return packet(200, count: blocks.count, body)
    }

    static func receiverReport(_ ssrc: UInt32, blocks: [[UInt8]]) -> [UInt8] {
        packet(201, count: blocks.count, Frame.big32(ssrc) + blocks.flatMap { $0 })
    }

    static func cname(_ ssrc: UInt32, _ name: String) -> [UInt8] {
        var chunk = Frame.big32(ssrc) + [1, UInt8(name.utf8.count)] + Array(name.utf8)
        repeat { chunk.append(0) } while chunk.count % 4 != 0
        return packet(202, count: 1, chunk)
    }

    static func goodbye(_ ssrc: UInt32) -> [UInt8] { packet(203, count: 1, Frame.big32(ssrc)) }

    static func extended(_ ssrc: UInt32, type: UInt8, _ block: [UInt8]) -> [UInt8] {
        packet(207, count: 0, Frame.big32(ssrc) + [type, 0] + Frame.big16(UInt16(block.count / 4)) + block)
    }
}

/// Session descriptions of other forms than `Message.sdp` makes.
enum SDPBytes {
    static func description(_ address: String, _ lines: [String]) -> String {
        (["v=0", "o=- 1 1 IN IP4 \(address)", "s=-", "c=IN IP4 \(address)", "t=0 0"] + lines).map { $0 + "\r\n" }
            .joined()
    }

    static func withEvents(_ media: Peer, direction: String = "sendrecv") -> String {
        description(
            media.address,
            ["m=audio \(media.port) RTP/AVP 0 13 101", "a=rtpmap:101 telephone-event/8000", "a=\(direction)"])
    }
}

extension Call {
    /// INVITE, 200 with SDP, ACK from `time` on, 100 ms apart.
    func setUp(_ scenario: inout Scenario, at time: Double, offer: String, answer: String) {
        scenario.sip(time, .request("INVITE", id, sdp: offer), caller, callee)
        scenario.sip(time + 0.2, .response(200, "INVITE", id, sdp: answer), callee, caller)
        scenario.sip(time + 0.3, .request("ACK", id, toTag: "callee"), caller, callee)
    }

    /// A re-INVITE by one side with its 200 and ACK, 10 ms apart.
    func reinvite(
        _ scenario: inout Scenario, at time: Double, cseq: Int, byCaller: Bool = true, offer: String, answer: String
    ) {
        let (from, to) = byCaller ? (caller, callee) : (callee, caller)
        let (fromTag, toTag) = byCaller ? ("caller", "callee") : ("callee", "caller")
        scenario.sip(
            time, .request("INVITE", id, cseq: cseq, toTag: toTag, sdp: offer, fromTag: fromTag), from, to)
        scenario.sip(
            time + 0.01, .response(200, "INVITE", id, cseq: cseq, toTag: toTag, sdp: answer, fromTag: fromTag), to, from
        )
        scenario.sip(time + 0.02, .request("ACK", id, cseq: cseq, toTag: toTag, fromTag: fromTag), from, to)
    }

    /// RTP of one side, a packet each 20 ms.
    func speak(
        _ scenario: inout Scenario, byCaller: Bool, from time: Double, packets: Int, first: UInt16 = 0
    ) {
        let (from, to) = byCaller ? (callerMedia, calleeMedia) : (calleeMedia, callerMedia)
        for index in 0..<packets {
            scenario.rtp(
                time + Double(index) * 0.02, from, to, sequence: first &+ UInt16(index),
                ssrc: byCaller ? 0xaaaa_0001 : 0xbbbb_0001, in: [id])
        }
    }
}

extension Scenario {
    /// Seconds since the scenario's start.
    static func seconds(_ time: Int64?) -> Double? { time.map { Double($0 - start) / 1e9 } }
}
