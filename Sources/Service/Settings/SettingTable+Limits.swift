import Engine

extension SettingTable {
    /// What the performance modes set, and the mode itself. Values by mode: balanced, throughput, latency, memory.
    static let limits: [Setting] = [
        .text(
            "tcp_performance_mode", \.mode, .mode, PerformanceMode.balanced.rawValue, .limits,
            "The set of limits to start from (also minimal, high_performance, low_latency)."
        ) { PerformanceMode(name: $0) }.live().short("M").also("performance_mode"),
        .integer(
            "workers", \.engine.workers, Processors.usable > 1 ? Processors.usable : 0, in: 0...256, .limits,
            "Threads of the worker pool beside the one that reads; 0: that one does everything."),
        .integer(
            "max_calls", \.engine.limits.maxCalls, 100_000, in: 1...10_000_000, .limits,
            "Calls tracked at once; beyond it one that is over, never answered or idle ends."
        ).live().byMode(100_000, 100_000, 100_000, 6000),
        .integer(
            "max_flows", \.engine.limits.maxFlows, 1 << 19, in: 1024...(1 << 24), .limits,
            "UDP flows known at once; one that is forgotten is found again."
        ).byMode(1 << 19, 1 << 20, 1 << 18, 1 << 14),
        .integer(
            "max_remembered", \.engine.limits.maxRemembered, 1 << 19, in: 1024...(1 << 24), .limits,
            "Call-IDs of ended calls, and file names, remembered."
        ).byMode(1 << 19, 1 << 20, 1 << 18, 1 << 15),
        .integer(
            "max_goroutines", \.engine.limits.maxStreamParsers, 1000, in: 1...1_000_000, .limits,
            "SIP-over-TCP stream parsers alive at once; beyond it the idlest ends."
        ).live().also("tcp_max_goroutines").byMode(1000, 2000, 500, 100),
        .integer(
            "max_tcp_buffers", \.engine.limits.maxTCPBuffers, 5000, in: 1...10_000_000, .limits,
            "Out-of-order segments held, in all."
        ).live().also("tcp_max_buffers").byMode(5000, 20_000, 2000, 500),
        .size(
            "tcp_memory_limit", \.engine.limits.tcpMemoryLimit, .mebibytes(100), in: .kibibytes(64)...(.gibibytes(64)),
            .limits, "Bytes held for TCP reassembly, in all."
        ).live().byMode(.mebibytes(100), .mebibytes(256), .mebibytes(200), .mebibytes(16)),
        .duration(
            "tcp_stream_timeout", \.engine.limits.tcpStreamTimeout, .seconds(300), in: .seconds(1)...(.hours(24)),
            .limits, "A connection without a segment for this long is forgotten."
        ).live().byMode(durations: .seconds(300), .seconds(600), .seconds(120), .seconds(180)),
        .duration(
            "tcp_buffer_max_age", \.engine.limits.tcpBufferMaxAge, .seconds(300), in: .milliseconds(10)...(.hours(24)),
            .limits, "An out-of-order segment older than this is given up."
        ).live().byMode(durations: .seconds(300), .seconds(600), .seconds(60), .seconds(120)),
        .duration(
            "tcp_cleanup_interval", \.engine.limits.tcpCleanupInterval, .seconds(60),
            in: .milliseconds(10)...(.hours(1)),
            .limits, "How often expired connections and fragments are looked for."
        ).live().byMode(durations: .seconds(60), .seconds(120), .seconds(15), .seconds(30)),
        .duration(
            "tcp_sip_idle_timeout", \.engine.limits.tcpSIPIdleTimeout, .seconds(120), in: .seconds(1)...(.hours(24)),
            .limits, "A SIP connection idle for this long gives its parser back."
        ).live().byMode(durations: .seconds(120), .seconds(300), .seconds(60), .seconds(60)),
        .integer(
            "tcp_assembler_max_pages", \.engine.limits.tcpAssemblerMaxPages, 256, in: 1...65_536, .limits,
            "4 KiB pages that one connection may hold out of order."
        ).live().byMode(256, 1024, 128, 64),
        .duration(
            "tcp_stream_max_queue_time", \.engine.limits.tcpStreamMaxQueueTime, .seconds(30),
            in: .milliseconds(10)...(.hours(1)), .limits,
            "How long a hole in a connection is waited for before the data behind it is used."
        ).live().byMode(durations: .seconds(30), .seconds(60), .seconds(5), .seconds(15)),
        .integer(
            "tcp_batch_size", \.engine.limits.batchSize, 1024, in: 1...65_536, .limits,
            "Packets handed to the workers at once."
        ).byMode(1024, 4096, 64, 256),
        .text(
            "tcp_buffer_strategy", \.engine.limits.bufferStrategy, .choice(BufferStrategy.allCases.map(\.rawValue)),
            BufferStrategy.adaptive.rawValue, .limits, "How a connection's reassembly buffer grows."
        ) { BufferStrategy(rawValue: $0) }.also("buffer_strategy").byMode(.adaptive, .ring, .fixed, .fixed),
        .flag(
            "enable_backpressure", \.engine.limits.enableBackpressure, standard: true, .limits,
            "Live: let the kernel's buffer absorb a burst before packets are dropped."
        ).byMode(flags: true, true, false, true),
        .flag(
            "memory_optimization", \.engine.limits.memoryOptimization, .limits,
            "Return idle buffers to the system as soon as they are empty."
        ).byMode(flags: false, false, false, true),
        .size(
            "write_buffer_size", \.engine.limits.writeBufferBytes, .mebibytes(64),
            in: .kibibytes(64)...(.gibibytes(16)),
            .limits, "Write buffers of all open files together."
        ).byMode(.mebibytes(64), .mebibytes(128), .mebibytes(16), .mebibytes(8)),
        .size(
            "memory_budget", \.memoryBudget, .mebibytes(500), in: .mebibytes(16)...(.gibibytes(1024)), zero: true,
            .limits, "Memory of the process that is warned of at 75 % and 90 %; 0 is none."
        ).live(),
        .duration(
            "flush_interval", \.engine.limits.flushInterval, .seconds(1), in: .milliseconds(1)...(.hours(1)), .limits,
            "Live: nothing older is lost to a kill."
        ).byMode(durations: .seconds(1), .seconds(5), .milliseconds(10), .seconds(1)),
        .size(
            "look_back_size", \.engine.limits.lookBackBytes, .mebibytes(16), in: .kibibytes(64)...(.gibibytes(16)),
            .limits, "Media kept for a call whose SDP has not come yet."
        ).byMode(.mebibytes(16), .mebibytes(64), .mebibytes(8), .mebibytes(4)),
    ]
}
