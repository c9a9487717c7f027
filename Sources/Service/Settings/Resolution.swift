/// Command line, then environment, then file, then performance mode, then default.
public struct Resolution: Sendable {
    /// The options given.
    public var commandLine: [GivenSetting]
    public var environment: [String: String]
    var table: [Setting] = SettingTable.all
    var systemPath = ConfigurationSearch.systemPath

    public init(commandLine: [GivenSetting], environment: [String: String] = processEnvironment()) {
        self.commandLine = commandLine
        self.environment = environment
    }

    /// Reads the configuration file and settles every setting. Called again for a reload.
    ///
    /// Plain `sniff` takes nothing from `voip:` or `LIPPYCAT_VOIP_…`, though mistakes there are still reported.
    public func resolve(for command: Setting.Command = .voip) throws(CommandError) -> ResolvedSettings {
        var warnings: [String] = []
        let file = try configurationFile(&warnings)
        var fromFile: [GivenSetting] = []
        if let file {
            fromFile = try FileSettings(table: table, path: file.path).settings(in: file.root)
        }
        // Every given value is checked, also one that a better source hides: the mistake is there all the same.
        let given = try commandLine + EnvironmentSettings(table: table).settings(in: environment) + fromFile
        var best: [String: (value: SettingValue, source: SettingSource)] = [:]
        for given in given {
            let value = try given.value()
            let path = given.setting.path
            if command == .packets, given.setting.scope == .voip, given.source.rank > 0 { continue }
            if best[path].map({ given.source.rank < $0.source.rank }) ?? true { best[path] = (value, given.source) }
        }
        let mode = self.mode(best)
        let entries = table.filter { $0.belongs(to: command) }.map { setting in
            if let chosen = best[setting.path] {
                return ResolvedSettings.Entry(setting: setting, value: chosen.value, source: chosen.source)
            }
            if let modes = setting.modes {
                return ResolvedSettings.Entry(setting: setting, value: modes[mode], source: .mode(mode))
            }
            return ResolvedSettings.Entry(setting: setting, value: setting.standard, source: .standard)
        }
        return ResolvedSettings(entries: entries, configurationFile: file?.path, warnings: warnings)
    }

    private func mode(_ best: [String: (value: SettingValue, source: SettingSource)]) -> PerformanceMode {
        guard case .text(let name) = best["voip.tcp_performance_mode"]?.value else { return .balanced }
        return PerformanceMode(name: name) ?? .balanced
    }

    private func configurationFile(_ warnings: inout [String]) throws(CommandError) -> ConfigurationFile? {
        if let path = commandLine.last(where: { $0.setting.key == "config" })?.texts.last {
            return try ConfigurationFile.read(path)
        }
        let search = ConfigurationSearch.find(environment: environment, systemPath: systemPath)
        for path in search.unreadable { warnings.append("cannot read \(path): permission denied; going on without it") }
        guard let path = search.found else { return nil }
        return try ConfigurationFile.read(path)
    }
}
