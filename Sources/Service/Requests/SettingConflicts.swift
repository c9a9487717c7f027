import Glibc

/// Values that are right one by one and wrong together.
struct SettingConflicts {
    let resolved: ResolvedSettings

    init(_ resolved: ResolvedSettings) { self.resolved = resolved }

    func check(_ settings: Settings) throws(CommandError) {
        if !settings.capture.files.isEmpty, let given = given("interface"), given.rank == 0 {
            throw CommandError(
                "interfaces and files cannot be read together", at: "--interface with --read-file",
                remedy: "leave one of them out", exitStatus: .usage)
        }
        try checkHEP(settings)
        if let directory = given("output_dir"), let prefix = given("write_file"), directory.rank == prefix.rank {
            throw CommandError(
                "only one place for captures can be given", at: "\(prefix.place) with \(directory.place)",
                remedy: "use --output-dir, or --write-file for PREFIX_sip_… and PREFIX_rtp_… files",
                exitStatus: prefix.exitStatus)
        }
        if let from = settings.engine.selection.fromTime, let to = settings.engine.selection.toTime, from >= to {
            throw CommandError(
                "the window of time is empty",
                at: [given("from_time"), given("to_time")].compactMap(\.?.place).joined(separator: " with "),
                remedy: "--from-time must be earlier than --to-time",
                exitStatus: given("to_time")?.exitStatus ?? .usage)
        }
        try StatusConflicts(resolved).check(settings)
        try checkFiles(settings.capture.files)
    }

    /// HEP comes instead of interfaces and files.
    private func checkHEP(_ settings: Settings) throws(CommandError) {
        guard !settings.capture.hepListen.isEmpty, let hep = given("hep_listen") else { return }
        if !settings.capture.files.isEmpty, hep.rank == 0 {
            throw CommandError(
                "HEP and files cannot be read together", at: "--hep-listen with --read-file",
                remedy: "leave one of them out", exitStatus: .usage)
        }
        if let interface = given("interface"), interface.rank == hep.rank {
            throw CommandError(
                "HEP and interfaces cannot be read together", at: "\(hep.place) with \(interface.place)",
                remedy: "leave one of them out, or run lc twice", exitStatus: hep.exitStatus)
        }
    }

    /// Files that cannot be opened stop the run before anything is written.
    private func checkFiles(_ files: [String]) throws(CommandError) {
        if files.count(where: { $0 == "-" }) > 1 {
            throw CommandError("stdin can be read once only", at: "-", remedy: nil, exitStatus: .usage)
        }
        for file in files where file != "-" {
            let code = Self.problem(opening: file)
            guard code != 0 else { continue }
            throw CommandError(
                "cannot open the capture: \(describe(errno: code))", at: file,
                remedy: code == EACCES ? "make it readable for this user" : "check the name",
                exitStatus: exitStatus(opening: code))
        }
    }

    /// `errno`, or 0. Without opening it: a FIFO would wait for its writer, or lose it.
    private static func problem(opening file: String) -> Int32 {
        var status = stat()
        guard stat(file, &status) == 0 else { return errno }
        if status.st_mode & S_IFMT == S_IFDIR { return EISDIR }
        return access(file, R_OK) == 0 ? 0 : errno
    }

    /// The source of a setting that somebody gave.
    private func given(_ key: String) -> SettingSource? {
        resolved.entries.first { $0.setting.key == key && $0.source.rank <= 2 }?.source
    }
}
