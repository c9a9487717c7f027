/// Whether the configuration is valid, and nobody else can change it.
enum ConfigurationCheck {
    private static let name = "configuration"

    static func findings(
        _ problem: CommandError?, _ warnings: [String], _ facts: ConfigurationFacts, _ process: ProcessFacts
    ) -> [Finding] {
        var findings: [Finding] = []
        if let problem {
            findings.append(
                .problem(
                    name, problem.place, problem.what, remedy: problem.remedy ?? "correct it", problem.exitStatus))
            findings.append(.note(name, nil, "the rest is looked at with the defaults"))
        } else {
            findings.append(.ok(name, facts.path, facts.path == nil ? "no file; the defaults are valid" : "valid"))
        }
        for warning in warnings {
            findings.append(.warning(name, nil, warning, remedy: "run lc doctor as the user that lc runs as"))
        }
        findings += permissions(facts)
        for program in facts.missingPrograms {
            findings.append(
                .problem(
                    name, program, "a command of the configuration is not there, or cannot be run",
                    remedy: "install it, or correct pcap_command and voip_command", .configuration))
        }
        if let error = facts.keyProblem {
            findings.append(
                .problem(name, error.place, error.what, remedy: error.remedy ?? "correct it", error.exitStatus))
        }
        return findings
    }

    /// It names commands that lc runs: who can write it can do what lc can.
    private static func permissions(_ facts: ConfigurationFacts) -> [Finding] {
        guard let path = facts.path else { return [] }
        var findings: [Finding] = []
        if facts.mode & 0o022 != 0 {
            findings.append(
                .warning(name, path, "others than its owner may change it", remedy: "chmod 600 \(path)"))
        }
        if facts.owner != 0, facts.owner != facts.user {
            findings.append(
                .warning(name, path, "belongs to another user (\(facts.owner))", remedy: "chown root:root \(path)"))
        }
        return findings
    }
}
