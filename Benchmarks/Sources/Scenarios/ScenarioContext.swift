import Traffic

/// Times are nanoseconds.
let millisecond: UInt64 = 1_000_000
let second: UInt64 = 1_000_000_000

/// What is asked of every scenario.
public struct ScenarioOptions: Sendable {
    public var calls = 100
    /// Calls begun per second.
    public var rate = 10.0
    public var seed: UInt64 = 1
    public var media: UInt64 = 5 * second
    /// How long an answered call lasts at least, with or without media.
    public var hold: UInt64 = 0
    /// Milliseconds per RTP packet.
    public var packetTime: UInt64 = 20
    public var codecs: [String] = ["PCMU"]
    /// Share of streams that suffer loss, jitter, reordering and duplicates.
    public var lossFraction = 0.3
    public var noMedia = false
    public var rtcp = true
    public var trunkCalls = 50
    public var background = 10.0
    public var backgroundBeginsLikeRTP = false
    public var attack: Attack?
    public var attackPackets = 0
    /// Packets per second.
    public var attackRate = 20_000.0
    /// Classes with their weights.
    public var classes: [(name: String, weight: Double)] = [("plain", 1)]
    public init() {}

    public var callLength: UInt64 { max(hold, noMedia ? 2 * second : media) }
}

/// Makes calls and hands their packet sources to the capture.
final class ScenarioContext {
    let run: CaptureRun
    let options: ScenarioOptions
    var random: SplitMix64
    var className = ""
    private(set) var callsMade = 0
    private var hosts: UInt64 = 0

    init(run: CaptureRun, options: ScenarioOptions) {
        (self.run, self.options) = (run, options)
        random = SplitMix64(seed: options.seed)
    }

    var settings: CaptureSettings { run.settings }
    var callsLeft: Int { max(0, options.calls - callsMade) }

    /// An address that no other call has: 10.0.0.0/8 or 2001:db8::/32.
    func newHost(ipv6: Bool = false) -> IPAddress {
        hosts += 1
        if ipv6 { return IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: hosts) }
        return IPAddress(ipv4: 0x0A00_0100 + UInt32(truncatingIfNeeded: hosts) % 0xFF_FE00)
    }

    /// An even port for media.
    func newMediaPort() -> UInt16 { 10000 + 2 * UInt16(random.below(20000)) }

    func newCall(transport: SIPTransport = .udp, hosts: [Endpoint]) -> CallBuilder {
        callsMade += 1
        let seed = random.next()
        var callID = "\(callsMade)-"
        callID += String(seed, radix: 16)
        callID += "@"
        callID += hosts[0].address.isIPv6 ? "caller.example" : hosts[0].address.text
        let truth = CallTruth(callID: callID, className: className, transport: transport)
        truth.fromUser = "\(4_930_000_000 + callsMade)"
        truth.toUser = "\(4_940_000_000 + callsMade)"
        truth.fromTag = String(random.next() >> 20, radix: 16)
        let codecs = options.codecs
        let payloadType = UInt8(96 + random.below(5))
        let name = codecs[random.below(codecs.count)]
        let codec = Codec.named(name, dynamicPayloadType: payloadType) ?? .pcmu
        return CallBuilder(CallScript(truth: truth, hosts: hosts, seed: seed), codec: codec, context: self)
    }

    /// A call between two phones with addresses of their own.
    func newCall(ipv6: Bool = false) -> CallBuilder {
        let hosts = [Endpoint(newHost(ipv6: ipv6), 5060), Endpoint(newHost(ipv6: ipv6), 5060)]
        return newCall(hosts: hosts)
    }
}
