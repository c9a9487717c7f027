import Testing

@testable import Service

@Suite struct PrecedenceTests {
    static let file = "voip:\n  tcp_performance_mode: memory\n  max_goroutines: 7\n"

    @Test func theDefaultIsBalanced() throws {
        let entry = try resolve().entry("voip.max_goroutines")
        #expect(entry?.value == .integer(1000))
        #expect(entry?.source.description == "mode balanced")
        #expect(try resolve().entry("voip.ring_timeout")?.source.description == "default")
    }

    @Test func theModeBeatsTheDefault() throws {
        let resolved = try resolve(file: "voip: {tcp_performance_mode: memory}")
        #expect(resolved.entry("voip.max_goroutines")?.value == .integer(100))
        #expect(resolved.entry("voip.max_goroutines")?.source == .mode(.memory))
    }

    @Test func theFileBeatsTheMode() throws {
        let entry = try resolve(file: Self.file).entry("voip.max_goroutines")
        #expect(entry?.value == .integer(7))
        #expect(entry?.source.description.hasSuffix("/lippycat/config.yaml:3") == true)
    }

    @Test func theEnvironmentBeatsTheFile() throws {
        let resolved = try resolve(environment: ["LIPPYCAT_VOIP_MAX_GOROUTINES": "8"], file: Self.file)
        let entry = resolved.entry("voip.max_goroutines")
        #expect(entry?.value == .integer(8))
        #expect(entry?.source.description == "environment LIPPYCAT_VOIP_MAX_GOROUTINES")
    }

    @Test func theCommandLineBeatsTheEnvironment() throws {
        let resolved = try resolve(
            [option("max_goroutines", "9")], environment: ["LIPPYCAT_VOIP_MAX_GOROUTINES": "8"], file: Self.file)
        #expect(resolved.entry("voip.max_goroutines")?.value == .integer(9))
        #expect(resolved.entry("voip.max_goroutines")?.source.description == "command line")
        #expect(resolved.settings.engine.limits.maxStreamParsers == 9)
    }

    @Test func anExplicitValueBeatsAModeFromABetterSource() throws {
        let resolved = try resolve([option("tcp_performance_mode", "throughput")], file: Self.file)
        #expect(resolved.entry("voip.max_goroutines")?.value == .integer(7))
        #expect(resolved.entry("voip.max_tcp_buffers")?.value == .integer(20_000))
    }

    @Test func aHiddenMistakeIsStillReported() {
        #expect(throws: CommandError.self) {
            try resolve([option("max_goroutines", "9")], file: "voip: {max_goroutines: many}")
        }
    }

    @Test func anEmptyVariableIsNotSet() throws {
        let resolved = try resolve(environment: ["LIPPYCAT_VOIP_MAX_GOROUTINES": ""])
        #expect(resolved.entry("voip.max_goroutines")?.source == .mode(.balanced))
    }

    @Test func plainSniffTakesNothingFromTheVoIPSection() throws {
        let resolved = try resolve(
            [option("count", "3")], environment: ["LIPPYCAT_VOIP_SNAPLEN": "100"],
            file: "log_level: debug\nvoip: {filter: port 5060}", for: .packets)
        let request = try PacketRequest(resolved)
        #expect(request.capture.filter == nil)
        #expect(request.capture.snaplen == 262_144)
        #expect(request.selection.count == 3)
        #expect(request.log.level == "debug")
    }
}
