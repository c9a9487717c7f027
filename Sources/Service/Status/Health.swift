import Calls
import Engine

public enum HealthStatus: Int, Sendable, Comparable {
    case healthy, degraded, unhealthy

    public var name: String {
        switch self {
        case .healthy: "healthy"
        case .degraded: "degraded"
        case .unhealthy: "unhealthy"
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One component, looked at.
struct HealthCheck: Sendable {
    var name: String
    var status: HealthStatus
    /// What is the matter, or what is well.
    var message: String
    var figures: [(key: String, value: JSONValue)] = []

    var json: JSONValue {
        .object(
            [("status", .string(status.name)), ("message", .string(message))] + figures)
    }
}

struct HealthReport: Sendable {
    var checks: [HealthCheck]

    /// The worst of all; but an interface that is away leaves the others, which the check of the capture knows.
    var status: HealthStatus {
        checks.map { $0.name.hasPrefix(Health.interfacePrefix) ? min($0.status, .degraded) : $0.status }.max()
            ?? .healthy
    }
}

/// What the board's figures say of each component.
enum Health {
    static let interfacePrefix = "interface:"

    static func report(_ board: StatusBoard, now: Int64 = MonotonicClock.now) -> HealthReport {
        let gate = board.directory.map { ($0.path, $0.gate.reason) }
        return board.read { state in
            HealthReport(
                checks: [capture(state, now)] + interfaces(state) + [
                    workers(state, now), archive(state, gate), disk(state), memory(state), cpu(state), records(state),
                ])
        }
    }

    // MARK: Packets

    static func capture(_ state: borrowing StatusBoard.State, _ now: Int64) -> HealthCheck {
        let drops: [(key: String, count: UInt64)] = ["kernel", "interface", "queue"].map {
            ($0, state.losses.growth($0))
        }
        let lost = drops.reduce(0) { $0 &+ $1.count }
        let away = state.progress?.interfaces.count { $0.state != "capturing" } ?? 0
        let all = state.progress?.interfaces.count ?? 0
        var check = HealthCheck(name: "capture", status: .healthy, message: state.stage.rawValue)
        check.figures = [
            ("stage", .string(state.stage.rawValue)),
            ("packets", .integer(Int64(clamping: state.progress?.packets ?? 0))),
            ("packets_per_second", .decimal(state.rates.packets)),
            ("dropped_recently", .object(drops.map { ($0.key, .integer(Int64(clamping: $0.count))) })),
        ]
        if state.stage == .capturing, now - state.movedAt >= state.request.health.stallTimeout {
            check.status = .unhealthy
            check.message = "neither packets nor ticks have moved for \((now - state.movedAt) / 1_000_000_000) s"
        } else if all > 0, away == all {
            (check.status, check.message) = (.unhealthy, "no interface is capturing")
        } else if lost > 0 {
            (check.status, check.message) = (.degraded, "\(lost) packets were dropped recently")
        } else if state.stage != .capturing {
            check.status = .degraded
        }
        return check
    }

    static func interfaces(_ state: borrowing StatusBoard.State) -> [HealthCheck] {
        guard let progress = state.progress else { return [] }
        return progress.interfaces.map { interface in
            let name = interfacePrefix + interface.name
            let lost = state.losses.growth(name)
            var check = HealthCheck(name: name, status: .healthy, message: interface.state)
            check.figures = [
                ("state", .string(interface.state)), ("packets", .integer(Int64(clamping: interface.packets))),
                ("dropped_recently", .integer(Int64(clamping: lost))),
                ("lost", .integer(Int64(clamping: interface.timesLost))),
                ("reopened", .integer(Int64(clamping: interface.timesReopened))),
            ]
            if interface.state != "capturing" {
                (check.status, check.message) = (.unhealthy, "the interface is \(interface.state)")
            } else if lost > 0 {
                (check.status, check.message) = (.degraded, "\(lost) packets were dropped recently")
            }
            return check
        }
    }

    static func workers(_ state: borrowing StatusBoard.State, _ now: Int64) -> HealthCheck {
        var check = HealthCheck(name: "workers", status: .healthy, message: "keeping up")
        check.figures = [("threads", .integer(Int64(state.request.engine.workers)))]
        for queue in state.progress?.queues ?? [] {
            check.figures.append((queue.name + "_queue", .integer(Int64(queue.depth))))
            check.figures.append((queue.name + "_queue_capacity", .integer(Int64(queue.capacity))))
        }
        if let since = state.workersFullSince, now - since >= state.request.health.stallTimeout {
            let isStuck = now - state.movedAt >= state.request.health.stallTimeout
            check.status = isStuck ? .unhealthy : .degraded
            check.message = "the queue has been full for \((now - since) / 1_000_000_000) s"
        }
        return check
    }

    // MARK: What is written

    static func archive(_ state: borrowing StatusBoard.State, _ gate: (path: String, reason: Int32?)?) -> HealthCheck {
        var check = HealthCheck(name: "archive", status: .healthy, message: "writing")
        guard let gate else {
            check.message = "no captures are written"
            return check
        }
        check.figures = [("directory", .string(gate.path)), ("writable", .boolean(gate.reason == nil))]
        if let reason = gate.reason {
            check.status = .unhealthy
            check.message = "nothing is written: " + describe(errno: reason)
            return check
        }
        let names = ["archive_stops", "files_seal_failed", "syncs_failed", "deletions_failed"]
        let failed = names.filter { state.losses.growth("counter:" + $0) > 0 }
        for name in failed {
            check.figures.append((name, .integer(Int64(clamping: state.losses.growth("counter:" + name)))))
        }
        if !failed.isEmpty {
            (check.status, check.message) = (.degraded, "failed recently: " + failed.joined(separator: ", "))
        }
        return check
    }

    static func disk(_ state: borrowing StatusBoard.State) -> HealthCheck {
        var check = HealthCheck(name: "disk", status: .healthy, message: "no captures are written")
        guard let disk = state.system.disk else { return check }
        let limits = state.request.health
        check.status = level(disk.percent, limits.diskWarning, limits.diskCritical)
        check.message = "\(decimalText(disk.percent, decimals: 1)) % used"
        check.figures = [
            ("used_percent", .decimal(disk.percent)), ("warning_percent", .integer(Int64(limits.diskWarning))),
            ("critical_percent", .integer(Int64(limits.diskCritical))),
            ("total_bytes", .integer(Int64(clamping: disk.total))),
            ("available_bytes", .integer(Int64(clamping: disk.available))),
        ]
        return check
    }

    static func records(_ state: borrowing StatusBoard.State) -> HealthCheck {
        let lost = state.losses.growth("counter:call_records_lost")
        var check = HealthCheck(name: "records", status: .healthy, message: "complete")
        check.figures = [
            ("calls_ended", .integer(Int64(clamping: state.quality.callsByState.reduce(0, +)))),
            ("lost_recently", .integer(Int64(clamping: lost))),
        ]
        if lost > 0 { (check.status, check.message) = (.degraded, "\(lost) call records were lost recently") }
        return check
    }

    // MARK: The process

    static func memory(_ state: borrowing StatusBoard.State) -> HealthCheck {
        let limits = state.request.health
        let budget = state.request.service.memoryBudget
        let held = state.progress?.tcpBytesHeld ?? 0
        let reassembly = state.request.engine.limits.tcpMemoryLimit
        let used = budget > 0 ? Double(state.system.resident) / Double(budget) * 100 : 0
        let usedHeld = reassembly > 0 ? Double(held) / Double(reassembly) * 100 : 0
        var check = HealthCheck(name: "memory", status: .healthy, message: "")
        check.status = level(max(used, usedHeld), limits.memoryWarning, limits.memoryCritical)
        check.message =
            budget == 0
            ? "no budget is set"
            : "\(decimalText(used, decimals: 1)) % of the budget"
                + (usedHeld > used ? ", \(decimalText(usedHeld, decimals: 1)) % of tcp_memory_limit" : "")
        check.figures = [
            ("resident_bytes", .integer(Int64(state.system.resident))), ("budget_bytes", .integer(Int64(budget))),
            ("used_percent", .decimal(used)), ("warning_percent", .integer(Int64(limits.memoryWarning))),
            ("critical_percent", .integer(Int64(limits.memoryCritical))), ("tcp_bytes", .integer(Int64(held))),
            ("tcp_limit_bytes", .integer(Int64(reassembly))),
        ]
        return check
    }

    static func cpu(_ state: borrowing StatusBoard.State) -> HealthCheck {
        let (all, one) = (state.system.processorPercent, state.system.busiestThreadPercent)
        let limit = state.request.health.cpuWarning
        var check = HealthCheck(name: "cpu", status: .healthy, message: "\(decimalText(all, decimals: 1)) % used")
        check.figures = [
            ("used_percent", .decimal(all)), ("busiest_thread_percent", .decimal(one)),
            ("warning_percent", .integer(Int64(limit))),
        ]
        if max(all, one) >= Double(limit) {
            check.status = .degraded
            if one > all { check.message = "a thread uses \(decimalText(one, decimals: 1)) % of a processor" }
        }
        return check
    }

    private static func level(_ percent: Double, _ warning: Int, _ critical: Int) -> HealthStatus {
        percent >= Double(critical) ? .unhealthy : percent >= Double(warning) ? .degraded : .healthy
    }
}
