import Capture

/// What texts a setting takes, and what they mean.
public enum SettingKind: Sendable {
    case boolean
    case integer(ClosedRange<Int>)
    case duration(ClosedRange<Int64>)
    /// With `zero`, 0 is allowed too and means no limit.
    case size(ClosedRange<Int>, zero: Bool)
    case choice([String])
    /// A performance mode, under any of its names.
    case mode
    case text(placeholder: String)
    case file
    case directory
    case fileNamePattern
    /// A command with these placeholders.
    case command([String])
    case instant
    case list(placeholder: String)
    case paths
    case ports
    case portRanges
    case hepAddresses
    /// An address and a port to listen on.
    case address

    /// Several values, separated by commas in one text.
    public var isList: Bool {
        switch self {
        case .list, .paths, .ports, .portRanges, .hepAddresses: true
        default: false
        }
    }

    /// What the help writes after the option.
    public var placeholder: String {
        switch self {
        case .boolean: "true|false"
        case .integer: "n"
        case .duration: "duration"
        case .size: "size"
        case .choice(let names): names.joined(separator: "|")
        case .mode: PerformanceMode.allCases.map(\.rawValue).joined(separator: "|")
        case .text(let placeholder), .list(let placeholder): placeholder
        case .file, .paths: "file"
        case .directory: "dir"
        case .fileNamePattern: "pattern"
        case .command: "command"
        case .instant: "time"
        case .ports: "port"
        case .portRanges: "low-high"
        case .hepAddresses: "udp|tcp:address:port"
        case .address: "address:port"
        }
    }
}

extension SettingKind {
    /// Reads one or, for a list, several texts. `index` in the error is that of the text that is wrong.
    func parse(_ texts: [String]) -> Result<SettingValue, IndexedProblem> {
        var index = 0
        do throws(ValueProblem) {
            switch self {
            case .list, .paths:
                for (at, text) in texts.enumerated() {
                    index = at
                    try rejectEmpty(text)
                }
                return .success(.list(texts))
            case .hepAddresses:
                for (at, text) in texts.enumerated() {
                    index = at
                    guard HEPAddress(text) == nil else { continue }
                    throw ValueProblem(
                        what: "'\(text)' is no address to listen on",
                        remedy: "write it like udp:127.0.0.1:9060 or tcp:[::1]:9060")
                }
                return .success(.list(texts))
            case .ports:
                var ports: [UInt16] = []
                for (at, text) in texts.enumerated() {
                    index = at
                    ports.append(try PortText.port(text))
                }
                return .success(.ports(ports))
            case .portRanges:
                var ranges: [ClosedRange<UInt16>] = []
                for (at, text) in texts.enumerated() {
                    index = at
                    ranges.append(try PortText.range(text))
                }
                return .success(.portRanges(ranges))
            default:
                guard let text = texts.last else { return .success(.unset) }
                index = texts.count - 1
                return .success(try parseOne(text))
            }
        } catch {
            return .failure(IndexedProblem(index: index, problem: error))
        }
    }

    private func parseOne(_ text: String) throws(ValueProblem) -> SettingValue {
        switch self {
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on": return .boolean(true)
            case "false", "no", "off": return .boolean(false)
            default: throw ValueProblem(what: "'\(text)' is neither true nor false", remedy: "write true or false")
            }
        case .integer(let range):
            guard let value = Int(text), text.first != "+" else {
                throw ValueProblem(what: "'\(text)' is not a whole number", remedy: "write a number, \(bounds(range))")
            }
            try check(value, in: range, text) { String($0) }
            return .integer(value)
        case .duration(let range):
            let value = try DurationText.parse(text)
            try check(value, in: range, text, DurationText.format)
            return .duration(value)
        case .size(let range, let zero):
            let value = try SizeText.parse(text)
            if zero && value == 0 { return .size(0) }
            try check(value, in: range, text, SizeText.format)
            return .size(value)
        case .choice(let names):
            guard names.contains(text) else {
                throw ValueProblem(what: "'\(text)' is not possible", remedy: "valid: " + names.joined(separator: ", "))
            }
            return .text(text)
        case .mode:
            guard let mode = PerformanceMode(name: text) else {
                let names = PerformanceMode.allCases.map(\.rawValue) + PerformanceMode.aliases.map(\.name)
                throw ValueProblem(
                    what: "'\(text)' is no performance mode", remedy: "valid: " + names.joined(separator: ", "))
            }
            return .text(mode.rawValue)
        case .instant:
            return .instant(try InstantText.parse(text))
        case .fileNamePattern:
            try FileNamePattern.check(text)
            return .text(text)
        case .command(let names):
            try rejectEmpty(text)
            _ = try CommandTemplate(text, names: names)
            return .text(text)
        case .address:
            guard StatusAddress(text) != nil else {
                throw ValueProblem(
                    what: "'\(text)' is no address to listen on", remedy: "write it like 127.0.0.1:9464 or [::1]:9464")
            }
            return .text(text)
        default:
            try rejectEmpty(text)
            return .text(text)
        }
    }

    private func rejectEmpty(_ text: String) throws(ValueProblem) {
        if text.isEmpty { throw ValueProblem(what: "the value is empty", remedy: "give a value or leave it out") }
        if text.utf8.contains(0) { throw ValueProblem(what: "the value has a NUL byte", remedy: "remove it") }
    }

    private func check<Value: Comparable>(
        _ value: Value, in range: ClosedRange<Value>, _ text: String, _ format: (Value) -> String
    ) throws(ValueProblem) {
        guard !range.contains(value) else { return }
        throw ValueProblem(
            what: "\(text) is too \(value < range.lowerBound ? "small" : "large")",
            remedy: "from \(format(range.lowerBound)) to \(format(range.upperBound))")
    }

    private func bounds(_ range: ClosedRange<Int>) -> String { "from \(range.lowerBound) to \(range.upperBound)" }
}

/// A problem and which of several texts has it.
struct IndexedProblem: Error, Equatable {
    var index: Int
    var problem: ValueProblem
}
