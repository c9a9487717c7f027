import ArgumentParser
import Service

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say whether this machine is ready to capture.",
        usage: "lc doctor [--format <format>] [<options of sniff voip>]",
        discussion: """
            Looks at the configuration, privileges, interfaces, buffers, disk, log, clock and limits, with the settings that
            'lc sniff voip' would have, and as the user who runs it. Each finding comes with its remedy. Nothing is changed.

            EXIT STATUS: 0 ready (there may be warnings); otherwise that of the first problem: 78 the configuration is wrong,
            77 packets may not be captured, 66 there is no such interface, 69 an interface is down, or something else is
            not there, 73 captures or the log cannot be written, 74 the disk is as good as full.

            EXAMPLES:
              lc doctor
              lc doctor -c /etc/lippycat/config.yaml --format json
              lc doctor -i eth0 -p -o /var/lib/lippycat/pcap
            """)

    @OptionGroup var arguments: VoIPArguments

    func run() throws { try Doctor.run(Resolution(commandLine: arguments.given)).end() }
}
