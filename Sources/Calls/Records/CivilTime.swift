/// A moment in UTC, taken apart; proleptic Gregorian calendar, no leap seconds, as RFC 3339 and POSIX count.
///
/// Total over all of Int64: nanoseconds since 1970 reach from 1677 to 2262.
public struct CivilTime: Equatable, Sendable {
    public var year: Int
    /// 1...12.
    public var month: Int
    /// 1...31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var nanosecond: Int

    public init(nanoseconds: Int64) {
        // Rounds down, so that the time of day is positive before 1970 as well.
        var seconds = nanoseconds / 1_000_000_000
        var fraction = nanoseconds % 1_000_000_000
        if fraction < 0 {
            fraction += 1_000_000_000
            seconds -= 1
        }
        var days = seconds / 86400
        var time = Int(seconds % 86400)
        if time < 0 {
            time += 86400
            days -= 1
        }
        nanosecond = Int(fraction)
        hour = time / 3600
        minute = time / 60 % 60
        second = time % 60

        // Years that begin on 1 March put the leap day last; 719468 days lie between 0000-03-01 and 1970-01-01.
        let shifted = Int(days) + 719468
        let era = shifted / 146097
        let dayOfEra = shifted % 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
