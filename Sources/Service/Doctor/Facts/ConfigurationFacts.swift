import Glibc

/// The configuration file, and what its settings name.
struct ConfigurationFacts: Sendable {
    var path: String?
    /// Owner and permission bits of the file.
    var owner: UInt32 = 0
    var mode: UInt32 = 0o600
    var user: UInt32 = 0
    /// Programs of `pcap_command` and `voip_command` that are not there or cannot be run.
    var missingPrograms: [String] = []
    /// Why `encrypt_key_file` cannot be used.
    var keyProblem: CommandError?

    static func gather(_ settings: Settings) -> ConfigurationFacts {
        var facts = ConfigurationFacts()
        facts.path = settings.configurationFile
        facts.user = geteuid()
        var status = stat()
        if let path = facts.path, stat(path, &status) == 0 {
            (facts.owner, facts.mode) = (status.st_uid, status.st_mode & 0o7777)
        }
        for command in [settings.keeping.pcapCommand, settings.keeping.voipCommand] {
            if let program = command?.filled([:]).first, !canRun(program) { facts.missingPrograms.append(program) }
        }
        if let path = settings.keeping.keyFile {
            do throws(CommandError) { _ = try KeyFile.read(path) } catch { facts.keyProblem = error }
        }
        return facts
    }

    private static func canRun(_ program: String) -> Bool {
        if program.contains("/") { return access(program, X_OK) == 0 }
        let folders = processEnvironment()["PATH"]?.split(separator: ":") ?? []
        return folders.contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}
