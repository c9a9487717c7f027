import Foundation
import Testing

@Suite struct ConfigurationTests {
    @Test func brokenYAMLHasAPlace() throws {
        let file = try Command.file("voip:\n  nano: [true\n")
        for command in [["show", "config"], ["sniff", "voip"], ["sniff"]] {
            let run = try Command.run(list: command + ["--config", file])
            #expect(run.status == 78)
            #expect(run.error.contains("config.yaml:3:1"), "\(run.error)")
            #expect(run.output.isEmpty)
        }
    }

    @Test func anUnknownKeyNamesTheNearest() throws {
        let run = try Command.run("show", "config", "-c", try Command.file("voip:\n  max_gorutines: 5\n"))
        #expect(run.status == 78)
        #expect(run.error.hasPrefix("lc: unknown key 'voip.max_gorutines': "))
        #expect(run.error.hasSuffix("config.yaml:2:3 (did you mean 'max_goroutines'?)\n"))
    }

    @Test func aBadModeInAFileIsAConfigurationError() throws {
        let run = try Command.run("show", "config", "-c", try Command.file("voip:\n  tcp_performance_mode: fast\n"))
        #expect(run.status == 78)
        #expect(run.error.contains("config.yaml:2:25 (valid: balanced, "))
    }

    @Test func anyFileEndingIsReadAsYAML() throws {
        let file = try Command.file("voip: {workers: 3}", named: "config.yaml.minimal")
        #expect(try voip("--config", file)["workers"] as? Int == 3)
    }

    @Test func generalOptionsMayStandBeforeTheCommand() throws {
        let file = try Command.file("voip: {workers: 3}")
        let run = try Command.run("-q", "--config", file, "show", "config")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.contains("\"workers\": 3"))
        #expect(run.output.contains("\"quiet\": true"))
    }

    @Test func aPipeIsAFileToo() throws {
        let run = try Command.run("show", "config", "-c", "/dev/stdin", input: "voip: {workers: 5}")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.contains("\"workers\": 5"))
    }

    @Test func flagsTakeTheReferencesForm() throws {
        let file = try Command.file("voip: {nano: true, enable_backpressure: true}")
        let shown = try voip("-c", file, "--nano=false", "--no-enable-backpressure", "--overwrite", "--orphan-rtp=true")
        #expect(shown["nano"] as? Bool == false)
        #expect(shown["enable_backpressure"] as? Bool == false)
        #expect(shown["overwrite"] as? Bool == true)
        #expect(shown["orphan_rtp"] as? Bool == true)
    }

    @Test func theEnvironmentCounts() throws {
        let run = try Command.run(
            "show", "config", "--sources", environment: ["LIPPYCAT_VOIP_MAX_TCP_BUFFERS": "77"])
        #expect(run.output.contains("environment LIPPYCAT_VOIP_MAX_TCP_BUFFERS"))
    }

    @Test func theRunbooksLines() throws {
        let memory = try voip("--tcp-performance-mode", "memory", "--max-goroutines", "100")
        #expect(memory["tcp_memory_limit"] as? Int == 16_777_216)
        let throughput = try voip("--tcp-performance-mode", "throughput", "--max-goroutines", "2000")
        #expect(throughput["max_goroutines"] as? Int == 2000)
    }

    private func voip(_ options: String...) throws -> [String: Any] {
        let run = try Command.run(list: ["show", "config"] + options)
        #expect(run.status == 0, "\(run.error)")
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        return try #require(object?["voip"] as? [String: Any])
    }
}
