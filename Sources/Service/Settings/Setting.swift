/// One setting, described once: options, environment variables, configuration files, `show config` and the help are
/// all made from it.
public struct Setting: Sendable {
    /// Where it belongs in the help.
    public enum Group: String, Sendable, CaseIterable {
        case input = "Input"
        case selection = "Selection"
        case files = "Files"
        case keeping = "Keeping files"
        case hooks = "Commands for calls and files"
        case calls = "Calls"
        case limits = "Performance and limits"
        case status = "Status service"
        case output = "Output"
        case general = "General"
    }

    /// Where it may be given.
    public enum Scope: Sendable {
        /// Everywhere; in files under `voip:`.
        case voip
        /// Everywhere; in files at the top level.
        case general
        /// Options only: what to read is never a matter of configuration.
        case commandLine
    }

    /// The commands that have the option.
    public enum Command: Sendable { case voip, packets, any }

    /// The name in files; the option is the same with hyphens.
    public let key: String
    /// The reference program's other names, equally valid everywhere.
    public var aliases: [String] = []
    public var short: Character?
    public let kind: SettingKind
    public var group: Group
    public var scope: Scope = .voip
    public var command: Command = .voip
    public var standard: SettingValue = .unset
    public var modes: ModeValues<SettingValue>?
    /// A reload (SIGHUP) changes it while the program runs.
    public var isLive = false
    public let help: String
    let apply: @Sendable (SettingValue, inout Settings) -> Void

    /// Name, then aliases, as options.
    public var optionNames: [String] { ([key] + aliases).map { $0.map { $0 == "_" ? "-" : String($0) }.joined() } }

    public var environmentNames: [String] {
        switch scope {
        case .voip: ([key] + aliases).map { "LIPPYCAT_VOIP_" + $0.uppercased() }
        case .general: ([key] + aliases).map { "LIPPYCAT_" + $0.uppercased() }
        case .commandLine: []
        }
    }

    /// The path in a configuration file, e.g. `voip.max_goroutines`.
    public var path: String { scope == .voip ? "voip." + key : key }

    /// Passwords, tokens and keys are never shown.
    var isSecret: Bool {
        // The place of a key is no secret.
        if case .file = kind { return false }
        let words = key.split(separator: "_")
        return words.contains { ["password", "token", "key", "secret", "passphrase"].contains($0) }
    }

    func belongs(to wanted: Command) -> Bool { command == .any || wanted == .any || command == wanted }
}
