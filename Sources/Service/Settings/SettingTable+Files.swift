extension SettingTable {
    static let files: [Setting] = [
        .optionalText(
            "output_dir", \.outputDirectory, .directory, .files,
            "Write one capture per call, and calls.jsonl, into this directory."
        ).short("o"),
        .text(
            "per_call_pcap_pattern", \.archive.pattern, .fileNamePattern, "{timestamp}_{callid}.pcap", .files,
            "Names of the captures; also {from} {to} {date} {hour}; with {kind} SIP and RTP get a file each."
        ) { $0 },
        .optionalText(
            "write_file", \.writePrefix, .text(placeholder: "prefix"), .files,
            "Write PREFIX_sip_<callid>.pcap and PREFIX_rtp_<callid>.pcap (instead of --output-dir)."
        ).short("w"),
        .flag("overwrite", \.archive.overwrite, .files, "Replay into a directory that has captures already."),
        .size(
            "max_file_size", \.archive.maxFileSize, 0, in: .kibibytes(4)...(.gibibytes(1024)), zero: true, .files,
            "Continue a long call in further files beyond this size; 0 is no limit."),
        .flag("nano", \.archive.nanoseconds, .files, "Nanosecond files from a live capture."),
        .flag("deduplicate", \.engine.calls.deduplicate, .files, "Leave copies of a packet out of the files."),
        Setting(
            key: "write_file", short: "w", kind: .file, group: .files, scope: .commandLine, command: .packets,
            help: "Write the packets to one capture file."
        ) { if case .text(let path) = $0 { $1.captureFile = path } },
    ]
}
