/// `lc show config`: the effective configuration as JSON.
public enum ShowConfig {
    /// What is shown instead of a password, token or key.
    static let mask = "********"

    public static func text(_ resolved: ResolvedSettings, sources: Bool) -> String {
        var top: [(key: String, value: JSONValue)] = [
            ("config_file", resolved.configurationFile.map { .string($0) } ?? .null)
        ]
        var voip: [(key: String, value: JSONValue)] = []
        for entry in resolved.entries {
            let member = (key: entry.setting.key, value: json(entry, sources: sources))
            switch entry.setting.scope {
            case .voip: voip.append(member)
            case .general: top.append(member)
            case .commandLine: break
            }
        }
        top.append(("voip", .object(voip)))
        return JSONValue.object(top).text(pretty: true) + "\n"
    }

    private static func json(_ entry: ResolvedSettings.Entry, sources: Bool) -> JSONValue {
        let value = entry.setting.isSecret && entry.value != .unset ? .string(mask) : entry.value.json
        guard sources else { return value }
        return .object([
            ("value", value), ("source", .string(entry.source.description)),
            // Whether a reload changes it while the program runs.
            ("live", .boolean(entry.setting.isLive)),
        ])
    }
}
