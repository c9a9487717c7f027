import Calls
import Engine
import Foundation
import PacketDecoding
import Testing

@testable import Service

@Suite struct MetricsTextTests {
    private func text() async throws -> String {
        let fixture = try StatusFixture()
        var odd = InterfaceRecord(name: "e\"\\\n0", state: "capturing")
        odd.kernelDropped = 3
        fixture.publish(interfaces: [odd], kernel: 3, at: MonotonicClock.now) {
            $0.disk = DiskFigures(total: 1000, available: 500, used: 400)
        }
        fixture.end("a") { record in
            var stream = StreamRecord(ssrc: 1, source: .unknown, destination: .unknown)
            stream.packets = 100
            stream.mos = 4.1
            stream.jitterMean = 3_000_000
            stream.lossPercent = 2
            record.streams = [stream]
            record.setupTime = 1_500_000_000
        }
        _ = await fixture.get("/nothing")
        return await fixture.get("/metrics").text
    }

    @Test func figuresAreThere() async throws {
        let text = try await text()
        for line in [
            "lippycat_packets_captured_total 10", "lippycat_packets_total{class=\"rtp\"} 10",
            "lippycat_packets_dropped_total{cause=\"kernel\"} 3", "lippycat_calls_active 3",
            "lippycat_interface_dropped_total{interface=\"e\\\"\\\\\\\\n0\",cause=\"kernel\"} 3",
            "lippycat_stream_mos_bucket{le=\"4\"} 0", "lippycat_stream_mos_bucket{le=\"4.25\"} 1",
            "lippycat_stream_mos_count 1", "lippycat_stream_jitter_seconds_bucket{le=\"0.0025\"} 0",
            "lippycat_stream_jitter_seconds_bucket{le=\"0.005\"} 1", "lippycat_stream_loss_ratio_sum 0.02",
            "lippycat_call_setup_seconds_bucket{le=\"+Inf\"} 1", "lippycat_calls_ended_total{state=\"ended\"} 1",
            "lippycat_events_total{event=\"sip_late\"} 2", "lippycat_status_requests_total{code=\"404\"} 1",
            "lippycat_health_status{check=\"capture\"} 1", "lippycat_disk_available_bytes 500",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)")
        }
    }

    /// Each family once, with its type, and its samples behind it (a rule of the format).
    @Test func familiesStandTogether() async throws {
        var seen: Set<Substring> = []
        var current: Substring = ""
        for line in try await text().split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP") {
                current = words[2]
                #expect(seen.insert(current).inserted, "\(current)")
            } else {
                #expect((line.hasPrefix("#") ? words[2] : line[...]).hasPrefix(current))
            }
        }
        #expect(seen.count > 30)
    }

    @Test func promtoolAcceptsThem() async throws {
        let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let path else {
            print("promtool is not installed: skipped")
            return
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(try await text().utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.isEmpty, "\(said)")
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (-1.5, "-1.5"), (0.000001, "0.000001"), (0.0000001, "0"), (1.0 / 3, "0.333333"),
            (1e15, "null"), (.nan, "null"), (.infinity, "null"), (123456.75, "123456.75"), (0.9999999, "1"),
        ] as [(Double, String)]) func decimals(value: Double, text: String)
    {
        #expect(decimalText(value) == text)
    }
}

extension Endpoint {
    fileprivate static var unknown: Endpoint { Endpoint(IPAddress(v4: 0), 0) }
}
