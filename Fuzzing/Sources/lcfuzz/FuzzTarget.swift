import TestSupport

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
        FuzzTarget(name: "engine", mutatesPackets: true, run: engine),
    ]
}

extension SeededRandom {
    /// One of its own for each input.
    init(_ bytes: [UInt8]) {
        self.init(seed: bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    /// The bytes of a stream as they might come: one by one, or up to 300 at a time.
    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var position = 0
        let most = below(2) == 0 ? 1 : 1 + below(300)
        while position < bytes.count {
            let length = min(1 + below(most), bytes.count - position)
            pieces.append(Array(bytes[position..<(position + length)]))
            position += length
        }
        return pieces
    }
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
