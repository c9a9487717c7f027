import Capture

@testable import Engine

extension Scenario {
    /// Runs the tracker alone, so many packets to a batch, and shows it and the batch after each one.
    func track(
        batch size: Int = 1, _ change: (inout EngineOptions) -> Void = { _ in },
        _ look: (borrowing Tracker, borrowing TrackedBatch) throws -> Void
    ) throws {
        let folder = TemporaryFolder()
        let source = try FileSource(path: try folder.write("in.pcap", capture))
        var options = EngineOptions()
        change(&options)
        var tracker = Tracker(options, seed: 1)
        var batch = TrackedBatch()
        while true {
            batch.removeAll()
            batch.captured.growArena()
            guard try source.read(into: &batch.captured, limit: size) == .packets else { break }
            tracker.setInterfaces(source.interfaces)
            tracker.process(&batch)
            try look(tracker, batch)
        }
    }
}

extension Tracker {
    /// Packet time since the scenario's start, seconds.
    var elapsed: Double { Double(clock.now - Scenario.start) / 1e9 }
}

/// One side of a TCP connection: its segments may be left out or come in any order.
struct TCPSide {
    var from = Peer("198.18.0.1", 40_000)
    var to = Peer("198.18.0.2", 5060)
    var sequence: UInt32 = 1

    mutating func segment(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        defer { sequence &+= UInt32(bytes.count) }
        return Frame.tcp(from, to, sequence: sequence, bytes)
    }

    /// A SYN, so that the tracker knows where the stream begins.
    var opening: [UInt8] { Frame.tcp(from, to, sequence: sequence &- 1, flags: Frame.TCPFlags.syn, []) }

    static func invite(_ id: String, extra: String = "") -> [UInt8] {
        Message.invite(id, extra: extra).bytes
    }
}
