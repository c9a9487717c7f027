import ArgumentParser
import Glibc
import Service

struct LippycatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lc", abstract: "Follow every SIP call and its media; one capture per call, and the figures.",
        discussion: """
            EXAMPLES:
              lc sniff voip -r capture.pcap
              lc sniff voip -i eth0 -o /var/lib/lippycat/pcap
              lc show config --sources
              lc --generate-completion-script bash > /etc/bash_completion.d/lc
            """,
        version: Version.text,
        subcommands: [SniffCommand.self, ListCommand.self, ShowCommand.self])

    static var _errorPrefix: String { "lc: " }
}

@main
enum Program {
    static func main() {
        // A reader of our output that goes away must not kill a capture: writing fails with EPIPE instead.
        signal(SIGPIPE, SIG_IGN)
        let arguments = ArgumentRewriter().rewritten(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try LippycatCommand.parseAsRoot(arguments)
            try command.run()
        } catch let error as CommandError {
            StandardStream.error.write(error.description + "\n")
            exit(error.exitStatus.rawValue)
        } catch {
            LippycatCommand.exit(withError: error)
        }
    }
}

extension ExitStatus {
    /// Ends the command with this status.
    func end() throws {
        if self != .ok { throw ExitCode(rawValue) }
    }
}
