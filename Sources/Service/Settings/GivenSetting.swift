/// A setting as it stands in one source: texts, each with its place.
public struct GivenSetting: Sendable {
    public var setting: Setting
    /// Several for a list or a repeated option.
    public var texts: [String]
    public var source: SettingSource
    /// The places of the texts where they differ, as in a YAML list.
    var sources: [SettingSource] = []

    public init(_ setting: Setting, texts: [String], source: SettingSource) {
        self.setting = setting
        self.texts = texts
        self.source = source
    }

    /// The texts of a list are also separated by commas, except in a YAML list.
    public static func separated(_ texts: [String], for setting: Setting) -> [String] {
        guard setting.kind.isList else { return texts }
        // A file name may have commas.
        if case .paths = setting.kind { return texts }
        return texts.flatMap { text in
            text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                String(part.drop { $0 == " " })
            }
        }
    }

    /// Parses the value and puts it into its place.
    public func apply(to settings: inout Settings) throws(CommandError) {
        setting.apply(try value(), &settings)
    }

    func value() throws(CommandError) -> SettingValue {
        switch setting.kind.parse(texts) {
        case .success(let value): return value
        case .failure(let error):
            let at = error.index < sources.count ? sources[error.index] : source
            let shown = setting.isSecret ? "the value of a secret is wrong" : error.problem.what
            throw CommandError(
                describe(shown, at: at), at: at.place, remedy: error.problem.remedy, exitStatus: at.exitStatus)
        }
    }

    /// On the command line the place names the setting; elsewhere the text must.
    private func describe(_ what: String, at source: SettingSource) -> String {
        if case .file = source { return "\(setting.path): \(what)" }
        return what
    }
}
