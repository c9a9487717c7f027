import ArgumentParser
import Service
import Status

struct SniffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sniff", abstract: "Capture packets, live or from files.",
        discussion: """
            Without 'voip' it shows any packets; 'lc sniff packets --help' has those options.

            EXAMPLES:
              lc sniff voip -r capture.pcap
              lc sniff -i eth0 -f "port 5060" -w signalling.pcap
            """,
        subcommands: [SniffVoIPCommand.self, SniffPacketsCommand.self], defaultSubcommand: SniffPacketsCommand.self)
}

struct SniffVoIPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voip", abstract: "Follow SIP calls and their media.",
        usage: "lc sniff voip [<options>] [<file> ...]",
        discussion: """
            EXAMPLES:
              lc sniff voip -r capture.pcap                        the calls of a capture
              lc sniff voip -r capture.pcap -o calls               one capture per call
              lc sniff voip -r big.pcap.gz -u '*456789' --format json
              lc sniff voip -i eth0 -o /var/lib/lippycat/pcap -M memory

            Options are also settings of the configuration file (--max-goroutines is voip.max_goroutines) and of the
            environment (LIPPYCAT_VOIP_MAX_GOROUTINES); 'lc show config' prints what counts.
            """)

    @OptionGroup var arguments: VoIPArguments
    @Argument(help: "Captures to read, like --read-file.", completion: .file()) var file: [String] = []

    func run() throws {
        let resolution = Resolution(commandLine: files(file, after: arguments.given))
        let resolved = try resolution.resolve(for: .voip)
        let request = try SniffRequest(resolved)
        try Log.start(request.log, warnings: resolved.warnings)
        let status = try SniffVoIP.run(request, resolved, status: StatusServer.listen) { () throws(CommandError) in
            try resolution.resolve(for: .voip)
        }
        try status.end()
    }
}

struct SniffPacketsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packets", abstract: "Show any packets, or write them to one capture.",
        usage: "lc sniff [<options>] [<file> ...]",
        discussion: """
            EXAMPLES:
              lc sniff -i eth0 -f "udp port 5060" --count 10
              lc sniff -r capture.pcap --from-time 2026-01-02T03:04:05Z --duration 1m -w minute.pcap
            """)

    @OptionGroup var arguments: PacketArguments
    @Argument(help: "Captures to read, like --read-file.", completion: .file()) var file: [String] = []

    func run() throws {
        let resolution = Resolution(commandLine: files(file, after: arguments.given))
        let resolved = try resolution.resolve(for: .packets)
        let request = try PacketRequest(resolved)
        try Log.start(request.log, warnings: resolved.warnings)
        let status = try SniffPackets.run(request, resolved) { () throws(CommandError) in
            try resolution.resolve(for: .packets)
        }
        try status.end()
    }
}
