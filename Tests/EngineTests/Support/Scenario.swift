import Archive
import Calls
import Capture
import Foundation
import Synchronization

@testable import Engine

/// A capture made packet by packet, and what the engine makes of it.
///
/// Times are seconds from the scenario's start. Everything goes through the whole engine: a capture file, the reader, the
/// tracker, the workers, per-call files.
struct Scenario {
    /// 2026-01-02 03:04:05 UTC.
    static let start: Int64 = 1_767_323_045_000_000_000

    private(set) var packets: [(time: Int64, bytes: [UInt8])] = []
    private(set) var owners: [String: [Int]] = [:]

    /// Adds an Ethernet frame and says which calls' files it belongs to.
    mutating func add(_ seconds: Double, _ frame: [UInt8], in calls: [String] = []) {
        for call in calls { owners[call, default: []].append(packets.count) }
        packets.append((Scenario.start + Int64((seconds * 1e6).rounded()) * 1000, frame))
    }

    /// A SIP message over UDP; `in` is left out for messages that belong to no call.
    mutating func sip(_ seconds: Double, _ message: Message, _ from: Peer, _ to: Peer, in calls: [String]? = nil) {
        add(seconds, Frame.udp(from, to, Array(message.text.utf8)), in: calls ?? [message.callID])
    }

    /// An RTP packet of 20 ms G.711.
    mutating func rtp(
        _ seconds: Double, _ from: Peer, _ to: Peer, sequence: UInt16, ssrc: UInt32 = 0x1111_1111,
        payloadType: UInt8 = 0,
        in calls: [String]
    ) {
        add(seconds, Frame.udp(from, to, Frame.rtp(sequence, ssrc: ssrc, payloadType: payloadType)), in: calls)
    }

    /// Puts the packets into the order of their times, whatever the order in which they were added.
    mutating func sort() {
        let order = packets.indices.sorted { (packets[$0].time, $0) < (packets[$1].time, $1) }
        var places = Array(repeating: 0, count: packets.count)
        for (place, packet) in order.enumerated() { places[packet] = place }
        packets = order.map { packets[$0] }
        owners = owners.mapValues { $0.map { places[$0] }.sorted() }
    }

    /// Traffic of nobody, so that packet time goes on until `seconds`.
    mutating func quiet(from: Double, until: Double) {
        var now = from
        while now <= until {
            add(now, Frame.udp(Peer("192.0.2.1", 53_000), Peer("192.0.2.2", 53), Array("quiet".utf8)))
            now += 1
        }
    }

    var capture: [UInt8] { CaptureText.file(packets) }

    /// - Parameter inputs: contents of the capture files, in place of the one that the scenario makes.
    func run(
        workers: Int = 0, inputs: [[UInt8]]? = nil, _ change: (inout EngineOptions) -> Void = { _ in }
    ) throws -> Outcome {
        let folder = TemporaryFolder()
        let paths = try (inputs ?? [capture]).enumerated().map { try folder.write("in\($0).pcap", $1) }
        var options = EngineOptions()
        options.workers = workers
        options.archive = ArchiveOptions(directory: folder.path + "/out")
        change(&options)
        return try Outcome(folder, inputs: paths, options)
    }

    /// Runs on one thread and with 1, 2, 3 and 8 workers, checks that all give the same, and returns the first.
    func runAllWays(inputs: [[UInt8]]? = nil, _ change: (inout EngineOptions) -> Void = { _ in }) throws -> Outcome {
        let first = try run(workers: 0, inputs: inputs, change)
        for workers in [1, 2, 3, 8] {
            let other = try run(workers: workers, inputs: inputs, change)
            guard other.files == first.files, other.jsonLines == first.jsonLines else {
                throw Difference(workers: workers)
            }
        }
        return first
    }

    struct Difference: Error { var workers: Int }

    /// Names of calls whose file does not hold exactly the packets it should, with what it holds.
    func wrongFiles(_ outcome: Outcome) -> [String] {
        var wrong: [String] = []
        let calls = Set(owners.keys).union(outcome.packetsByCall.keys)
        for call in calls.sorted() {
            let expected = (owners[call] ?? []).map { packets[$0].bytes }
            let found = outcome.packetsByCall[call] ?? []
            if found != expected {
                let numbers = found.map { bytes in packets.firstIndex { $0.bytes == bytes } ?? -1 }
                wrong.append("\(call): has \(numbers), should have \(owners[call] ?? [])")
            }
        }
        return wrong
    }
}

/// The output of one run.
struct Outcome {
    var records: [CallRecord] = []
    var jsonLines: [[UInt8]] = []
    var summary: SummaryRecord
    /// Contents by file name.
    var files: [String: [UInt8]] = [:]
    /// The packets of all files of a call, by Call-ID.
    var packetsByCall: [String: [[UInt8]]] = [:]
    var orphans: [OrphanStreamRecord]

    init(_ folder: TemporaryFolder, inputs: [String], _ options: EngineOptions) throws {
        let delivered = Delivered()
        let directory = try options.archive.map {
            try ArchiveDirectory(
                path: $0.directory, use: .replay(overwrite: $0.overwrite), namePrefix: $0.namePrefix ?? "")
        }
        let sniffer = Sniffer(
            options, formats: RecordFormats(json: true, line: .none), directory: directory, isLive: false,
            control: SnifferControl(), deliver: { record in delivered.records.withLock { $0.append(record) } })
        var source: any PacketSource =
            inputs.count == 1 ? try FileSource(path: inputs[0]) : try MergedSource(paths: inputs)
        // As `lc` reads, with messages read ahead on the reading thread.
        if options.workers > 0 {
            source = QueuedSource(
                source, overload: .wait, limit: options.limits.batchSize, stopping: .afterRead, readsMessages: true)
        }
        let result = try sniffer.run(source)
        summary = result.summary
        orphans = result.orphans
        let outgoing = delivered.records.withLock { $0 }
        records = outgoing.map(\.record)
        jsonLines = outgoing.map(\.json)
        guard let output = options.archive?.directory else { return }
        for record in records {
            for name in record.files {
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: output + "/" + name)))
                files[name] = bytes
                packetsByCall[record.callID, default: []] += CaptureText.packets(of: bytes)
            }
        }
    }

    private final class Delivered: Sendable {
        let records = Mutex<[OutgoingRecord]>([])
    }

    func record(_ callID: String) -> CallRecord? { records.first { $0.callID == callID } }

    /// A counter of the summary; those that are 0 are not in it.
    func counter(_ name: String) -> UInt64 { summary.counters.first { $0.name == name }?.count ?? 0 }
}

final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "lc-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}
