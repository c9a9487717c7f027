import ArgumentParser
import Service

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what the program would use, and what a running one does.",
        discussion: """
            EXAMPLES:
              lc show config
              lc show status
              lc show calls --active
              lc show metrics
            """,
        subcommands: [
            ShowConfigCommand.self, ShowStatusCommand.self, ShowCallsCommand.self, ShowMetricsCommand.self,
        ])
}

struct ShowConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Print the effective configuration as JSON.",
        usage: "lc show config [--sources] [<options of sniff voip>]",
        discussion: """
            Everything is resolved: command line, environment, configuration file, performance mode, defaults.
            Secrets are masked. A mistake in the file is an error with its line, and exit status 78.

            EXAMPLES:
              lc show config
              lc show config --sources
              lc show config -c /etc/lippycat/config.yaml -M memory
            """)

    @Flag(help: "Say for every value where it comes from.") var sources = false
    @OptionGroup var arguments: VoIPArguments

    func run() throws {
        let resolved = try Resolution(commandLine: arguments.given).resolve(for: .voip)
        for warning in resolved.warnings { StandardStream.error.write("lc: \(sanitised(warning))\n") }
        try printed(ShowConfig.text(resolved, sources: sources)).end()
    }
}

/// Puts a result on stdout. A reader that has gone away is not an error.
func printed(_ text: String) -> ExitStatus {
    StandardStream.output.write(text) || StandardStream.lastWriteFoundNoReader ? .ok : .inputOutput
}
