/// Every setting of the table with the value that counts and where it comes from.
public struct ResolvedSettings: Sendable {
    public struct Entry: Sendable {
        public let setting: Setting
        public let value: SettingValue
        public let source: SettingSource
    }

    public internal(set) var entries: [Entry]
    /// The configuration file in use.
    public internal(set) var configurationFile: String?
    /// Worth telling, not worth stopping for.
    public var warnings: [String] = []

    /// A setting by its path (`voip.max_goroutines`), of those that the command has.
    public func entry(_ path: String, of command: Setting.Command = .voip) -> Entry? {
        entries.first { $0.setting.path == path && $0.setting.belongs(to: command) }
    }

    /// The typed values. Precedence is settled, so the order does not matter.
    public var settings: Settings {
        var settings = Settings()
        for entry in entries { entry.setting.apply(entry.value, &settings) }
        settings.configurationFile = configurationFile
        return settings
    }
}
