import Archive
import Calls
import Engine
import Glibc

/// `/calls`, `/calls/ID` and `/calls/ID/pcap`.
extension StatusService {
    func calls(_ target: StatusTarget) async -> StatusReply {
        let filter: CallFilter
        do throws(ValueProblem) {
            filter = try CallFilter(target.query)
        } catch {
            counters.count(.request)
            return .problem(400, error.what, error.remedy)
        }
        let listing = await live.listing()
        let page = CallPage(filter, listing, board.read { $0.ended })
        return StatusReply(
            200,
            .object([
                ("total", .integer(Int64(page.total))), ("offset", .integer(Int64(filter.offset))),
                ("limit", .integer(Int64(filter.limit))), ("calls_active", .integer(Int64(listing.total))),
                ("active_listed", .integer(Int64(listing.calls.count))),
                ("active_as_of", listing.time == 0 ? .null : .string(InstantText.format(listing.time))),
                ("ended_listed", .integer(Int64(page.endedKept))), ("calls", .array(page.rows)),
            ]))
    }

    /// The record: of a call that is going on as far as it has come, else of the last one with this Call-ID.
    func call(_ id: String) async -> StatusReply {
        if let record = await live.record(id) {
            var json: [UInt8] = []
            JSONLines.append(record, to: &json)
            return StatusReply(200, "application/json", json)
        }
        guard let ended = board.read({ $0.ended.find(id) }) else { return Self.unknownCall }
        return StatusReply(200, "application/json", ended.line + [UInt8(ascii: "\n")])
    }

    /// A capture of a call that has ended: the one that its record names, never one that the client names.
    func capture(_ id: String, _ target: StatusTarget) async -> StatusReply {
        var index = 0
        for (key, value) in target.query {
            guard key == "file", let number = Int(value), number >= 0, value.utf8.count <= 6 else {
                counters.count(.request)
                return .problem(
                    400, "'\(sanitised(key))' is not understood", "file=N, from 0, for a call with several files")
            }
            index = number
        }
        guard let directory = board.directory else { return .problem(404, "no captures are written", "--output-dir") }
        guard let ended = board.read({ $0.ended.find(id) }) else {
            if await live.record(id) == nil { return Self.unknownCall }
            return .problem(409, "the call is going on, and so is its capture", "ask again when it has ended")
        }
        guard index < ended.files.count else {
            return .problem(404, "the call has \(ended.files.count) captures", "file=N counts from 0")
        }
        do throws(SystemFailure) {
            let file = try StatusFile(ended.files[index], in: directory.path)
            var reply = StatusReply(200, file: file)
            // Our own file names have no quotes or controls; a pattern may bring other letters.
            let name = String(
                file.name.unicodeScalars.map {
                    $0.isASCII && $0.value > 0x20 && $0 != "\"" && $0 != "\\" ? Character($0) : "_"
                })
            reply.headers.append(("Content-Disposition", "attachment; filename=\"\(name)\""))
            return reply
        } catch {
            if error.code == ENOENT {
                return .problem(404, "the capture is gone, or not finished yet", "retention deletes old ones")
            }
            return .problem(500, "cannot open the capture: \(describe(errno: error.code))")
        }
    }

    private static var unknownCall: StatusReply {
        .problem(404, "no such call is going on or has ended lately", "older ones are in calls.jsonl")
    }
}

/// What of the calls is wanted.
struct CallFilter {
    static let mostRows = 1000

    var limit = 100
    var offset = 0
    var isActive: Bool?
    var states: Set<CallRecord.State> = []
    var from: String?
    var to: String?
    /// In From or To.
    var user: String?
    var callID: String?
    /// Begun then or later; nanoseconds since the epoch.
    var since: Int64?
    var until: Int64?
    var lowestMOS: Double?
    var highestMOS: Double?

    init(_ query: [(key: String, value: String)]) throws(ValueProblem) {
        for (key, value) in query {
            switch key {
            case "limit": limit = try Self.number(key, value, 1...Self.mostRows)
            case "offset": offset = try Self.number(key, value, 0...1_000_000)
            case "active":
                switch value {
                case "true": isActive = true
                case "false": isActive = false
                default: throw ValueProblem(what: "active is neither true nor false", remedy: "active=true")
                }
            case "state":
                for word in value.split(separator: ",", omittingEmptySubsequences: false) {
                    guard let state = CallRecord.State(rawValue: String(word)) else {
                        throw ValueProblem(
                            what: "state is not possible",
                            remedy: "of " + CallRecord.State.allCases.map(\.rawValue).joined(separator: ", "))
                    }
                    states.insert(state)
                }
            case "from": from = try Self.text(key, value)
            case "to": to = try Self.text(key, value)
            case "user": user = try Self.text(key, value)
            case "call_id": callID = try Self.text(key, value)
            case "since": since = try Self.instant(key, value)
            case "until": until = try Self.instant(key, value)
            case "mos_min": lowestMOS = try Self.decimal(key, value)
            case "mos_max": highestMOS = try Self.decimal(key, value)
            default:
                throw ValueProblem(
                    what: "'\(sanitised(key))' is no parameter here",
                    remedy: "limit, offset, active, state, from, to, user, call_id, since, until, mos_min, mos_max")
            }
        }
    }

