extension SettingTable {
    static let keeping: [Setting] = [
        .duration(
            "retention_age", \.keeping.retentionAge, 0, in: 0...(.hours(24 * 3650)), .keeping,
            "Live: delete captures this long after their last change; 0 keeps them."),
        .size(
            "retention_size", \.keeping.retentionSize, 0, in: .mebibytes(1)...(.gibibytes(1 << 20)), zero: true,
            .keeping,
            "Live: delete the oldest captures while all of them take more than this; 0 is no limit."),
        .size(
            "retention_free_space", \.keeping.retentionFreeSpace, 0, in: .kibibytes(64)...(.gibibytes(1 << 20)),
            zero: true,
            .keeping, "Live: delete the oldest captures while less than this is free on the disk; 0 is no floor."),
        .duration(
            "retention_records_age", \.keeping.retentionRecordsAge, 0, in: 0...(.hours(24 * 3650)), .keeping,
            "Live: delete calls-….jsonl files this long after their last change; 0 keeps them."),
        .duration(
            "retention_interval", \.keeping.retentionInterval, .seconds(60), in: .milliseconds(100)...(.hours(24)),
            .keeping,
            "How often to look for what is to be deleted."),
        .size(
            "record_log_size", \.keeping.recordLogSize, 0, in: .kibibytes(1)...(.gibibytes(1024)), zero: true, .keeping,
            "Live: begin a new calls.jsonl beyond this size, the old one becomes calls-<time>.jsonl; 0: never."),
        .text(
            "fsync", \.keeping.synchronise, .choice(SynchronisePolicy.allCases.map(\.rawValue)),
            SynchronisePolicy.never.rawValue, .keeping,
            "When files are forced onto the disk: never, when they are finished, or at intervals."
        ) { SynchronisePolicy(rawValue: $0) },
        .duration(
            "fsync_interval", \.keeping.synchroniseInterval, .seconds(5), in: .milliseconds(100)...(.hours(1)),
            .keeping,
            "The interval of 'fsync: interval'."),
        .text(
            "compress", \.keeping.compression, .choice(Compression.allCases.map(\.rawValue)), Compression.none.rawValue,
            .keeping, "Compress finished captures: NAME.pcap.gz."
        ) { Compression(rawValue: $0) },
        .integer(
            "compress_level", \.keeping.compressionLevel, 6, in: 1...9, .keeping, "From 1, fast, to 9, small."),
        .optionalText(
            "encrypt_key_file", \.keeping.keyFile, .file, .keeping,
            "Encrypt finished captures (NAME.pcap.enc) with the key in this file; 'lc decrypt' reads them."),
    ]

    static let hooks: [Setting] = [
        .command(
            "pcap_command", \.keeping.pcapCommand, CommandTemplate.pcapNames,
            "Run this for each finished capture; %pcap% is its path. No shell."),
        .command(
            "voip_command", \.keeping.voipCommand, CommandTemplate.voipNames,
            "Run this for each call that has ended: %callid% %dirname% %caller% %called% %calldate%. No shell."),
        .duration(
            "command_timeout", \.keeping.commandTimeout, .seconds(30), in: .milliseconds(10)...(.hours(24)), .hooks,
            "End a command after this long."),
        .integer(
            "command_concurrency", \.keeping.commandConcurrency, 4, in: 1...256, .hooks, "Commands at once."),
        .integer(
            "command_queue", \.keeping.commandQueue, 1000, in: 1...1_000_000, .hooks,
            "Commands that may wait; live, beyond it they are not run, and counted."),
    ]
}

extension Setting {
    fileprivate static func command(
        _ key: String, _ place: Place<CommandTemplate?>, _ names: [String], _ help: String
    ) -> Setting {
        Setting(key: key, kind: .command(names), group: .hooks, help: help) {
            // The kind has let only commands through that can be parsed.
            if case .text(let text) = $0 { $1[keyPath: place] = try? CommandTemplate(text, names: names) }
        }
    }
}
