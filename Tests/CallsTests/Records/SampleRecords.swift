import PacketDecoding
import RTP

@testable import Calls

/// 2026-01-02T03:04:05Z.
let sampleStart: Int64 = 1_767_323_045_000_000_000

extension Endpoint {
    init(_ address: String, port: UInt16) {
        self.init(IPAddress(address) ?? IPAddress(high: 0, low: 0), port)
    }
}

extension CallRecord {
    /// The call of the documentation, with every field filled in.
    static var sample: CallRecord {
        var call = CallRecord()
        call.callID = "a84b4c76e66710@a.example"
        call.groupID = "first-leg@a.example"
        call.state = .ended
        call.endReason = .bye
        call.startTime = sampleStart
        call.ringingTime = sampleStart + 200_000_000
        call.answerTime = sampleStart + 3_100_000_000
        call.endTime = sampleStart + 15_445_678_901
        call.duration = 12_345_678_901
        call.postDialDelay = 200_000_000
        call.setupTime = 3_100_000_000
        call.hangupBy = .caller
        call.statusCode = 200
        call.statusReason = "OK"
        call.from = Party(user: "alice", host: "a.example", display: nil, tag: "x")
        call.to = Party(user: "bob", host: "b.example", display: "Bob", tag: "y")
        call.requestURI = "sip:bob@b.example"
        call.userAgents = TextList(["Phone/1.0"])
        call.transport = "udp"
        for address in ["198.18.0.1", "2001:db8::1"] {
            call.signallingAddresses.append(Endpoint(address, port: 5060))
        }
        call.dialogs = 1
        for method in ["INVITE", "ACK", "BYE"] { call.sipMessages.count(method: method) }
        for status: UInt16 in [100, 200, 180, 200] { call.sipMessages.count(status: status) }
        call.codecs = [CodecRecord(payloadType: 0, name: "PCMU", clockRate: 8000)]
        call.files = ["20260102_030405_abc.pcap"]
        call.packets = 1234
        call.bytes = 56789
        call.streams = [.sample]
        return call
    }
}

extension TextList {
    init(_ texts: [String]) {
        self.init()
        for (number, text) in texts.enumerated() { insert(Array(text.utf8).span, hash: UInt64(number)) }
    }
}

extension StreamRecord {
    static var sample: StreamRecord {
        var stream = StreamRecord(
            ssrc: 0x1234_abcd, source: Endpoint("198.18.0.1", port: 4000),
            destination: Endpoint("198.18.0.2", port: 5000))
        stream.payloadTypes = [0, 101]
        stream.codec = "PCMU"
        stream.clockRate = 8000
        stream.packets = 500
        stream.bytes = 86000
        stream.expectedPackets = 502
        stream.lostPackets = 3
        stream.rfc3550LostPackets = -1
        stream.lossPercent = 100.0 * 3 / 502
        stream.duplicates = 1
        stream.jitterMean = 100_000.4
        stream.jitterMaximum = 300_000
        stream.largestGap = 20_100_000
        stream.firstPacketTime = sampleStart
        stream.lastPacketTime = sampleStart + 10_000_000_001
        return stream
    }
}

func text(_ append: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    append(&bytes)
    return String(decoding: bytes, as: UTF8.self)
}

/// What a hostile packet may put into a name.
let hostileTexts: [String] = [
    "plain", "", "\"", "\\", "a\"b\\c/d", "\u{0}", "\u{1b}[2J\u{1b}]0;title\u{7}", "line\r\nfeed\ttab",
    "\u{7f}\u{80}\u{9b}31m\u{9f}\u{a0}", "\u{2028}\u{2029}\u{202e}evil\u{feff}", "=1+1", "+49123", "-1", "@cmd",
    "＝1", "a,b", "\"=x\"", "Zoë 東京 😀", "e\u{301}\u{301}\u{301}", String(wire: ([0xff, 0xc2, 0xe2, 0x80, 0x41]).span),
    String(repeating: "x", count: 5000), "\u{10ffff}", "{\"a\":1}", "'", " ",
]
