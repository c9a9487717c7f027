extension SettingTable {
    static let output: [Setting] = [
        .text(
            "format", \.output.format, .choice(OutputFormat.allCases.map(\.rawValue)), OutputFormat.automatic.rawValue,
            .output, "Results as text (default on a terminal), JSON lines (default elsewhere) or CSV."
        ) { OutputFormat(rawValue: $0) }.on(.any)
    ]

    static let general: [Setting] = [
        .optionalText(
            "config", \.configurationFile, .file, .general, "Configuration file, YAML whatever its name ends in."
        ).short("c").within(.commandLine).on(.any),
        .text(
            "log_level", \.log.level, .choice(LogOptions.levels), "info", .general, "Least severe messages to log."
        ) { $0 }.live().within(.general).on(.any),
        .text(
            "log_format", \.log.format, .choice(LogFormat.allCases.map(\.rawValue)), LogFormat.text.rawValue, .general,
            "Logs as lines of text or of JSON."
        ) { LogFormat(rawValue: $0) }.live().within(.general).on(.any),
        .optionalText("log_file", \.log.file, .file, .general, "Log to this file instead of stderr.").live().within(
            .general
        )
        .on(.any),
        .flag(
            "log_rotate", \.log.rotate, .general,
            "Rotate the log files ourselves: .1, .2 … (SIGHUP opens them anew after logrotate)."
        ).live().within(.general).on(.any),
        .size(
            "log_rotate_size", \.log.rotateSize, .mebibytes(10), in: .kibibytes(4)...(.gibibytes(1)), .general,
            "With --log-rotate: how long a log file gets."
        ).live().within(.general).on(.any),
        .integer(
            "log_rotate_keep", \.log.rotateKeep, 5, in: 1...1000, .general, "With --log-rotate: older files kept."
        ).live().within(.general).on(.any),
        .flag(
            "log_sanitize", \.log.sanitize, .general, "Marks instead of Call-IDs, users and numbers in logs."
        ).live().within(.general).on(.any),
        .optionalText(
            "audit_log", \.log.auditFile, .file, .general, "Write into this file who changed or fetched what."
        ).live().within(.general).on(.any),
        .optionalText(
            "user", \.user, .text(placeholder: "name"), .general,
            "Become this user once the interfaces are open (as root)."
        ).within(.general).on(.any),
        .duration(
            "stop_timeout", \.stopTimeout, .seconds(60), in: .seconds(1)...(.hours(1)), .general,
            "How long finishing the files may take after SIGTERM; what is open then is finished by the next start."
        ).live().within(.general).on(.any),
        .flag("quiet", \.output.quiet, .general, "No call table and no progress, only errors.").short("q")
            .within(.general).on(.any),
    ]
}
