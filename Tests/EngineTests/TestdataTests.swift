import Calls
import Capture
import Foundation
import Testing

@testable import Engine

/// Every capture under `testdata/` against `expected.json` beside it, which tshark and the stacks' own reports made.
@Suite struct TestdataTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("testdata").path

    /// Paths of the captures that have expected values, relative to `testdata`.
    static let cases: [String] = {
        let names = (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? [])
        return names.filter { $0.hasSuffix("expected.json") }.sorted()
    }()

    @Test func thereAreCases() { #expect(Self.cases.count >= 10) }

    @Test(arguments: cases) func filesAndRecordsAreAsExpected(_ name: String) throws {
        let expectedPath = Self.folder + "/" + name
        let truth = try Truth(contentsOf: expectedPath)
        let input = try #require(truth.capture(beside: expectedPath))
        let packets = try PacketList(path: input)
        #expect(packets.bytes.count == truth.packetsTotal)
        for workers in [0, 1, 3] {
            let folder = TemporaryFolder()
            var options = EngineOptions()
            options.workers = workers
            options.archive = ArchiveOptions(directory: folder.path + "/out")
            let outcome = try Outcome(folder, inputs: [input], options)
            #expect(outcome.summary.ledger.check() == nil)
            #expect(outcome.records.map(\.callID).sorted() == truth.calls.map(\.callID).sorted())
            for call in truth.calls {
                let record = try #require(outcome.record(call.callID))
                let found = outcome.packetsByCall[call.callID] ?? []
                let expected = call.packets.map { packets.bytes[$0 - 1] }
                #expect(found == expected, "\(call.callID): \(Self.difference(found, expected, packets))")
                #expect(record.state.rawValue == call.state)
                #expect(record.messages == call.messages)
                #expect(record.transport == call.transport)
                call.compareStreams(record)
            }
        }
    }

    private static func difference(_ found: [[UInt8]], _ expected: [[UInt8]], _ packets: PacketList) -> String {
        let missing = expected.filter { !found.contains($0) }.compactMap { packets.bytes.firstIndex(of: $0) }
        let surplus = found.filter { !expected.contains($0) }.compactMap { packets.bytes.firstIndex(of: $0) }
        return "missing \(missing.map { $0 + 1 }), surplus \(surplus.map { $0 + 1 }) or another order"
    }
}

extension CallRecord {
    /// Methods and status codes in one table, as `expected.json` has them.
    var messages: [String: Int] {
        var counts: [String: Int] = [:]
        for method in sipMessages.methods { counts[method.name] = Int(method.count) }
        for status in sipMessages.statuses { counts[String(status.code)] = Int(status.count) }
        return counts
    }
}

/// The packets of a capture in order, as bytes.
struct PacketList {
    var bytes: [[UInt8]] = []

    init(path: String) throws {
        let source = try FileSource(path: path)
        var batch = PacketBatch()
        while try source.read(into: &batch, limit: 1000) == .packets {
            for packet in batch.packets { bytes.append(Array(batch.bytes[packet.range])) }
        }
    }
}

/// `expected.json`.
struct Truth {
    struct Stream {
        var ssrc: String
        var source: String
        var destination: String
        var packets: Int
        var rfc3550Lost: Int
        var jitterMax: Double?
        var dtmf: String?
        var reports: Reports?
    }

    /// The last RTCP reports on a stream.
    struct Reports {
        var senderPackets: Int?
        var receiverLost: Int?
        var receiverJitterUnits: [Int]
        /// What tshark measured, whole milliseconds.
        var receiverRoundTrips: [Double]

        init(_ object: [String: Any]) {
            senderPackets = object["sender_packets"] as? Int
            receiverLost = object["receiver_lost_packets"] as? Int
            receiverJitterUnits = object["receiver_jitter_units"] as? [Int] ?? []
            receiverRoundTrips = object["receiver_round_trips_ms"] as? [Double] ?? []
        }
    }

