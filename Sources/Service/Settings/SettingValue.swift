/// A value of a setting after parsing. Durations are nanoseconds, sizes bytes, instants nanoseconds since the epoch.
public enum SettingValue: Sendable, Equatable {
    /// Not given and without a default.
    case unset
    case boolean(Bool)
    case integer(Int)
    case duration(Int64)
    case size(Int)
    case instant(Int64)
    case text(String)
    case list([String])
    case ports([UInt16])
    case portRanges([ClosedRange<UInt16>])

    /// Sizes as a number of bytes, durations and instants as text: each can be put back into a configuration file.
    var json: JSONValue {
        switch self {
        case .unset: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value), .size(let value): .integer(Int64(value))
        case .duration(let value): .string(DurationText.format(value))
        case .instant(let value): .string(InstantText.format(value))
        case .text(let value): .string(value)
        case .list(let values): .array(values.map { .string($0) })
        case .ports(let values): .array(values.map { .integer(Int64($0)) })
        case .portRanges(let ranges): .array(ranges.map { .string("\($0.lowerBound)-\($0.upperBound)") })
        }
    }

    /// As the help shows it.
    public var text: String {
        switch self {
        case .unset: "none"
        case .boolean(let value): value ? "on" : "off"
        case .integer(let value): String(value)
        case .size(let value): SizeText.format(value)
        case .duration(let value): DurationText.format(value)
        case .instant(let value): InstantText.format(value)
        case .text(let value): value
        case .list(let values): values.joined(separator: ",")
        case .ports(let values): values.map(String.init).joined(separator: ",")
        case .portRanges(let ranges): ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
        }
    }
}
