import Calls
import Engine
import Synchronization

/// Answers what is asked of the status service: who may ask, which path means what, and the documents.
///
/// It knows nothing of sockets: `Status` brings requests and takes replies away.
public final class StatusService: Sendable {
    let board: StatusBoard
    public let counters = StatusCounters()
    let live: LiveCalls
    private let credentials: StatusCredentials
    private let metrics = CachedText()

    init(_ board: StatusBoard, _ credentials: StatusCredentials) {
        self.board = board
        self.credentials = credentials
        live = LiveCalls(board.control)
    }

    public func answer(_ request: StatusRequest) async -> StatusReply {
        var reply = await answerUncounted(request)
        counters.count(reply.code)
        reply.headers.append(("Cache-Control", "no-store"))
        reply.headers.append(("X-Content-Type-Options", "nosniff"))
        return reply
    }

    private func answerUncounted(_ request: StatusRequest) async -> StatusReply {
        if let refusal = refused(request) { return refusal }
        guard let target = StatusTarget(request.target) else {
            counters.count(.request)
            return .problem(400, "this is no request target", "a path, with %XX for what is special in it")
        }
        return await route(target, request)
    }

    // MARK: Who may ask

    private func refused(_ request: StatusRequest) -> StatusReply? {
        guard request.method == "GET" || request.method == "HEAD" else {
            counters.count(.method)
            var reply = StatusReply.problem(405, "only GET and HEAD are understood")
            reply.headers.append(("Allow", "GET, HEAD"))
            return reply
        }
        if request.hasBody {
            counters.count(.size)
            return .problem(413, "a request has no body here")
        }
        guard case .address = request.peer else { return nil }
        // A page of somebody's browser that has its name lead to this machine asks for its own name.
        if !credentials.hasToken, !Self.isOurs(request.host) {
            counters.count(.host)
            return .problem(421, "this name is not served", "ask for 127.0.0.1, [::1] or localhost")
        }
        guard credentials.permit(request.authorization) else {
            counters.count(.token)
            audit("fetch_refused", request, 401)
            var reply = StatusReply.problem(401, "a token is needed", "Authorization: Bearer TOKEN")
            reply.headers.append(("WWW-Authenticate", "Bearer"))
            return reply
        }
        return nil
    }

    private static func isOurs(_ host: String?) -> Bool {
        // HTTP/1.0 has none, and browsers do not speak it.
        guard let host else { return true }
        var name = Substring(host)
        if name.first == "[" {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if let colon = name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        if name.lowercased() == "localhost" { return true }
        return StatusAddress("\(name):1") != nil || StatusAddress("[\(name)]:1") != nil
    }

    // MARK: Which path means what

    private func route(_ target: StatusTarget, _ request: StatusRequest) async -> StatusReply {
        let path = target.components
        let takesQuery = path == ["calls"] || (path.count == 3 && path[2] == "pcap")
        if !takesQuery, let unknown = target.query.first {
            counters.count(.request)
            return .problem(400, "'\(sanitised(unknown.key))' is no parameter here")
        }
        switch path.first ?? "" {
        case "health" where path.count == 1: return health()
        case "health" where path.count == 2: return health(path[1])
        case "ready" where path.count == 1: return ready()
        case "metrics" where path.count == 1: return await metricsText()
        case "config" where path.count == 1: return audited(request, config())
        case "calls" where path.count == 1: return audited(request, await calls(target))
        case "calls" where path.count == 2: return audited(request, await call(path[1]))
        case "calls" where path.count == 3 && path[2] == "pcap":
            return audited(request, await capture(path[1], target))
        default:
            return .problem(404, "there is nothing here", "/health, /ready, /metrics, /calls, /config")
        }
    }

    private func audited(_ request: StatusRequest, _ reply: StatusReply) -> StatusReply {
        audit("fetch", request, reply.code)
        return reply
    }

    /// Who asked for what, without what monitoring asks all the time.
    private func audit(_ action: String, _ request: StatusRequest, _ code: Int) {
        guard counters.mayAudit(at: WallClock.now / 1_000_000_000) else { return }
        var sender: SignalSender?
        var details: [(key: String, value: JSONValue)] = [
            ("target", .string(String(request.target.prefix(512)))), ("status", .integer(Int64(code))),
        ]
        switch request.peer {
        case .socket(let process, let user): sender = SignalSender(process: process, user: user)
        case .address(let address): details.append(("address", .string(address)))
        }
        Log.audit(action, by: sender, details)
    }

    // MARK: Documents

    private func health() -> StatusReply {
        let report = Health.report(board)
        let started = board.startedAt
        return StatusReply(
            report.status == .unhealthy ? 503 : 200, pretty: true,
            .object([
                ("status", .string(report.status.name)), ("time", .string(InstantText.format(WallClock.now))),
                ("version", .string(Version.number)),
                ("uptime_s", .decimal(Double((MonotonicClock.now - started) / 1_000_000) / 1000)),
                ("checks", .object(report.checks.map { ($0.name, $0.json) })),
            ]))
    }

    private func health(_ name: String) -> StatusReply {
        let report = Health.report(board)
        guard let check = report.checks.first(where: { $0.name == name }) else {
            return .problem(
                404, "there is no such check", "one of " + report.checks.map(\.name).joined(separator: ", "))
        }
        guard case .object(let members) = check.json else { return .problem(500, "no document") }
        return StatusReply(
            check.status == .unhealthy ? 503 : 200, .object([("name", .string(check.name))] + members))
    }

    private func ready() -> StatusReply {
        let stage = board.read { $0.stage }
        return StatusReply(
            stage == .capturing ? 200 : 503,
            .object([("ready", .boolean(stage == .capturing)), ("stage", .string(stage.rawValue))]))
    }

    private func config() -> StatusReply {
        let text = board.read { ShowConfig.text($0.settings, sources: true) }
        return StatusReply(200, "application/json", Array(text.utf8))
    }

    private func metricsText() async -> StatusReply {
        // New figures come four times a second; whoever asks more often gets the same ones.
        if let text = metrics.fresh(for: 250_000_000) { return StatusReply(200, MetricsText.type, text) }
        let answer = await live.counters()
        let text = MetricsText.text(board, counters, workers: answer)
        metrics.keep(text)
        return StatusReply(200, MetricsText.type, text)
    }
}

/// A text that is made anew only so often.
final class CachedText: Sendable {
    private struct State {
        var text: [UInt8] = []
        var time = Int64.min
    }

    private let state = Mutex(State())

    func fresh(for age: Int64) -> [UInt8]? {
        let now = MonotonicClock.now
        return state.withLock { $0.time > now - age ? $0.text : nil }
    }

    func keep(_ text: [UInt8]) {
        let now = MonotonicClock.now
        state.withLock { $0 = State(text: text, time: now) }
    }
}
