import ArgumentParser
import Service
import Status

/// Where the service is asked.
struct StatusSocketOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The service's Unix socket (default: status_socket of the configuration, or \(StatusSocket.standard)).",
            valueName: "path"), completion: .file())
    var socket: String?
    @Option(
        name: [.customShort("c"), .long], help: ArgumentHelp("Configuration file of the service.", valueName: "file"),
        completion: .file())
    var config: String?

    func get(_ target: String) throws -> StatusClient.Reply {
        try StatusClient.get(target, socket: socket ?? StatusSocket.path(configuration: config))
    }
}

struct ShowStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Ask the running service how it is.",
        usage: "lc show status [--socket <path>] [<check>]",
        discussion: """
            The status is healthy, degraded or unhealthy; the exit status is 69 when it is unhealthy or nobody answers.

            EXAMPLES:
              lc show status
              lc show status disk
              lc show status --socket /run/lippycat/lc.sock
            """)

    @OptionGroup var asked: StatusSocketOptions
    @Argument(help: "One check: capture, interface:NAME, workers, archive, disk, memory, cpu, records.")
    var check: String?

    func run() throws {
        let reply = try asked.get("/health" + (check.map { "/" + StatusSocket.encoded($0) } ?? ""))
        guard reply.code == 200 || reply.code == 503 else { throw CommandError(reply) }
        try printed(String(decoding: reply.body, as: UTF8.self)).end()
        if reply.code == 503 { try ExitStatus.serviceUnavailable.end() }
    }
}

struct ShowMetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Print the running service's figures in Prometheus's format.",
        usage: "lc show metrics [--socket <path>]",
        discussion: """
            EXAMPLES:
              lc show metrics
              lc show metrics | grep dropped
            """)

    @OptionGroup var asked: StatusSocketOptions

    func run() throws {
        let reply = try asked.get("/metrics")
        guard reply.code == 200 else { throw CommandError(reply) }
        try printed(String(decoding: reply.body, as: UTF8.self)).end()
    }
}

struct ShowCallsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls",
        abstract: "List the running service's calls: those going on, and those that ended lately.",
        usage: "lc show calls [--socket <path>] [<filters>] [<call-id>]",
        discussion: """
            With a Call-ID: that call's record, as far as it has come.

            EXAMPLES:
              lc show calls
              lc show calls --active
              lc show calls --user 4930123 --state failed,busy --limit 20
              lc show calls --mos-max 3.5 --since 2026-01-02T00:00:00Z
              lc show calls 3848276298220188511@atlanta.example.com
            """)

    @OptionGroup var asked: StatusSocketOptions
    @Flag(inversion: .prefixedNo, help: "Only calls that are going on, or only those that have ended.")
    var active: Bool?
    @Option(help: "Only calls in these states.") var state: String?
    @Option(help: "Whose caller's user part has this in it.") var from: String?
    @Option(help: "Whose called user part has this in it.") var to: String?
    @Option(help: "One of both.") var user: String?
    @Option(help: "Begun then or later.") var since: String?
    @Option(help: "Begun then or earlier.") var until: String?
    @Option(help: "Whose worst stream has this MOS or a better one.") var mosMin: String?
    @Option(help: "Whose worst stream has this MOS or a worse one.") var mosMax: String?
    @Option(help: "How many, from 1 to 1000.") var limit: Int?
    @Option(help: "Leave out so many.") var offset: Int?
    @Argument(help: "One call.") var callID: String?

    func run() throws {
        let filters: [(String, String?)] = [
            ("active", active.map { $0 ? "true" : "false" }), ("state", state), ("from", from), ("to", to),
            ("user", user), ("since", since), ("until", until), ("mos_min", mosMin), ("mos_max", mosMax),
            ("limit", limit.map(String.init)), ("offset", offset.map(String.init)),
        ]
        let query = filters.compactMap { name, value in value.map { name + "=" + StatusSocket.encoded($0) } }
        var target = "/calls"
        if let callID { target += "/" + StatusSocket.encoded(callID) }
        if !query.isEmpty { target += "?" + query.joined(separator: "&") }
        let reply = try asked.get(target)
        guard reply.code == 200 else { throw CommandError(reply) }
        try printed(String(decoding: reply.body, as: UTF8.self)).end()
    }
}

extension CommandError {
    /// A refusal, in the service's words.
    fileprivate init(_ reply: StatusClient.Reply) {
        let text = String(decoding: reply.body.prefix(1000), as: UTF8.self)
        self.init(
            "the service answers \(reply.code): \(text.split(separator: "\n").first ?? "")",
            exitStatus: reply.code == 404 || reply.code == 400 ? .usage : .serviceUnavailable)
    }
}
