/// The four sets of limits, chosen with `tcp_performance_mode`.
public enum PerformanceMode: String, Sendable, CaseIterable {
    case balanced, throughput, latency, memory

    /// Other names for the same modes.
    static let aliases: [(name: String, mode: PerformanceMode)] = [
        ("minimal", .memory), ("high_performance", .throughput), ("low_latency", .latency),
    ]

    init?(name: String) {
        if let mode = Self(rawValue: name) {
            self = mode
        } else if let alias = Self.aliases.first(where: { $0.name == name }) {
            self = alias.mode
        } else {
            return nil
        }
    }
}

/// One value per mode, in the order of the table in the documentation.
public struct ModeValues<Value: Sendable>: Sendable {
    var balanced: Value
    var throughput: Value
    var latency: Value
    var memory: Value

    init(_ balanced: Value, _ throughput: Value, _ latency: Value, _ memory: Value) {
        (self.balanced, self.throughput, self.latency, self.memory) = (balanced, throughput, latency, memory)
    }

    public subscript(mode: PerformanceMode) -> Value {
        switch mode {
        case .balanced: balanced
        case .throughput: throughput
        case .latency: latency
        case .memory: memory
        }
    }

    func map<Other>(_ transform: (Value) -> Other) -> ModeValues<Other> {
        ModeValues<Other>(transform(balanced), transform(throughput), transform(latency), transform(memory))
    }
}
