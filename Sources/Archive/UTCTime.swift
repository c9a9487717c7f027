/// A point in time as calendar digits, UTC.
struct UTCTime {
    private let year: Int
    private let month: Int
    private let day: Int
    private let secondOfDay: Int

    /// Times before the epoch count as the epoch.
    init(nanoseconds: Int64) {
        let seconds = Int(max(nanoseconds, 0) / 1_000_000_000)
        secondOfDay = seconds % 86_400
        // Proleptic Gregorian calendar, https://howardhinnant.github.io/date_algorithms.html#civil_from_days
        let shifted = seconds / 86_400 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    }

    /// `YYYYMMDD`.
    func appendDate(to text: inout [UInt8]) {
        UTCTime.append(year / 100 % 100, to: &text)
        UTCTime.append(year % 100, to: &text)
        UTCTime.append(month, to: &text)
        UTCTime.append(day, to: &text)
    }

    func appendHour(to text: inout [UInt8]) { UTCTime.append(secondOfDay / 3_600, to: &text) }

    /// `HHMMSS`.
    private func appendTimeOfDay(to text: inout [UInt8]) {
        appendHour(to: &text)
        UTCTime.append(secondOfDay / 60 % 60, to: &text)
        UTCTime.append(secondOfDay % 60, to: &text)
    }

    /// `YYYYMMDD_HHMMSS`.
    func appendTimestamp(to text: inout [UInt8]) {
        appendDate(to: &text)
        text.append(UInt8(ascii: "_"))
        appendTimeOfDay(to: &text)
    }

    private static func append(_ value: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / 10))
        text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value % 10))
    }
}
