/// `lc doctor`: whether this machine is ready for what the settings ask for.
public enum Doctor {
    /// - Parameter resolution: of the options of `lc sniff voip` that were given.
    /// - Returns: 0 when a capture can start, else the status that it would end with.
    public static func run(_ resolution: Resolution) throws(CommandError) -> ExitStatus {
        let report = report(resolution)
        let format = try format(resolution)
        StandardStream.output.write(format == .text ? report.text : report.json.text() + "\n")
        return report.exitStatus
    }

    static func report(_ resolution: Resolution) -> DoctorReport {
        let (settings, problem, warnings) = settings(resolution)
        let facts = MachineFacts.gather(settings)
        var findings = ConfigurationCheck.findings(problem, warnings, facts.configuration, facts.process)
        findings += PrivilegeCheck.findings(settings, facts.process)
        findings += InterfaceCheck.findings(settings, facts.devices)
        findings += BufferCheck.findings(settings, facts.devices, facts.kernel, facts.limits)
        findings += DiskCheck.findings(settings, facts.output)
        findings += LogCheck.findings(settings, facts.log)
        findings += ClockCheck.findings(facts.clock)
        findings += LimitCheck.findings(settings, facts.limits)
        return DoctorReport(findings: findings)
    }

    /// What lc would use; the defaults when that is wrong, so that the rest is looked at all the same.
    private static func settings(_ resolution: Resolution) -> (Settings, CommandError?, [String]) {
        do throws(CommandError) {
            let resolved = try resolution.resolve(for: .voip)
            _ = try SniffRequest(resolved)
            return (resolved.settings, nil, resolved.warnings)
        } catch {
            var defaults = Resolution(commandLine: [], environment: [:])
            defaults.systemPath = "/nonexistent"
            return ((try? defaults.resolve(for: .voip))?.settings ?? Settings(), error, [])
        }
    }

    private static func format(_ resolution: Resolution) throws(CommandError) -> OutputFormat {
        var settings = Settings()
        for given in resolution.commandLine where given.setting.key == "format" { try given.apply(to: &settings) }
        let format = settings.output.format(on: .output)
        guard format != .csv else {
            throw CommandError(
                "lc doctor has no such format: csv", at: "--format", remedy: "text or json", exitStatus: .usage)
        }
        return format
    }
}
