/// What can be fuzzed. A new parser gets a line here, a dictionary if it has words, and seeds in `Corpora/NAME`.
struct FuzzTarget: Sendable {
    var name: String
    /// Inputs are captures: mutate packets, not the file.
    var mutatesPackets = false
    var run: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] = [
        FuzzTarget(name: "packet", run: packet),
        FuzzTarget(name: "carriers", run: carriers),
        FuzzTarget(name: "fragments", run: fragments),
        FuzzTarget(name: "stream", run: stream),
        FuzzTarget(name: "framer", run: framer),
        FuzzTarget(name: "websocket", run: webSocket),
        FuzzTarget(name: "sctp", run: sctp),
        FuzzTarget(name: "hep", run: hep),
        FuzzTarget(name: "sip", run: sip),
        FuzzTarget(name: "sdp", run: sdp),
        FuzzTarget(name: "rtp", run: rtp),
        FuzzTarget(name: "rtcp", run: rtcp),
        FuzzTarget(name: "dtmf", run: dtmf),
        FuzzTarget(name: "pcap", run: captureFile),
        FuzzTarget(name: "gzip", run: captureFile),
        FuzzTarget(name: "configuration", run: configuration),
        FuzzTarget(name: "recovery", run: recovery),
        FuzzTarget(name: "names", run: names),
        FuzzTarget(name: "repair", run: repair),
        FuzzTarget(name: "sealed", run: sealed),
        FuzzTarget(name: "command", run: command),
        FuzzTarget(name: "engine", mutatesPackets: true, run: engine),
    ]
}

/// Repeatable random numbers (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    /// One of its own for each input.
    init(_ bytes: [UInt8]) { state = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }
}

/// Takes numbers from the front of an input; zeros when it is used up.
struct Numbers {
    private let bytes: [UInt8]
    private(set) var position = 0
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var isAtEnd: Bool { position >= bytes.count }
    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return position < bytes.count ? bytes[position] : 0
    }
    mutating func word() -> Int { Int(byte()) << 8 | Int(byte()) }
    mutating func rest() -> [UInt8] {
        defer { position = bytes.count }
        return Array(bytes.dropFirst(position))
    }
}
