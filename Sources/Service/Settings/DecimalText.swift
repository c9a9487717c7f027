/// Decimal numbers in front of a unit.
enum DecimalText {
    /// The most digits after the point; more than a size or a duration can mean.
    private static let mostFractionDigits = 9

    /// A decimal number times the scale, rounded down; nil when it is no number, or too large.
    static func scaled(_ number: Substring, by scale: Int64) -> Int64? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]), whole >= 0 else { return nil }
        var (total, overflow) = whole.multipliedReportingOverflow(by: scale)
        if parts.count == 2 {
            guard (1...mostFractionDigits).contains(parts[1].utf8.count), let numerator = Int64(parts[1]),
                numerator >= 0, parts[1].first != "+"
            else { return nil }
            var denominator: Int64 = 1
            for _ in parts[1].utf8 { denominator *= 10 }
            // Full width: a day in nanoseconds times nine digits does not fit into 64 bits.
            let product = scale.multipliedFullWidth(by: numerator)
            let added = total.addingReportingOverflow(denominator.dividingFullWidth(product).quotient)
            (total, overflow) = (added.partialValue, overflow || added.overflow)
        }
        return overflow ? nil : total
    }
}
