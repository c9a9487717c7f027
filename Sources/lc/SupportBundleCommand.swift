import ArgumentParser
import Service

struct SupportBundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle", abstract: "Collect what a support engineer asks for into one archive.",
        usage: "lc support-bundle [--output <file>] [--overwrite] [--unit <name>] [<general options>]",
        discussion: """
            Version, configuration with the source of every value, what lc doctor finds, the end of the logs and of the journal,
            counters of the running service, its unit and process, disk, memory, clock, kernel and interfaces. Passwords,
            tokens and keys are masked; Call-IDs, users and numbers in logs are marks, as with --log-sanitize. No captures and
            no call records. The archive can be read by its owner only; look into it before you send it.

            EXAMPLES:
              lc support-bundle --output /tmp/support.tar.gz --overwrite
              sudo lc support-bundle -c /etc/lippycat/config.yaml
            """)

    @Option(
        name: [.customShort("o"), .long], help: "The archive; lippycat-support-<time>.tar.gz without.",
        completion: .file())
    var output: String?
    @Flag(help: "Replace a file of that name.") var overwrite = false
    @Option(help: "The systemd unit that lc runs as.") var unit = "lippycat"
    @OptionGroup(title: "General") var general: SettingArguments<GeneralOptions>

    func run() throws {
        try SupportBundle.run(
            .init(
                output: output, overwrites: overwrite, unit: unit, resolution: Resolution(commandLine: general.given))
        ).end()
    }
}
