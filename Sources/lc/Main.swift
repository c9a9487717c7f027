import ArgumentParser

@main
struct LippycatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lc", abstract: "Packet-capture VoIP sniffer.")
}
