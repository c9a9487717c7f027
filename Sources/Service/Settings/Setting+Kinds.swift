import Engine
import Glibc

/// A place in `Settings`, usable from any thread.
typealias Place<Value> = WritableKeyPath<Settings, Value> & Sendable

// One maker per kind of setting: it binds the parsed value to its typed place, so that the table cannot mix them up.
extension Setting {
    static func flag(_ key: String, _ place: Place<Bool>, standard: Bool = false, _ group: Group, _ help: String)
        -> Setting
    {
        Setting(key: key, kind: .boolean, group: group, standard: .boolean(standard), help: help) { value, settings in
            if case .boolean(let value) = value { settings[keyPath: place] = value }
        }
    }

    static func integer(
        _ key: String, _ place: Place<Int>, _ standard: Int, in range: ClosedRange<Int>, _ group: Group, _ help: String
    ) -> Setting {
        Setting(key: key, kind: .integer(range), group: group, standard: .integer(standard), help: help) {
            if case .integer(let value) = $0 { $1[keyPath: place] = value }
        }
    }

    static func size(
        _ key: String, _ place: Place<Int>, _ standard: Int, in range: ClosedRange<Int>, zero: Bool = false,
        _ group: Group, _ help: String
    ) -> Setting {
        Setting(key: key, kind: .size(range, zero: zero), group: group, standard: .size(standard), help: help) {
            if case .size(let value) = $0 { $1[keyPath: place] = value }
        }
    }

    static func duration(
        _ key: String, _ place: Place<Int64>, _ standard: Int64, in range: ClosedRange<Int64>, _ group: Group,
        _ help: String
    ) -> Setting {
        Setting(key: key, kind: .duration(range), group: group, standard: .duration(standard), help: help) {
            if case .duration(let value) = $0 { $1[keyPath: place] = value }
        }
    }

    static func list(
        _ key: String, _ place: Place<[String]>, standard: [String] = [], _ placeholder: String, _ group: Group,
        _ help: String
    ) -> Setting {
        let kind = placeholder == "file" ? SettingKind.paths : .list(placeholder: placeholder)
        return Setting(key: key, kind: kind, group: group, standard: .list(standard), help: help) {
            if case .list(let values) = $0 { $1[keyPath: place] = values }
        }
    }

    static func optionalText(
        _ key: String, _ place: Place<String?>, _ kind: SettingKind, _ group: Group, _ help: String
    ) -> Setting {
        Setting(key: key, kind: kind, group: group, help: help) {
            if case .text(let value) = $0 { $1[keyPath: place] = value }
        }
    }

    /// A setting whose text is converted by `convert`; the kind has let only convertible texts through.
    static func text<Value>(
        _ key: String, _ place: Place<Value>, _ kind: SettingKind, _ standard: String, _ group: Group, _ help: String,
        convert: @escaping @Sendable (String) -> Value?
    ) -> Setting {
        Setting(key: key, kind: kind, group: group, standard: .text(standard), help: help) {
            if case .text(let text) = $0, let value = convert(text) { $1[keyPath: place] = value }
        }
    }

    static func instant(_ key: String, _ place: Place<Int64?>, _ group: Group, _ help: String) -> Setting {
        Setting(key: key, kind: .instant, group: group, help: help) {
            if case .instant(let value) = $0 { $1[keyPath: place] = value }
        }
    }
}

// What makes a row special, written behind it.
extension Setting {
    func short(_ letter: Character) -> Setting { with { $0.short = letter } }
    func also(_ names: String...) -> Setting { with { $0.aliases = names } }
    func on(_ command: Command) -> Setting { with { $0.command = command } }
    func within(_ scope: Scope) -> Setting { with { $0.scope = scope } }

    func live() -> Setting { with { $0.isLive = true } }

    /// Set by the performance mode; the default is then the mode's.
    func byMode(_ balanced: Int, _ throughput: Int, _ latency: Int, _ memory: Int) -> Setting {
        let values = ModeValues(balanced, throughput, latency, memory)
        if case .size = kind { return with { $0.modes = values.map { .size($0) } } }
        return with { $0.modes = values.map { .integer($0) } }
    }
    func byMode(durations balanced: Int64, _ throughput: Int64, _ latency: Int64, _ memory: Int64) -> Setting {
        with { $0.modes = ModeValues(balanced, throughput, latency, memory).map { .duration($0) } }
    }
    func byMode(flags balanced: Bool, _ throughput: Bool, _ latency: Bool, _ memory: Bool) -> Setting {
        with { $0.modes = ModeValues(balanced, throughput, latency, memory).map { .boolean($0) } }
    }
    func byMode(
        _ balanced: BufferStrategy, _ throughput: BufferStrategy, _ latency: BufferStrategy, _ memory: BufferStrategy
    )
        -> Setting
    {
        with { $0.modes = ModeValues(balanced, throughput, latency, memory).map { .text($0.rawValue) } }
    }

    private func with(_ change: (inout Setting) -> Void) -> Setting {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Int64 {
    static func milliseconds(_ count: Int64) -> Int64 { count * 1_000_000 }
    static func seconds(_ count: Int64) -> Int64 { count * 1_000_000_000 }
    static func hours(_ count: Int64) -> Int64 { count * 3_600_000_000_000 }
}

extension Int {
    static func kibibytes(_ count: Int) -> Int { count << 10 }
    static func mebibytes(_ count: Int) -> Int { count << 20 }
    static func gibibytes(_ count: Int) -> Int { count << 30 }
}