    private static func number(_ key: String, _ value: String, _ range: ClosedRange<Int>) throws(ValueProblem) -> Int {
        guard value.utf8.count <= 9, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(value),
            range.contains(number)
        else {
            throw ValueProblem(
                what: "\(key) is no such number", remedy: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func text(_ key: String, _ value: String) throws(ValueProblem) -> String {
        guard !value.isEmpty else { throw ValueProblem(what: "\(key) is empty", remedy: "leave it out") }
        return value
    }

    /// RFC 3339. A time that nanoseconds cannot tell is before or after all calls.
    private static func instant(_ key: String, _ value: String) throws(ValueProblem) -> Int64 {
        if value.contains(where: { $0 == "T" || $0 == "t" }), let year = Int(value.prefix(4)) {
            if let time = try? InstantText.parse(value) { return time }
            if !(1970...2261).contains(year), (try? InstantText.parse("1972" + value.dropFirst(4))) != nil {
                return year < 1970 ? 0 : .max
            }
        }
        throw ValueProblem(what: "\(key) is no time", remedy: "like 2026-01-02T03:04:05Z")
    }

    private static func decimal(_ key: String, _ value: String) throws(ValueProblem) -> Double {
        guard value.utf8.count <= 32, let number = Double(value), number.isFinite, number >= 0, number <= 5 else {
            throw ValueProblem(what: "\(key) is no MOS", remedy: "from 0 to 5")
        }
        return number
    }

    func admits(_ call: LiveCall) -> Bool {
        isActive != false && lowestMOS == nil && highestMOS == nil
            && admits(call.callID, call.state, call.startTime, call.from, call.to)
    }

    func admits(_ call: EndedCall) -> Bool {
        guard isActive != true, admits(call.callID, call.state, call.startTime, call.from, call.to) else {
            return false
        }
        if lowestMOS == nil, highestMOS == nil { return true }
        guard let mos = call.mos else { return false }
        return mos >= lowestMOS ?? 0 && mos <= highestMOS ?? 5
    }

    private func admits(
        _ id: String, _ state: CallRecord.State, _ start: Int64?, _ caller: CallRecord.Party, _ called: CallRecord.Party
    ) -> Bool {
        if let callID, callID != id { return false }
        if !states.isEmpty, !states.contains(state) { return false }
        if let since, (start ?? .min) < since { return false }
        if let until, (start ?? .max) > until { return false }
        if let from, !(caller.user ?? "").contains(from) { return false }
        if let to, !(called.user ?? "").contains(to) { return false }
        if let user, !(caller.user ?? "").contains(user), !(called.user ?? "").contains(user) { return false }
        return true
    }
}

/// One page of the calls that a filter admits: those going on first, then those that ended, the newest first of both.
struct CallPage {
    private(set) var rows: [JSONValue] = []
    /// On all pages.
    private(set) var total = 0
    let endedKept: Int

    init(_ filter: CallFilter, _ listing: LiveCalls.Listing, _ ended: EndedCalls) {
        endedKept = ended.count
        let wanted = filter.offset..<(filter.offset + filter.limit)
        for listed in listing.calls where filter.admits(listed.call) {
            if wanted.contains(total) { rows.append(listed.row.get { listed.call.json }) }
            total += 1
        }
        for call in ended.all.reversed() where filter.admits(call) {
            if wanted.contains(total) { rows.append(call.row.get { call.json }) }
            total += 1
        }
    }
}

extension LiveCall {
    var json: JSONValue {
        .object([
            ("call_id", .string(callID)), ("active", .boolean(true)), ("state", .string(state.rawValue)),
            ("from", .party(from)), ("to", .party(to)), ("start_time", .time(startTime)),
            ("answer_time", .time(answerTime)), ("end_time", .null), ("duration_s", .null), ("status_code", .null),
            ("packets", .integer(Int64(clamping: packets))), ("streams", .integer(Int64(streams))), ("mos", .null),
            ("files", .array([])),
        ])
    }
}

extension EndedCall {
    var json: JSONValue {
        .object([
            ("call_id", .string(callID)), ("active", .boolean(false)), ("state", .string(state.rawValue)),
            ("from", .party(from)), ("to", .party(to)), ("start_time", .time(startTime)),
            ("answer_time", .time(answerTime)), ("end_time", .time(endTime)),
            ("duration_s", duration.map { .decimal(Double($0) / 1e9) } ?? .null),
            ("status_code", statusCode.map { .integer(Int64($0)) } ?? .null),
            ("packets", .integer(Int64(clamping: packets))), ("streams", .integer(Int64(streams))),
            ("mos", mos.map { .decimal($0) } ?? .null), ("files", .array(files.map { .string($0) })),
        ])
    }
}

extension JSONValue {
    fileprivate static func party(_ party: CallRecord.Party) -> JSONValue {
        .object([
            ("user", party.user.map { .string($0) } ?? .null), ("host", party.host.map { .string($0) } ?? .null),
        ])
    }

    fileprivate static func time(_ time: Int64?) -> JSONValue { time.map { .string(InstantText.format($0)) } ?? .null }
}
