import Calls
import Engine
import Logging

/// Says while the program runs what was lost or refused since the last look, so that nobody has to wait for the summary.
struct LossWatch {
    private var counted: [String: UInt64] = [:]

    /// Between looks, nanoseconds: each loss is told once in this time.
    static let interval: Int64 = 10_000_000_000

    struct Loss: Equatable {
        var component: String
        var level: Logger.Level
        var message: String
        var counter: String
        /// Since the last look.
        var count: UInt64
    }

    /// Counters of docs/counters.md that stand for something missing, and how an operator is told. Words that are looked for in
    /// logs (`tcp.*error`) stand behind the component.
    private static let counters: [(name: String, component: String, message: String)] = [
        ("tcp_segments_refused", "tcp", "reassembly error: no room for segments out of order"),
        ("tcp_holes_given_up", "tcp", "reassembly error: missing segments did not come"),
        ("tcp_parsers_evicted_mid_message", "tcp", "reassembly error: streams ended in the middle of a message"),
        ("tcp_connections_evicted", "tcp", "reassembly error: the table of connections is full"),
        ("fragments_refused", "fragments", "no room for fragments"),
        ("calls_evicted", "calls", "calls ended because there are max_calls"),
        ("look_back_refused", "media", "no room for media before its SDP"),
        ("streams_refused", "media", "more streams than a call may have"),
        ("hep_malformed", "hep", "damaged packets"),
        ("hep_connections_refused", "hep", "too many connections"),
    ]

    /// What grew since the last look.
    mutating func losses(_ progress: SnifferProgress) -> [Loss] {
        var losses: [Loss] = []
        func look(_ name: String, _ count: UInt64, _ component: String, _ level: Logger.Level, _ message: String) {
            let before = counted[name] ?? 0
            guard count > before else { return }
            counted[name] = count
            losses.append(
                Loss(component: component, level: level, message: message, counter: name, count: count - before))
        }
        for interface in progress.interfaces {
            let dropped = [
                ("kernel", interface.kernelDropped), ("interface", interface.interfaceDropped),
                ("queue", interface.queueDropped),
            ]
            for (place, count) in dropped {
                look(
                    "\(interface.name).dropped.\(place)", count, "capture", .error,
                    "packets dropped by the \(place) on \(interface.name)")
            }
        }
        if progress.interfaces.isEmpty {
            look("dropped.kernel", progress.ledger.kernelDropped, "capture", .error, "packets dropped by the kernel")
            look(
                "queue_dropped", progress.ledger[.queueDropped], "capture", .error, "packets dropped by the queue")
        }
        for refused in progress.ledger.refused {
            let component = refused.name.contains("tcp") ? "tcp" : "limits"
            let message = "packets refused: error of the limit \(refused.name)"
            look("refused.\(refused.name)", refused.count, component, .warning, message)
        }
        for (name, component, message) in Self.counters {
            guard let count = progress.counters.first(where: { $0.name == name })?.count else { continue }
            look(name, count, component, .warning, message)
        }
        return losses
    }

    mutating func look(_ progress: SnifferProgress) {
        for loss in losses(progress) {
            Logger(label: loss.component).log(
                level: loss.level, "\(loss.message)",
                metadata: ["count": "\(loss.count)", "counter": "\(loss.counter)"])
        }
    }
}
