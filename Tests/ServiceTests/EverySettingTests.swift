import Engine
import Testing

@testable import Service

/// Every setting reaches its place, from each source.
@Suite struct EverySettingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let key: String
        let text: String
        let reached: @Sendable (Settings) -> Bool
        var testDescription: String { key }

        init(_ key: String, _ text: String, _ reached: @escaping @Sendable (Settings) -> Bool) {
            (self.key, self.text, self.reached) = (key, text, reached)
        }
    }

    static let s: Int64 = 1_000_000_000

    static let cases: [Case] = [
        Case("interface", "eth0,eth1") { $0.capture.interfaces == ["eth0", "eth1"] },
        Case("filter", "udp port 5060") { $0.capture.filter == "udp port 5060" },
        Case("promiscuous", "yes") { $0.capture.promiscuous },
        Case("snaplen", "1500") { $0.capture.snaplen == 1500 },
        Case("pcap_buffer_size", "32MiB") { $0.capture.bufferSize == 32 << 20 },
        Case("hep_listen", "udp:127.0.0.1:9060,tcp:[::1]:9060") {
            $0.capture.hepListen == ["udp:127.0.0.1:9060", "tcp:[::1]:9060"]
        },
        Case("sip_user", "alice*,*99") { $0.engine.selection.sipUsers == ["alice*", "*99"] },
        Case("sip_user_file", "users") { $0.sipUserFile == "users" },
        Case("call_id", "a@b,c@d") { $0.engine.selection.callIDs == ["a@b", "c@d"] },
        Case("from_time", "1970-01-01T00:00:10Z") { $0.engine.selection.fromTime == 10 * s },
        Case("to_time", "20.5") { $0.engine.selection.toTime == 20_500_000_000 },
        Case("count", "12") { $0.engine.selection.count == 12 },
        Case("duration", "1h30m") { $0.engine.selection.duration == 5400 * s },
        Case("sip_port", "5060,5080") { $0.engine.selection.sipPorts == [5060, 5080] },
        Case("rtp_port_range", "10000-20000,30000") {
            $0.engine.selection.rtpPortRanges == [10_000...20_000, 30_000...30_000]
        },
        Case("udp_only", "true") { $0.engine.selection.udpOnly },
        Case("esp_null", "true") { $0.engine.selection.esp == .null },
        Case("esp_heuristic", "true") { $0.engine.selection.esp == .heuristic },
        Case("output_dir", "calls") { $0.outputDirectory == "calls" },
        Case("per_call_pcap_pattern", "{date}/{callid}.pcap") { $0.archive.pattern == "{date}/{callid}.pcap" },
        Case("write_file", "out/x") { $0.writePrefix == "out/x" },
        Case("overwrite", "on") { $0.archive.overwrite },
        Case("max_file_size", "100MB") { $0.archive.maxFileSize == 100_000_000 },
        Case("nano", "true") { $0.archive.nanoseconds },
        Case("deduplicate", "true") { $0.engine.calls.deduplicate },
        Case("retention_age", "30d") { $0.keeping.retentionAge == 30 * 86_400 * s },
        Case("retention_size", "10GiB") { $0.keeping.retentionSize == 10 << 30 },
        Case("retention_free_space", "1GiB") { $0.keeping.retentionFreeSpace == 1 << 30 },
        Case("retention_records_age", "365d") { $0.keeping.retentionRecordsAge == 365 * 86_400 * s },
        Case("retention_interval", "5m") { $0.keeping.retentionInterval == 300 * s },
        Case("record_log_size", "64MiB") { $0.keeping.recordLogSize == 64 << 20 },
        Case("fsync", "finish") { $0.keeping.synchronise == .finish },
        Case("fsync_interval", "2s") { $0.keeping.synchroniseInterval == 2 * s },
        Case("compress", "gzip") { $0.keeping.compression == .gzip },
        Case("compress_level", "9") { $0.keeping.compressionLevel == 9 },
        Case("encrypt_key_file", "archive.key") { $0.keeping.keyFile == "archive.key" },
        Case("pcap_command", "notify %pcap%") { $0.keeping.pcapCommand?.words.count == 2 },
        Case("voip_command", "notify %callid% %caller%") { $0.keeping.voipCommand?.words.count == 3 },
        Case("command_timeout", "3s") { $0.keeping.commandTimeout == 3 * s },
        Case("command_concurrency", "7") { $0.keeping.commandConcurrency == 7 },
        Case("command_queue", "8") { $0.keeping.commandQueue == 8 },
        Case("all_dialogs", "true") { $0.engine.calls.allDialogs },
        Case("orphan_rtp", "true") { $0.engine.calls.orphanRTP },
        Case("correlation_header", "X-Leg") { $0.engine.calls.correlationHeader == "X-Leg" },
        Case("loss_concealment", "false") { !$0.engine.calls.concealsLoss },
        Case("pcap_grace_period", "250ms") { $0.engine.calls.gracePeriod == 250_000_000 },
        Case("ring_timeout", "60s") { $0.engine.calls.ringTimeout == 60 * s },
        Case("call_idle_timeout", "5m") { $0.engine.calls.idleTimeout == 300 * s },
        Case("tcp_performance_mode", "latency") { $0.mode == .latency },
        Case("workers", "7") { $0.engine.workers == 7 },
        Case("max_calls", "50") { $0.engine.limits.maxCalls == 50 },
        Case("max_flows", "2048") { $0.engine.limits.maxFlows == 2048 },
        Case("max_remembered", "4096") { $0.engine.limits.maxRemembered == 4096 },
        Case("max_goroutines", "51") { $0.engine.limits.maxStreamParsers == 51 },
        Case("max_tcp_buffers", "52") { $0.engine.limits.maxTCPBuffers == 52 },
        Case("tcp_memory_limit", "53MiB") { $0.engine.limits.tcpMemoryLimit == 53 << 20 },
        Case("tcp_stream_timeout", "54s") { $0.engine.limits.tcpStreamTimeout == 54 * s },
        Case("tcp_buffer_max_age", "55s") { $0.engine.limits.tcpBufferMaxAge == 55 * s },
        Case("tcp_cleanup_interval", "56s") { $0.engine.limits.tcpCleanupInterval == 56 * s },
        Case("tcp_sip_idle_timeout", "57s") { $0.engine.limits.tcpSIPIdleTimeout == 57 * s },
        Case("tcp_assembler_max_pages", "58") { $0.engine.limits.tcpAssemblerMaxPages == 58 },
        Case("tcp_stream_max_queue_time", "59s") { $0.engine.limits.tcpStreamMaxQueueTime == 59 * s },
        Case("tcp_batch_size", "60") { $0.engine.limits.batchSize == 60 },
        Case("tcp_buffer_strategy", "ring") { $0.engine.limits.bufferStrategy == .ring },
        Case("enable_backpressure", "false") { !$0.engine.limits.enableBackpressure },
        Case("memory_optimization", "true") { $0.engine.limits.memoryOptimization },
        Case("write_buffer_size", "1MiB") { $0.engine.limits.writeBufferBytes == 1 << 20 },
        Case("flush_interval", "20ms") { $0.engine.limits.flushInterval == 20_000_000 },
        Case("look_back_size", "64k") { $0.engine.limits.lookBackBytes == 65_536 },
        Case("format", "csv") { $0.output.format == .csv },
        Case("immediate_mode", "true") { $0.capture.immediate },
        Case("memory_budget", "64MiB") { $0.memoryBudget == 64 << 20 },
        Case("log_rotate", "true") { $0.log.rotate },
        Case("log_rotate_size", "1MiB") { $0.log.rotateSize == 1 << 20 },
        Case("log_rotate_keep", "2") { $0.log.rotateKeep == 2 },
        Case("log_sanitize", "true") { $0.log.sanitize },
        Case("audit_log", "audit.log") { $0.log.auditFile == "audit.log" },
        Case("user", "nobody") { $0.user == "nobody" },
        Case("stop_timeout", "10s") { $0.stopTimeout == 10 * s },
        Case("log_level", "debug") { $0.log.level == "debug" },
        Case("log_format", "json") { $0.log.format == .json },
        Case("log_file", "lc.log") { $0.log.file == "lc.log" },
        Case("status_listen", "127.0.0.1:9464") { $0.status.listen == "127.0.0.1:9464" },
        Case("status_socket", "lc.sock") { $0.status.socket == "lc.sock" },
        Case("status_token_file", "token") { $0.status.tokenFile == "token" },
        Case("status_tls_certificate", "cert.pem") { $0.status.certificate == "cert.pem" },
        Case("status_tls_key", "key.pem") { $0.status.key == "key.pem" },
        Case("status_recent_calls", "5") { $0.status.recentCalls == 5 },
        Case("health_memory_warning", "60") { $0.health.memoryWarning == 60 },
        Case("health_memory_critical", "95") { $0.health.memoryCritical == 95 },
        Case("health_disk_warning", "61") { $0.health.diskWarning == 61 },
        Case("health_disk_critical", "96") { $0.health.diskCritical == 96 },
        Case("health_cpu_warning", "50") { $0.health.cpuWarning == 50 },
        Case("health_window", "1m") { $0.health.window == 60 * s },
        Case("health_stall_timeout", "20s") { $0.health.stallTimeout == 20 * s },
        Case("quiet", "true") { $0.output.quiet },
    ]

    @Test func noSettingIsForgotten() {
        let tested = Set(Self.cases.map(\.key))
        for setting in SettingTable.all where setting.scope != .commandLine {
            #expect(tested.contains(setting.key), "\(setting.path)")
        }
    }

    @Test func pathsAndNamesAreUniqueWithinACommand() {
        for command in [Setting.Command.voip, .packets] {
            let settings = SettingTable.all.filter { $0.belongs(to: command) }
            let names = settings.flatMap(\.optionNames)
            #expect(Set(names).count == names.count)
            let letters = settings.compactMap(\.short)
            #expect(Set(letters).count == letters.count)
        }
    }

    @Test(arguments: cases) func fromTheCommandLine(_ given: Case) throws {
        #expect(!given.reached(try resolve().settings))
        #expect(given.reached(try resolve([option(given.key, given.text)]).settings))
    }

    @Test(arguments: cases) func fromTheEnvironment(_ given: Case) throws {
        for name in try setting(given.key).environmentNames {
            #expect(given.reached(try resolve(environment: [name: given.text]).settings), "\(name)")
        }
    }

    @Test(arguments: cases) func fromTheFile(_ given: Case) throws {
        let setting = try setting(given.key)
        for key in [setting.key] + setting.aliases {
            let line = "\(key): '\(given.text)'\n"
            let text = setting.scope == .voip ? "voip:\n  " + line : line
            #expect(given.reached(try resolve(file: text).settings), "\(key)")
        }
    }

    @Test func environmentNamesAreTheKeysInCapitals() throws {
        #expect(
            try setting("max_goroutines").environmentNames == [
                "LIPPYCAT_VOIP_MAX_GOROUTINES", "LIPPYCAT_VOIP_TCP_MAX_GOROUTINES",
            ])
        #expect(try setting("log_level").environmentNames == ["LIPPYCAT_LOG_LEVEL"])
    }

    @Test func aYAMLListIsNotSplitAtCommas() throws {
        let settings = try resolve(file: "voip:\n  sip_user:\n    - a,b\n    - c\n").settings
        #expect(settings.engine.selection.sipUsers == ["a,b", "c"])
    }
}
