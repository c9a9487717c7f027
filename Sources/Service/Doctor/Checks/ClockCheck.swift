/// Whether packet times can be believed.
enum ClockCheck {
    private static let name = "clock"
    /// 2020-01-01: before that a machine has forgotten what time it is.
    private static let plausible: Int64 = 1_577_836_800_000_000_000
    /// What people compare captures of two machines by.
    private static let mostError = 100_000

    static func findings(_ clock: ClockFacts) -> [Finding] {
        let remedy = "sudo timedatectl set-ntp true, or install chrony"
        guard clock.now >= plausible else {
            return [
                .problem(
                    name, nil, "it is \(InstantText.format(clock.now).prefix(10)) here", remedy: remedy,
                    .serviceUnavailable)
            ]
        }
        var findings: [Finding] = []
        switch clock.isSynchronised {
        case nil: findings.append(.note(name, nil, "the kernel does not say whether it is synchronised"))
        case false?:
            findings.append(
                .warning(name, nil, "not synchronised: times of captures and records may be wrong", remedy: remedy))
        case true? where clock.mostError > mostError:
            findings.append(
                .warning(name, nil, "synchronised, and up to \(clock.mostError / 1000) ms wrong", remedy: remedy))
        case true?: findings.append(.ok(name, nil, "synchronised, at most \(clock.mostError / 1000) ms wrong"))
        }
        findings[0].figures = [("most_error_us", Int64(clock.mostError))]
        if let source = clock.source, ["hpet", "acpi_pm", "pit", "refined-jiffies", "jiffies"].contains(source) {
            findings.append(
                .warning(
                    name, nil, "the kernel's clock source is \(source): reading the time for each packet is slow",
                    remedy: "see dmesg for why tsc or kvm-clock is not used"))
        }
        return findings
    }
}
