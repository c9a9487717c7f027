import Service

/// Brings two habits of the reference program's command line into the form that ArgumentParser reads.
///
/// `--overwrite=false` becomes `--no-overwrite`, and general options before the command (`lc -c FILE sniff voip`) are
/// moved behind it. Everything after `--` stays as it is.
struct ArgumentRewriter {
    private let flags: Set<String>
    private let general: [Setting]

    init() {
        var flags: Set<String> = []
        for setting in SettingTable.all {
            if case .boolean = setting.kind { flags.formUnion(setting.optionNames) }
        }
        self.flags = flags
        general = SettingTable.settings(of: .any, in: .general)
    }

    func rewritten(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let options = arguments[..<end].map(spelledOut)
        let leading = leadingGeneralOptions(options)
        // With nothing behind them there is no command to move them to.
        guard leading > 0, leading < options.count else { return options + arguments[end...] }
        return Array(options[leading...]) + options[..<leading] + arguments[end...]
    }

    private func spelledOut(_ argument: String) -> String {
        guard argument.hasPrefix("--"), let sign = argument.firstIndex(of: "=") else { return argument }
        let name = String(argument[..<sign].dropFirst(2))
        guard flags.contains(name) else { return argument }
        switch argument[argument.index(after: sign)...].lowercased() {
        case "true", "yes", "on", "1": return "--" + name
        case "false", "no", "off", "0": return "--no-" + name
        default: return argument
        }
    }

    /// How many arguments in front are general options and their values.
    private func leadingGeneralOptions(_ arguments: [String]) -> Int {
        var index = 0
        while index < arguments.count, let setting = general.first(where: { spells($0, arguments[index]) }) {
            if case .boolean = setting.kind {
                index += 1
            } else {
                index += arguments[index].contains("=") ? 1 : 2
            }
        }
        return min(index, arguments.count)
    }

    private func spells(_ setting: Setting, _ argument: String) -> Bool {
        if let short = setting.short, argument == "-\(short)" { return true }
        guard argument.hasPrefix("--") else { return false }
        let name = argument.dropFirst(2).prefix { $0 != "=" }
        return setting.optionNames.contains { name == $0 || name == "no-" + $0 }
    }
}
