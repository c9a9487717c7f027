/// What is left out of texts that are not logs.
enum BundleSecrets {
    private static let words = ["password", "passphrase", "token", "secret", "_key=", "apikey"]

    /// Lines like `Environment=API_TOKEN=…` keep their name only.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let lower = line.lowercased()
            guard let sign = line.firstIndex(of: "="), words.contains(where: lower.contains),
                !line.drop(while: { $0 == " " }).hasPrefix("#")
            else { return String(line) }
            return line[...sign] + ShowConfig.mask
        }.joined(separator: "\n")
    }

    /// The settings with marks in the place of users and Call-IDs, and commands without their arguments.
    static func settings(_ resolved: ResolvedSettings, _ mask: LogMask) -> ResolvedSettings {
        var copy = resolved
        copy.entries = resolved.entries.map { entry in
            switch (entry.setting.key, entry.value) {
            case ("sip_user", .list(let values)), ("call_id", .list(let values)):
                .init(
                    setting: entry.setting, value: .list(values.map { mask.value($0, of: "user") }),
                    source: entry.source)
            case ("pcap_command", .text(let text)), ("voip_command", .text(let text)):
                .init(setting: entry.setting, value: .text(program(of: text)), source: entry.source)
            default: entry
            }
        }
        return copy
    }

    private static func program(of command: String) -> String {
        let words = command.split(separator: " ", maxSplits: 1)
        return (words.first.map(String.init) ?? "") + (words.count > 1 ? " …" : "")
    }

    /// A command line: what follows an option that names somebody is a mark.
    static func arguments(_ arguments: [String], _ mask: LineMask) -> String {
        let personal = ["-u", "--sip-user", "--sipuser", "--call-id"]
        var isPersonal = false
        return arguments.map { argument in
            defer { isPersonal = personal.contains(argument) }
            if isPersonal { return mask.mask.value(argument, of: "user") }
            if let sign = argument.firstIndex(of: "="), personal.contains(String(argument[..<sign])) {
                return argument[...sign] + mask.mask.value(String(argument[argument.index(after: sign)...]), of: "user")
            }
            return mask.line(argument)
        }.joined(separator: " ")
    }
}
