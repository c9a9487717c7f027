/// What `lc doctor` has found, and how it is said.
struct DoctorReport: Sendable {
    var findings: [Finding]

    /// Nothing keeps a capture from starting; there may be warnings.
    var isReady: Bool { !findings.contains { $0.level == .problem } }

    /// 0, or how `lc sniff voip` would end for the first of the problems.
    var exitStatus: ExitStatus {
        findings.first { $0.level == .problem }.map { $0.exitStatus ?? .serviceUnavailable } ?? .ok
    }

    private func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }

    var text: String {
        var lines: [String] = []
        for finding in findings {
            let level = finding.level.rawValue
            let subject = finding.subject.map { " " + $0 } ?? ""
            lines.append(
                level + String(repeating: " ", count: 9 - level.count) + finding.check + subject + ": " + finding.what)
            if let remedy = finding.remedy { lines.append("         -> " + remedy) }
        }
        let counts = [(count(.problem), "problem"), (count(.warning), "warning")].filter { $0.0 > 0 }.map {
            "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")"
        }
        let verdict = isReady ? "ready" : "not ready"
        lines.append(counts.isEmpty ? verdict : verdict + ": " + counts.joined(separator: ", "))
        return lines.map { sanitised($0) + "\n" }.joined()
    }

    var json: JSONValue {
        .object([
            ("type", .string("doctor")), ("version", .string(Version.number)), ("ready", .boolean(isReady)),
            ("problems", .integer(Int64(count(.problem)))), ("warnings", .integer(Int64(count(.warning)))),
            ("findings", .array(findings.map(json))),
        ])
    }

    private func json(_ finding: Finding) -> JSONValue {
        .object([
            ("check", .string(finding.check)), ("subject", finding.subject.map { .string($0) } ?? .null),
            ("level", .string(finding.level.rawValue)), ("what", .string(finding.what)),
            ("remedy", finding.remedy.map { .string($0) } ?? .null),
            ("figures", .object(finding.figures.map { ($0.key, .integer($0.value)) })),
        ])
    }
}
