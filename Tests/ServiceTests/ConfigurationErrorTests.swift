import Testing

@testable import Service

/// A wrong file names line, column, key and what was probably meant.
@Suite struct ConfigurationErrorTests {
    @Test func unknownKey() {
        let error = fileError("voip:\n  tcp_performance_mode: memory\n  max_gorutines: 5\n")
        #expect(error?.what == "unknown key 'voip.max_gorutines'")
        #expect(error?.place == "config.yaml:3:3")
        #expect(error?.remedy == "did you mean 'max_goroutines'?")
        #expect(error?.exitStatus == .configuration)
    }

    @Test(
        arguments: [
            ("max_goroutines: 5", "unknown key 'max_goroutines'", "config.yaml:1:1", "it belongs under 'voip:'"),
            (
                "voip:\n  log_level: info", "unknown key 'voip.log_level'", "config.yaml:2:3",
                "it belongs at the top level"
            ),
            ("voop: {}", "unknown key 'voop'", "config.yaml:1:1", "did you mean 'voip'?"),
            (
                "voip: {read_file: a}", "unknown key 'voip.read_file'", "config.yaml:1:8",
                "it is an option of the command line only"
            ),
            (
                "voip:\n  zzzzzzzzzzzz: 1", "unknown key 'voip.zzzzzzzzzzzz'", "config.yaml:2:3",
                "'lc show config' lists the valid keys"
            ),
            (
                "voip:\n  max_goroutines: [1]", "voip.max_goroutines is a list", "config.yaml:2:19",
                "it takes a single value: <n>"
            ),
            (
                "voip:\n  max_goroutines: {a: 1}", "voip.max_goroutines is a mapping", "config.yaml:2:19",
                "it takes a single value: <n>"
            ),
            (
                "voip:\n  max_goroutines: lots", "voip.max_goroutines: 'lots' is not a whole number",
                "config.yaml:2:19",
                "write a number, from 1 to 1000000"
            ),
            (
                "voip:\n  max_goroutines: 0", "voip.max_goroutines: 0 is too small", "config.yaml:2:19",
                "from 1 to 1000000"
            ),
            (
                "voip:\n  max_goroutines:", "voip.max_goroutines has no value", "config.yaml:2:3",
                "give one, or remove the line to use the default"
            ),
            (
                "voip:\n  ring_timeout: 5", "voip.ring_timeout: '5' has no unit", "config.yaml:2:17",
                "write 5s for 5 seconds"
            ),
            (
                "voip:\n  nano: maybe", "voip.nano: 'maybe' is neither true nor false", "config.yaml:2:9",
                "write true or false"
            ),
            (
                "voip:\n  sip_port:\n    - 5060\n    - 99999", "voip.sip_port: '99999' is not a port",
                "config.yaml:4:7",
                "a port is a number from 1 to 65535"
            ),
            ("voip: 5", "voip is a single value, not a mapping of keys", "config.yaml:1:7", nil),
            ("- a", "the file is a list, not a mapping of keys", "config.yaml:1:1", "write 'voip:' and keys below it"),
            (
                "voip:\n  nano: true\n  nano: true", "the key 'nano' stands twice", "config.yaml:3:3",
                "it is on line 2 already"
            ),
            (
                "voip:\n  tcp_performance_mode: fast", "voip.tcp_performance_mode: 'fast' is no performance mode",
                "config.yaml:2:25",
                "valid: balanced, throughput, latency, memory, minimal, high_performance, low_latency"
            ),
            ("voip:\n  <<: {nano: true}", "merge keys are not supported", "config.yaml:2:3", "write the keys out"),
            ("voip: {nano: *x}", "unknown alias *x", "config.yaml:1:14", "define &x before it"),
            ("voip: {}\n---\nvoip: {}", "a second document", "config.yaml:2:1", "keep everything in the first one"),
        ] as [(String, String, String, String?)])
    func names(text: String, what: String, place: String, remedy: String?) {
        let error = fileError(text)
        #expect(error?.what == what)
        #expect(error?.place == place)
        #expect(error?.remedy == remedy)
        #expect(error?.exitStatus == .configuration)
    }

    @Test func twoNamesOfOneSetting() {
        let error = fileError("voip:\n  max_goroutines: 1\n  tcp_max_goroutines: 2\n")
        #expect(error?.what == "voip.max_goroutines stands twice, here as 'tcp_max_goroutines'")
        #expect(error?.place == "config.yaml:3:3")
    }

    @Test(arguments: [
        ("voip:\n  nano: [true\n", "config.yaml:3:1"), ("voip:\n\tnano: true", "config.yaml:2:1"),
        ("voip:\n  nano: \"x", "config.yaml:2:11"), ("a: b: c", "config.yaml:1:5"),
        ("voip:\n  filter: \u{1}", "config.yaml:2:11"),
    ])
    func syntax(text: String, place: String) {
        let error = fileError(text)
        #expect(error?.place == place, "\(error?.description ?? "none")")
        #expect(error?.exitStatus == .configuration)
    }

    @Test func theEnvironmentIsNamed() {
        #expect {
            try resolve(environment: ["LIPPYCAT_VOIP_MAX_GORUTINES": "5"])
        } throws: {
            ($0 as? CommandError)?.description
                == "lc: unknown setting: environment LIPPYCAT_VOIP_MAX_GORUTINES "
                + "(did you mean LIPPYCAT_VOIP_MAX_GOROUTINES?)"
        }
        #expect {
            try resolve(environment: ["LIPPYCAT_VOIP_NANO": "maybe"])
        } throws: {
            let error = $0 as? CommandError
            return error?.place == "environment LIPPYCAT_VOIP_NANO" && error?.exitStatus == .configuration
        }
    }

    @Test func theCommandLineIsAUsageError() {
        #expect {
            try resolve([option("tcp_performance_mode", "fast")])
        } throws: {
            let error = $0 as? CommandError
            return error?.place == "--tcp-performance-mode" && error?.exitStatus == .usage
        }
    }

    @Test(arguments: [
        "", "\n", "# only a comment\n", "voip:\n", "voip: ~\n", "---\n", "--- {}\n...\n", "\u{FEFF}voip: {}\n",
    ])
    func nothingToSayIsNoError(text: String) throws {
        #expect(try resolve(file: text).entries.allSatisfy { $0.source.rank >= 3 })
    }
}
