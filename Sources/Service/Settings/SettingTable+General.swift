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
        ) { $0 }.within(.general).on(.any),
        .text(
            "log_format", \.log.format, .choice(LogFormat.allCases.map(\.rawValue)), LogFormat.text.rawValue, .general,
            "Logs as lines of text or of JSON."
        ) { LogFormat(rawValue: $0) }.within(.general).on(.any),
        .optionalText("log_file", \.log.file, .file, .general, "Log to this file instead of stderr.").within(.general)
            .on(.any),
        .flag("quiet", \.output.quiet, .general, "No call table and no progress, only errors.").short("q")
            .within(.general).on(.any),
    ]
}
