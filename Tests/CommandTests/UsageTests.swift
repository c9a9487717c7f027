import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        ["sniff", "voip", "--overwrit"], ["sniff", "--cuont", "3"], ["show", "config", "--source"],
        ["list", "interfaces", "--fromat", "json"],
    ])
    func anUnknownOptionNamesTheNearest(arguments: [String]) throws {
        let run = try Command.run(list: arguments)
        #expect(run.status == 64)
        #expect(run.error.contains("Did you mean '--"), "\(run.error)")
        #expect(run.output.isEmpty)
    }

    @Test func aBadModeListsTheGoodOnes() throws {
        let run = try Command.run("sniff", "voip", "-M", "fast")
        #expect(run.status == 64)
        #expect(
            run.error == """
                lc: 'fast' is no performance mode: --tcp-performance-mode (valid: balanced, throughput, latency, memory, \
                minimal, high_performance, low_latency)

                """)
    }

    @Test(arguments: [
        ["--read-file"], ["-r"], ["--max-goroutines"], ["--max-goroutines=0"], ["--max-goroutines=many"],
        ["--per-call-pcap-pattern", "x.pcap"], ["-i", "eth0", "-r", "-"], ["-o", "a", "-w", "b"], ["--count", "0"],
        ["--from-time", "yesterday"], ["-R", "20-10"], ["-S", "0"], ["--format", "xml"], ["--ring-timeout", "5"],
        ["--overwrite=perhaps"], ["-r", "-", "-r", "-"], ["--from-time", "10", "--to-time", "5", "-"],
    ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Command.run(list: ["sniff", "voip"] + arguments)
        #expect(run.status == 64, "\(run.error)")
        #expect(run.error.hasPrefix("lc: "), "\(run.error)")
    }

    @Test(arguments: [["sniff", "voip"], ["sniff"]]) func aMissingFileIsAnError(command: [String]) throws {
        for arguments in [["--read-file", "/nonexistent/a.pcap"], ["/nonexistent/a.pcap"]] {
            let run = try Command.run(list: command + arguments)
            #expect(run.status == 66)
            #expect(
                run.error
                    == "lc: cannot open the capture: no such file or directory: /nonexistent/a.pcap (check the name)\n")
        }
    }

    @Test func argumentsInMessagesCannotSteerTheTerminal() throws {
        let run = try Command.run("sniff", "voip", "--x\u{1B}[31m")
        #expect(run.status == 64)
        #expect(run.error.hasPrefix("lc: Unknown option '--x\\x1b[31m'\nUsage: "))
    }

    @Test func version() throws {
        let run = try Command.run("--version")
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("lc (lippycat) "))
    }

    @Test(arguments: [
        [], ["sniff"], ["sniff", "voip"], ["sniff", "packets"], ["list"], ["list", "interfaces"], ["show"],
        ["show", "config"], ["doctor"], ["support-bundle"],
    ])
    func everyHelpHasAnExample(command: [String]) throws {
        let run = try Command.run(list: command + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("EXAMPLES:\n  lc "))
    }

    @Test func helpHasEveryOptionOfTheDocumentation() throws {
        let help = try Command.run("sniff", "voip", "--help").output
        for option in [
            "-i, --interface", "-r, --read-file", "-f, --filter", "-p, --promiscuous", "--snaplen",
            "--pcap-buffer-size",
            "-u, --sip-user", "--sip-user-file", "--call-id", "--from-time", "--to-time", "--count", "--duration",
            "-S, --sip-port", "-R, --rtp-port-range", "-U, --udp-only", "-o, --output-dir", "--per-call-pcap-pattern",
            "-w, --write-file", "--overwrite", "--max-file-size", "--nano", "--deduplicate", "--all-dialogs",
            "--orphan-rtp", "--pcap-grace-period", "--ring-timeout", "--call-idle-timeout",
            "-M, --tcp-performance-mode", "--max-goroutines, --tcp-max-goroutines", "--workers", "--max-tcp-buffers",
            "--tcp-memory-limit", "--tcp-buffer-max-age", "--tcp-cleanup-interval", "--tcp-stream-timeout",
            "--tcp-sip-idle-timeout", "--tcp-assembler-max-pages", "--tcp-stream-max-queue-time", "--tcp-batch-size",
            "--tcp-buffer-strategy", "--enable-backpressure", "--memory-optimization", "--max-calls", "-c, --config",
            "--log-level", "--log-format", "--log-file", "-q, --quiet", "--format",
        ] {
            #expect(help.contains(option), "\(option)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completions(shell: String) throws {
        let run = try Command.run("--generate-completion-script", shell)
        #expect(run.status == 0)
        #expect(run.output.contains("tcp-performance-mode"))
        #expect(run.output.contains("throughput"))
    }
}
