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
        subcommands: [
            SniffCommand.self, ListCommand.self, ShowCommand.self, DoctorCommand.self, DecryptCommand.self,
            RepairCommand.self, SupportBundleCommand.self,
        ])

    static var _errorPrefix: String { "lc: " }
}

@main
enum Program {
    static func main() {
        // A reader of our output that goes away must not kill a capture: writing fails with EPIPE instead.
        signal(SIGPIPE, SIG_IGN)
        // A reload that comes while the program starts waits for the thread that takes signals.
        var hangUp = sigset_t()
        sigemptyset(&hangUp)
        sigaddset(&hangUp, SIGHUP)
        pthread_sigmask(SIG_BLOCK, &hangUp, nil)
        let arguments = ArgumentRewriter().rewritten(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try command(arguments)
            try command.run()
        } catch let error as CommandError {
            error.say()
            exit(error.exitStatus.rawValue)
        } catch {
            let status = LippycatCommand.exitCode(for: error)
            // Help, version and completions end here too, with success.
            guard status != .success else { LippycatCommand.exit(withError: error) }
            let message = LippycatCommand.fullMessage(for: error)
            // The message quotes arguments; its own lines stay lines.
            let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map { sanitised(String($0)) }
            if !message.isEmpty { StandardStream.error.write(lines.joined(separator: "\n") + "\n") }
            exit(status.rawValue)
        }
    }
}

extension Program {
    /// What the arguments say is to be done.
    ///
    /// On its way down from the root the library makes all options of a command anew for each question it asks about them,
    /// which is half of the start. So the usual command is read by a parser of its own. Help and mistakes go the whole way,
    /// to be told in the words of the whole.
    private static func command(_ arguments: [String]) throws -> any ParsableCommand {
        if arguments.starts(with: ["sniff", "voip"]),
            let voip = try? SniffVoIPCommand.parse(Array(arguments.dropFirst(2)))
        {
            return voip
        }
        return try LippycatCommand.parseAsRoot(arguments)
    }
}

extension ExitStatus {
    /// Ends the command with this status.
    func end() throws {
        if self != .ok { throw ExitCode(rawValue) }
    }
}
