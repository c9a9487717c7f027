/// Where a value comes from, best first.
public enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    case commandLine(option: String)
    case environment(String)
    case file(path: String, line: Int, column: Int)
    case mode(PerformanceMode)
    case standard

    /// As `show config --sources` prints it.
    public var description: String {
        switch self {
        case .commandLine: "command line"
        case .environment(let name): "environment \(name)"
        case .file(let path, let line, _): "\(path):\(line)"
        case .mode(let mode): "mode \(mode.rawValue)"
        case .standard: "default"
        }
    }

    /// As an error names it.
    var place: String {
        switch self {
        case .commandLine(let option): option
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        default: description
        }
    }

    /// A wrong value on the command line is a usage error, anywhere else one of the configuration.
    var exitStatus: ExitStatus {
        if case .commandLine = self { .usage } else { .configuration }
    }

    /// Lower beats higher.
    var rank: Int {
        switch self {
        case .commandLine: 0
        case .environment: 1
        case .file: 2
        case .mode: 3
        case .standard: 4
        }
    }
}
