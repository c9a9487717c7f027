/// Checks a configuration file against the table: unknown keys, wrong types, keys given twice under two names.
struct FileSettings {
    let table: [Setting]
    let path: String

    func settings(in root: YAMLNode?) throws(CommandError) -> [GivenSetting] {
        guard let root, !root.isNull else { return [] }
        guard case .mapping(let entries) = root.content else {
            throw problem(
                "the file is \(root.noun), not a mapping of keys", root.mark, "write 'voip:' and keys below it")
        }
        var given: [GivenSetting] = []
        for entry in entries {
            if entry.key == "voip" {
                guard !entry.value.isNull else { continue }
                guard case .mapping(let inner) = entry.value.content else {
                    throw problem("voip is \(entry.value.noun), not a mapping of keys", entry.value.mark, nil)
                }
                for entry in inner { try add(entry, in: .voip, to: &given) }
            } else {
                try add(entry, in: .general, to: &given)
            }
        }
        return given
    }

    private func add(
        _ entry: YAMLNode.Entry, in scope: Setting.Scope, to given: inout [GivenSetting]
    ) throws(CommandError) {
        guard let setting = setting(named: entry.key, in: scope) else { throw unknown(entry, in: scope) }
        if let earlier = given.first(where: { $0.setting.path == setting.path }) {
            throw problem(
                "\(setting.path) stands twice, here as '\(entry.key)'", entry.keyMark,
                "it is at \(earlier.source.place) already")
        }
        given.append(try value(of: setting, entry))
    }

    private func value(of setting: Setting, _ entry: YAMLNode.Entry) throws(CommandError) -> GivenSetting {
        if entry.value.isNull {
            throw problem(
                "\(setting.path) has no value", entry.keyMark, "give one, or remove the line to use the default")
        }
        let source = self.source(entry.value.mark)
        switch entry.value.content {
        case .scalar(let text, _):
            return GivenSetting(setting, texts: GivenSetting.separated([text], for: setting), source: source)
        case .sequence(let items) where setting.kind.isList:
            var given = GivenSetting(setting, texts: [], source: source)
            for item in items {
                guard case .scalar(let text, _) = item.content, !item.isNull else {
                    throw problem("\(setting.path) has \(item.noun) in its list", item.mark, "write single values")
                }
                given.texts.append(text)
                given.sources.append(self.source(item.mark))
            }
            return given
        default:
            let wanted = setting.kind.isList ? "a list or a single value" : "a single value"
            throw problem(
                "\(setting.path) is \(entry.value.noun)", entry.value.mark,
                "it takes \(wanted): <\(setting.kind.placeholder)>")
        }
    }

    private func setting(named key: String, in scope: Setting.Scope) -> Setting? {
        table.first { $0.scope == scope && ($0.key == key || $0.aliases.contains(key)) }
    }

    private func unknown(_ entry: YAMLNode.Entry, in scope: Setting.Scope) -> CommandError {
        let here = scope == .voip ? "voip." : ""
        let what = "unknown key '\(here)\(entry.key)'"
        if table.contains(where: { $0.scope == .commandLine && $0.key == entry.key }) {
            return problem(what, entry.keyMark, "it is an option of the command line only")
        }
        let other: Setting.Scope = scope == .voip ? .general : .voip
        if setting(named: entry.key, in: other) != nil {
            return problem(
                what, entry.keyMark, other == .voip ? "it belongs under 'voip:'" : "it belongs at the top level")
        }
        let near = nearestName(to: entry.key, among: names(in: scope) + (scope == .voip ? [] : ["voip"]))
        if let near { return problem(what, entry.keyMark, "did you mean '\(near)'?") }
        if let near = nearestName(to: entry.key, among: names(in: other)) {
            let full = other == .voip ? "voip.\(near)" : near
            return problem(what, entry.keyMark, "did you mean '\(full)'?")
        }
        return problem(what, entry.keyMark, "'lc show config' lists the valid keys")
    }

    private func names(in scope: Setting.Scope) -> [String] {
        table.filter { $0.scope == scope }.flatMap { [$0.key] + $0.aliases }
    }

    private func source(_ mark: YAMLMark) -> SettingSource {
        .file(path: path, line: mark.line, column: mark.column)
    }

    private func problem(_ what: String, _ mark: YAMLMark, _ remedy: String?) -> CommandError {
        CommandError(what, at: source(mark).place, remedy: remedy, exitStatus: .configuration)
    }
}
