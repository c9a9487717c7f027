import Foundation
import Testing

@Suite struct DoctorTests {
    /// With HEP no privileges are needed, so it is the same for everybody.
    private static let hep = ["doctor", "--hep-listen", "udp:127.0.0.1:9060", "--pcap-buffer-size", "64KiB"]

    private func findings(_ run: Command) throws -> [[String: Any]] {
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect(report?["type"] as? String == "doctor")
        #expect(report?["ready"] as? Bool == (run.status == 0))
        return report?["findings"] as? [[String: Any]] ?? []
    }

    @Test func everythingIsLookedAt() throws {
        let folder = try Command.folder()
        let run = try Command.run(list: Self.hep + ["-o", folder, "--log-file", folder + "/lc.log"])
        #expect(run.error == "")
        let checks = try Set(findings(run).compactMap { $0["check"] as? String })
        #expect(checks == ["configuration", "privileges", "buffers", "disk", "log", "clock", "limits"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "something was left behind")
        let text = try Command.run(list: Self.hep + ["--format", "text"])
        #expect(text.output.split(separator: "\n").last?.hasPrefix("ready") == true)
    }

    @Test func problemsEndAsACaptureWould() throws {
        let configuration = try Command.file("voip:\n  max_gorutines: 5\n")
        let wrong = try Command.run(list: Self.hep + ["-c", configuration])
        #expect(wrong.status == 78)
        let finding = try findings(wrong).first { $0["level"] as? String == "problem" }
        #expect(finding?["subject"] as? String == configuration + ":2:3")
        #expect((finding?["remedy"] as? String)?.contains("max_goroutines") == true)
        let missing = try Command.run("doctor", "-i", "nosuchdevice0")
        #expect(missing.status == (geteuid() == 0 ? 66 : 77))
        let unwritable = try Command.run(list: Self.hep + ["-o", "/dev/null"])
        #expect(unwritable.status == 73)
        #expect(try Command.run(list: Self.hep + ["--format", "csv"]).status == 64)
    }

    @Test func nobodyMayCapture() throws {
        guard let run = try Nobody.run("doctor", "-i", "lo", "--format", "json") else { return }
        #expect(run.status == 77)
        #expect(try findings(run).contains { ($0["remedy"] as? String)?.contains("setcap cap_net_raw") == true })
    }
}
