import ArgumentParser
import Service
import Synchronization

/// Which rows of the settings table become options.
protocol SettingSelection {
    static var command: Setting.Command { get }
    static var group: Setting.Group { get }
}

/// The options of one group of the settings table.
///
/// ArgumentParser finds the options of a type by reflection and fills them in by decoding. This type answers both from
/// the table, so that no option has to be declared a second time. That reflection is asked is no promise of the library;
/// should a new version not ask, every option is missing and `UsageTests` fail. Values stay texts: the table reads them, and a wrong
/// one is reported in the same words wherever it stood.
struct SettingArguments<Selection: SettingSelection>: ParsableArguments, CustomReflectable {
    private(set) var given: [GivenSetting] = []

    private static var settings: [Setting] {
        SettingTable.settings(of: Selection.command, in: Selection.group)
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: TableKey.self)
        for setting in Self.settings {
            let key = TableKey(stringValue: setting.key)
            let texts: [String]
            if case .boolean = setting.kind {
                let flag = try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue
                texts = flag.map { [$0 ? "true" : "false"] } ?? []
            } else {
                let values = try container.decode(Option<[String]>.self, forKey: key).wrappedValue
                texts = GivenSetting.separated(values, for: setting)
            }
            guard !texts.isEmpty else { continue }
            let source = SettingSource.commandLine(option: "--" + setting.optionNames[0])
            given.append(GivenSetting(setting, texts: texts, source: source))
        }
    }

    /// Asked for several times with every command line, so made once.
    var customMirror: Mirror {
        let shown = definitions.withLock { known in
            let shown = known[ObjectIdentifier(Selection.self)] ?? Self.settings.map { ($0.key, Self.definition($0)) }
            known[ObjectIdentifier(Selection.self)] = shown
            return shown
        }
        return Mirror(self, children: shown.map { (label: $0.key, value: $0.definition) })
    }

    private static func definition(_ setting: Setting) -> any Sendable {
        if case .boolean = setting.kind {
            return Flag<Bool?>(name: setting.names, inversion: .prefixedNo, help: setting.argumentHelp)
        }
        return Option<[String]>(
            wrappedValue: [],
            name: setting.names, parsing: .singleValue, help: setting.argumentHelp, completion: setting.completion)
    }
}

/// What the reflection of a group's options shows: outside of `SettingArguments`, for a generic type can store nothing of its own.
private let definitions = Mutex<[ObjectIdentifier: [(key: String, definition: any Sendable)]]>([:])

/// A key that any name can be.
private struct TableKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Setting {
    fileprivate var names: NameSpecification {
        let long = optionNames.map { NameSpecification.Element.customLong($0) }
        return NameSpecification((short.map { [.customShort($0)] } ?? []) + long)
    }

    fileprivate var argumentHelp: ArgumentHelp {
        var defaults = ""
        if let modes {
            let values = PerformanceMode.allCases.map { "\($0.rawValue) \(modes[$0].text)" }
            defaults = " (\(values.joined(separator: ", ")))"
        } else if standard != .unset, !standard.text.isEmpty, kind.isFlag == false || standard.text == "on" {
            defaults = " (default: \(standard.text))"
        }
        return ArgumentHelp(stringLiteral: help + defaults).naming(kind.placeholder)
    }

    fileprivate var completion: CompletionKind {
        switch kind {
        case .choice(let names): .list(names)
        case .mode: .list(PerformanceMode.allCases.map(\.rawValue))
        case .file, .paths: .file()
        case .directory: .directory
        default: .default
        }
    }
}

extension SettingKind {
    fileprivate var isFlag: Bool {
        if case .boolean = self { true } else { false }
    }
}

extension ArgumentHelp {
    fileprivate func naming(_ value: String) -> ArgumentHelp {
        var copy = self
        copy.valueName = value
        return copy
    }
}
