import Calls

/// Times in names of files.
extension CivilTime {
    /// `YYYYMMDD`.
    func appendDate(to name: inout [UInt8]) {
        CivilTime.append(year / 100 % 100, to: &name)
        CivilTime.append(year % 100, to: &name)
        CivilTime.append(month, to: &name)
        CivilTime.append(day, to: &name)
    }

    /// `HH`.
    func appendHour(to name: inout [UInt8]) { CivilTime.append(hour, to: &name) }

    /// `YYYYMMDD_HHMMSS`.
    func appendTimestamp(to name: inout [UInt8]) {
        appendDate(to: &name)
        name.append(UInt8(ascii: "_"))
        appendHour(to: &name)
        CivilTime.append(minute, to: &name)
        CivilTime.append(second, to: &name)
    }

    private static func append(_ value: Int, to name: inout [UInt8]) {
        name.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
        name.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }
}
