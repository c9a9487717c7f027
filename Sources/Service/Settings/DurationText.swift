/// Durations as users write them: `5s`, `300s`, `5m`, `1h30m`, `250ms`, `1.5s`; nanoseconds inside.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    static func parse(_ text: String) throws(ValueProblem) -> Int64 {
        let problem = ValueProblem(what: "'\(text)' is not a duration", remedy: "write it like 5s, 250ms, 5m or 1h30m")
        if text == "0" { return 0 }
        var rest = Substring(text)
        var total: Int64 = 0
        guard !rest.isEmpty else { throw problem }
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard !unit.isEmpty else {
                if number.count == text.count {
                    throw ValueProblem(what: "'\(text)' has no unit", remedy: "write \(text)s for \(text) seconds")
                }
                throw problem
            }
            guard let scale = units.first(where: { $0.name == unit })?.nanoseconds,
                let part = DecimalText.scaled(number, by: scale)
            else { throw problem }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { throw ValueProblem(what: "'\(text)' is too long", remedy: problem.remedy) }
            total = sum
        }
        return total
    }

    /// The shortest whole number of a single unit up to seconds: `300s`, `250ms`.
    static func format(_ nanoseconds: Int64) -> String {
        if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000)s" }
        if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
        if nanoseconds % 1_000 == 0 { return "\(nanoseconds / 1_000)us" }
        return "\(nanoseconds)ns"
    }
}
