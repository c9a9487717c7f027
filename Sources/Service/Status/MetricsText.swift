import Calls
import Engine

/// The figures in Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct MetricsText {
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""

    // MARK: The form

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP lippycat_\(name) \(help)\n# TYPE lippycat_\(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += "lippycat_" + name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " " + value + "\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some BinaryInteger) {
        sample(name, labels, String(value))
    }

    mutating func sample(_ name: String, _ value: some BinaryInteger) { sample(name, [], String(value)) }

    mutating func sample(_ name: String, _ value: Double) { sample(name, [], decimalText(value, decimals: 9)) }

    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        family(name, kind, help)
        sample(name, value)
    }

    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help)
        sample(name, value)
    }

    mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        family(name, .histogram, help)
        var below: UInt64 = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            below += count
            sample(name + "_bucket", [("le", decimalText(bound, decimals: 9))], below)
        }
        sample(name + "_bucket", [("le", "+Inf")], histogram.count)
        sample(name + "_sum", histogram.sum)
        sample(name + "_count", histogram.count)
    }

    /// Interface names are the system's; still no line feed of theirs makes a line.
    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in sanitised(text).unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    // MARK: The figures

    static func text(_ board: StatusBoard, _ counters: StatusCounters, workers: [NamedCount]) -> [UInt8] {
        var out = MetricsText()
        let health = Health.report(board)
        let gate = board.directory.map { $0.gate.reason == nil }
        out.family("build_info", .gauge, "The version, as a label.")
        out.sample("build_info", [("version", Version.number)], 1)
        out.single(
            "start_time_seconds", .gauge, "When the program was started, Unix time.", Double(board.startTime) / 1e9)
        let body = board.read { state in
            var out = MetricsText()
            if let progress = state.progress { out.add(progress, state.rates) }
            out.add(state.quality)
            out.add(state.system, state.request, state.progress?.tcpBytesHeld ?? 0)
            out.add(events: (state.progress?.counters ?? []) + workers + state.keeping)
            out.single(
                "calls_kept", .gauge, "Ended calls that /calls still shows.", state.ended.count)
            return out.text
        }
        out.text += body
        if let gate { out.single("archive_writable", .gauge, "1 while captures can be written.", gate ? 1 : 0) }
        out.family("health_status", .gauge, "Of each check: 0 healthy, 1 degraded, 2 unhealthy.")
        for check in health.checks { out.sample("health_status", [("check", check.name)], check.status.rawValue) }
        out.single(
            "health_overall", .gauge, "Of all checks: 0 healthy, 1 degraded, 2 unhealthy.", health.status.rawValue)
        out.family("status_requests_total", .counter, "Questions to the status service, by the code of the answer.")
        for (code, count) in counters.codes { out.sample("status_requests_total", [("code", String(code))], count) }
        out.family("status_refused_total", .counter, "Questions that the status service refused, by the reason.")
        for (name, count) in counters.refusals { out.sample("status_refused_total", [("reason", name)], count) }
        out.single(
            "status_audit_lines_left_out_total", .counter, "Lines the audit log did not get, too many in a second.",
            counters.auditLeftOut)
        return Array(out.text.utf8)
    }

    private mutating func add(_ progress: SnifferProgress, _ rates: Rates) {
        let ledger = progress.ledger
        single("packets_captured_total", .counter, "Packets that came to us.", ledger.captured)
        single("bytes_captured_total", .counter, "Bytes of them as captured.", progress.bytes)
        single("packets_per_second", .gauge, "Over the last ten seconds.", rates.packets)
        single("bytes_per_second", .gauge, "Over the last ten seconds.", rates.bytes)
        family("packets_total", .counter, "Packets by what they are; the sum is packets_captured_total.")
        for packetClass in PacketClass.allCases {
            sample("packets_total", [("class", packetClass.name)], ledger[packetClass])
        }
        for refused in ledger.refused { sample("packets_total", [("class", "refused:" + refused.name)], refused.count) }
        family("packets_by_owner_total", .counter, "Packets by whose they are; the sum is packets_captured_total.")
        for owner in PacketOwnership.allCases {
            sample("packets_by_owner_total", [("owner", owner.name)], ledger[owner])
        }
        family("packets_dropped_total", .counter, "Packets lost, by where: kernel, interface, queue.")
        sample("packets_dropped_total", [("cause", "kernel")], ledger.kernelDropped)
        sample("packets_dropped_total", [("cause", "interface")], ledger.interfaceDropped)
        sample("packets_dropped_total", [("cause", "queue")], ledger[.queueDropped])
        add(progress.interfaces)
        single("calls_active", .gauge, "Calls being followed.", progress.liveCalls)
        family("queue_depth", .gauge, "Batches that wait.")
        for queue in progress.queues { sample("queue_depth", [("queue", queue.name)], queue.depth) }
        family("queue_capacity", .gauge, "Batches that may wait.")
        for queue in progress.queues { sample("queue_capacity", [("queue", queue.name)], queue.capacity) }
        add(progress.delays)
    }

    private mutating func add(_ interfaces: [InterfaceRecord]) {
        guard !interfaces.isEmpty else { return }
        family("interface_up", .gauge, "1 while the interface is being captured from.")
        for one in interfaces { sample("interface_up", [("interface", one.name)], one.state == "capturing" ? 1 : 0) }
        family("interface_packets_total", .counter, "Packets that came through the interface.")
        for one in interfaces { sample("interface_packets_total", [("interface", one.name)], one.packets) }
        family("interface_dropped_total", .counter, "Packets of the interface that were lost, by where.")
        for one in interfaces {
            for (cause, count) in [
                ("kernel", one.kernelDropped), ("interface", one.interfaceDropped), ("queue", one.queueDropped),
            ] {
                sample("interface_dropped_total", [("interface", one.name), ("cause", cause)], count)
            }
        }
        family("interface_lost_total", .counter, "How often the interface went away.")
        for one in interfaces { sample("interface_lost_total", [("interface", one.name)], one.timesLost) }
        family("interface_reopened_total", .counter, "How often it returned.")
        for one in interfaces { sample("interface_reopened_total", [("interface", one.name)], one.timesReopened) }
    }

    private mutating func add(_ delays: DelayCounts) {
        family("processing_delay_seconds", .histogram, "From a batch's last packet to its being followed, live.")
        var below: UInt64 = 0
        for (bound, count) in zip(DelayCounts.bounds, delays.counts) {
            below += count
            sample(
                "processing_delay_seconds_bucket", [("le", decimalText(Double(bound) / 1e9, decimals: 9))], below)
        }
        let all = delays.counts.reduce(0, +)
        sample("processing_delay_seconds_bucket", [("le", "+Inf")], all)
        sample("processing_delay_seconds_sum", Double(delays.sum) / 1e9)
        sample("processing_delay_seconds_count", all)
    }

    private mutating func add(_ quality: QualityFigures) {
        family("calls_ended_total", .counter, "Calls whose record is out, by state.")
        for (state, count) in zip(CallRecord.State.allCases, quality.callsByState) {
            sample("calls_ended_total", [("state", state.rawValue)], count)
        }
        histogram("stream_mos", "MOS of the streams of calls that have ended.", quality.mos)
        histogram("stream_jitter_seconds", "Mean jitter of streams of calls that have ended.", quality.jitter)
        histogram("stream_loss_ratio", "Packets lost of streams of calls that have ended, of 1.", quality.loss)
        histogram("call_setup_seconds", "From INVITE to answer.", quality.setup)
        histogram("call_post_dial_delay_seconds", "From INVITE to the first sign of the callee.", quality.postDialDelay)
        histogram("call_duration_seconds", "From answer to hang-up.", quality.duration)
    }

    private mutating func add(_ system: SystemFigures, _ request: SniffRequest, _ held: Int) {
        single("memory_resident_bytes", .gauge, "Resident memory of the process.", system.resident)
        single("memory_budget_bytes", .gauge, "memory_budget; 0 is none.", request.service.memoryBudget)
        single("tcp_held_bytes", .gauge, "Held for TCP reassembly.", held)
        single("tcp_limit_bytes", .gauge, "tcp_memory_limit.", request.engine.limits.tcpMemoryLimit)
        single("cpu_seconds_total", .counter, "Processor time used.", Double(system.processorTime) / 1e9)
        single("cpu_usage_ratio", .gauge, "Of all processors, during the last second.", system.processorPercent / 100)
        single(
            "cpu_busiest_thread_ratio", .gauge, "Of one processor, the busiest thread during the last second.",
            system.busiestThreadPercent / 100)
        single("open_fds", .gauge, "Open file descriptors.", system.openFiles)
        single("max_fds", .gauge, "The limit of open file descriptors.", system.openFileLimit)
        guard let disk = system.disk else { return }
        single("disk_size_bytes", .gauge, "The file system that captures are on.", disk.total)
        single("disk_available_bytes", .gauge, "Room on it.", disk.available)
        single("disk_used_ratio", .gauge, "Used of what can be used, as df has it.", disk.percent / 100)
    }

    /// Everything of docs/counters.md that is not zero, under one name.
    private mutating func add(events: [NamedCount]) {
        family("events_total", .counter, "What else was counted, by the names of the counters' documentation.")
        var seen: Set<String> = []
        for event in events where seen.insert(event.name).inserted {
            sample("events_total", [("event", event.name)], event.count)
        }
    }
}
