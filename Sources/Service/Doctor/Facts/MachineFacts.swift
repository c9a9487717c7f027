/// Everything that `lc doctor` asks the machine; the checks look at nothing else.
struct MachineFacts: Sendable {
    var configuration = ConfigurationFacts()
    var process = ProcessFacts()
    var devices: [DeviceFacts] = []
    var kernel = KernelFacts()
    var output: DirectoryFacts?
    /// Where the log file is.
    var log: DirectoryFacts?
    var clock = ClockFacts()
    var limits = LimitFacts()

    static func gather(_ settings: Settings) -> MachineFacts {
        var facts = MachineFacts()
        facts.configuration = .gather(settings)
        facts.process = .gather()
        facts.devices = DeviceFacts.gather(
            promiscuous: settings.capture.promiscuous ? Set(settings.capture.interfaces) : [])
        facts.kernel = .gather()
        facts.output = settings.archivePath.map(DirectoryFacts.gather)
        facts.log = settings.log.file.map { DirectoryFacts.gather(DirectoryFacts.parent(of: $0)) }
        facts.clock = .gather()
        facts.limits = .gather()
        return facts
    }
}

extension Settings {
    /// Where captures go.
    var archivePath: String? { outputDirectory ?? writePrefix.map(DirectoryFacts.parent) }
}