    struct Call {
        var callID: String
        var state: String
        var transport: String
        var messages: [String: Int]
        var packets: [Int]
        var streams: [Stream]

        /// tshark measures jitter against the last packet in timestamp order, RFC 3550 against the last to arrive; on
        /// these captures, which have no reordering, both are the same.
        func compareStreams(_ record: CallRecord) {
            #expect(record.streams.count == streams.count)
            for stream in streams {
                let match = record.streams.first {
                    hexadecimal($0.ssrc) == stream.ssrc.lowercased() && $0.source.description == stream.source
                        && $0.destination.description == stream.destination
                }
                guard let match else {
                    Issue.record("\(callID) has no stream \(stream.ssrc) \(stream.source) > \(stream.destination)")
                    continue
                }
                #expect(Int(match.packets) == stream.packets)
                #expect(Int(match.rfc3550LostPackets) == stream.rfc3550Lost)
                if let dtmf = stream.dtmf { #expect(match.media.dtmf == dtmf) }
                if let reports = stream.reports { compare(reports, match.media.rtcp, stream.ssrc) }
                if let expected = stream.jitterMax, let found = match.jitterMaximum {
                    #expect(
                        abs(found / 1e6 - expected) <= 0.01, "\(stream.ssrc): \(found / 1e6) ms, tshark \(expected) ms")
                }
            }
        }

        private func compare(_ reports: Reports, _ found: RTCPFacts?, _ ssrc: String) {
            #expect(found?.reports.sentPackets.map(Int.init) == reports.senderPackets, "\(ssrc)")
            #expect(found?.reports.lastBlock.map { Int($0.cumulativeLost) } == reports.receiverLost, "\(ssrc)")
            #expect(found.map { Int($0.reports.receiverReports) } == reports.receiverJitterUnits.count, "\(ssrc)")
            #expect(found.map { Int($0.reports.jitterSum) } == reports.receiverJitterUnits.reduce(0, +), "\(ssrc)")
            guard let most = reports.receiverRoundTrips.max(), let trip = found?.reports.toReceiver else { return }
            #expect(abs(Double(trip.longestSeen) / 1e6 - most) <= 1, "\(ssrc)")
        }

        private func hexadecimal(_ ssrc: UInt32) -> String {
            let digits = String(ssrc, radix: 16)
            return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
        }
    }

    var packetsTotal: Int
    var calls: [Call]
    private let captureName: String?

    init(contentsOf path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        packetsTotal = try #require(object["packets_total"] as? Int)
        captureName = object["capture"] as? String
        calls = try #require(object["calls"] as? [[String: Any]]).map { call in
            Call(
                callID: try #require(call["call_id"] as? String), state: try #require(call["state"] as? String),
                transport: try #require(call["transport"] as? String),
                messages: try #require(call["messages"] as? [String: Int]),
                packets: try #require(call["packets"] as? [Int]),
                streams: try (call["streams"] as? [[String: Any]] ?? []).map { stream in
                    Stream(
                        ssrc: try #require(stream["ssrc"] as? String),
                        source: try #require(stream["source"] as? String),
                        destination: try #require(stream["destination"] as? String),
                        packets: try #require(stream["packets"] as? Int),
                        rfc3550Lost: try #require(stream["rfc3550_lost"] as? Int),
                        jitterMax: (stream["jitter_max_ms"] as? NSNumber)?.doubleValue,
                        dtmf: stream["dtmf"] as? String, reports: (stream["rtcp"] as? [String: Any]).map(Reports.init))
                })
        }
    }

    /// The capture in the same folder: the one named in the file, or the only one there.
    func capture(beside path: String) -> String? {
        let folder = (path as NSString).deletingLastPathComponent
        if let captureName { return folder + "/" + captureName }
        let base = (path as NSString).lastPathComponent.replacingOccurrences(of: "expected.json", with: "")
        if !base.isEmpty { return folder + "/" + base + "pcap" }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().first { $0.hasPrefix("capture.") }.map { folder + "/" + $0 }
    }
}
