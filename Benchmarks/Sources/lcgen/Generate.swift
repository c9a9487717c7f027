import ArgumentParser
import Scenarios
import Traffic

@main
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lcgen",
        abstract: "Generates a capture of SIP calls with their media, and the truth about every call.",
        discussion: """
            Example: lcgen mixed --seed 7 -o mixed.pcap --truth mixed.jsonl
                     lcgen --class plain=3,tcp-trunk=1 --calls 1000 --rate 50 -o calls.pcap --truth calls.jsonl
            """)

    @Argument(help: "What to begin with: \(Preset.allCases.map(\.rawValue).joined(separator: ", ")).")
    var preset: String?
    @Option(name: .customLong("class"), help: "Classes with weights, as in plain=3,tcp=1; `all` for every class.")
    var classes: String?
    @Flag(help: "Show the classes and end.")
    var listClasses = false
    @Option(name: .shortAndLong, help: "The capture to write.")
    var output = "lcgen.pcap"
    @Option(help: "The truth to write (JSON Lines).")
    var truth: String?
    @Option(help: "Calls in all.")
    var calls: Int?
    @Option(help: "Calls begun per second.")
    var rate: Double?
    @Option(help: "Calls at the same time (sets the rate).")
    var concurrent: Int?
    @Option(help: "Seconds of media per call.")
    var mediaSeconds: Double?
    @Option(help: "Seconds an answered call lasts at least.")
    var holdSeconds: Double?
    @Option(help: "Milliseconds per RTP packet.")
    var ptime: UInt64?
    @Option(help: "PCMU, PCMA, G722, G729, opus; several with commas.")
    var codec: String?
    @Option(help: "Share of streams with loss, jitter, reordering and duplicates.")
    var lossFraction: Double?
    @Flag(help: "SIP only.")
    var noMedia = false
    @Flag(help: "No RTCP.")
    var noRtcp = false
    @Option(help: "Calls per trunk connection.")
    var trunkCalls: Int?
    @Option(help: "Background packets per second.")
    var background: Double?
    @Flag(help: "Background UDP may begin like RTP.")
    var backgroundLikeRtp = false
    @Option(help: "What attacks beside the calls: \(Attack.allCases.map(\.rawValue).joined(separator: ", ")).")
    var attack: Attack?
    @Option(help: "Packets of the attack.")
    var attackPackets = 200_000
    @Option(help: "Packets of the attack per second.")
    var attackRate = 20_000.0
    @Option(help: "The same seed gives the same bytes.")
    var seed: UInt64 = 1
    @Flag(help: "Nanosecond timestamps.")
    var nano = false
    @Option(help: "ethernet, sll2 or raw.")
    var linktype: LinkType = .ethernet
    @Flag(help: "End with the last call's last packet: how calls end is then not in the truth.")
    var cut = false
    @Flag(help: "Put every call's packet numbers into the truth.")
    var packetNumbers = false
    @Option(help: "Also write the packets as this many consecutive files (NAME-1.pcap ...).")
    var split: Int?

    mutating func run() throws {
        if listClasses {
            for entry in Catalogue.classes { print("\(entry.name)\t\(entry.summary)") }
            return
        }
        let options = try scenarioOptions()
        var settings = CaptureSettings()
        (settings.link, settings.nanoseconds, settings.packetNumbers) = (linktype, nano, packetNumbers)
        if cut { settings.tail = 0 }
        let truthPath = truth ?? output + ".truth.jsonl"
        let summary = try Generation.write(
            capture: output, truth: truthPath, options: options, settings: settings, header: header(options))
        if let split { try CaptureSplitter.split(output, into: split) }
        print("\(output): \(summary.captured) packets, \(summary.calls) calls; truth in \(truthPath)")
    }

    private func header(_ options: ScenarioOptions) -> [UInt8] {
        TruthHeader.line(
            seed: seed, nanoseconds: nano, link: linktype,
            classes: options.classes.map(\.name), cut: cut)
    }

    func scenarioOptions() throws -> ScenarioOptions {
        var options = ScenarioOptions()
        if let preset {
            guard let known = Preset(rawValue: preset) else {
                throw ValidationError("no preset \(preset): \(Preset.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            options = known.options
        }
        options.seed = seed
        if let calls { options.calls = calls }
        if let mediaSeconds { options.media = UInt64(mediaSeconds * 1e9) }
        if let holdSeconds { options.hold = UInt64(holdSeconds * 1e9) }
        if let ptime { options.packetTime = ptime }
        if let lossFraction { options.lossFraction = lossFraction }
        if let trunkCalls { options.trunkCalls = trunkCalls }
        if let background { options.background = background }
        (options.attack, options.attackPackets, options.attackRate) = (attack, attackPackets, attackRate)
        options.noMedia = options.noMedia || noMedia
        options.rtcp = !noRtcp
        options.backgroundBeginsLikeRTP = backgroundLikeRtp
        if let codec { options.codecs = try codecs(codec) }
        if let classes { options.classes = try weights(classes) }
        if let rate { options.rate = rate }
        // A call stands for its length and about two seconds of set-up.
        if let concurrent { options.rate = Double(concurrent) / (Double(options.callLength) / 1e9 + 2) }
        guard options.calls > 0, options.rate > 0, (5...60).contains(options.packetTime) else {
            throw ValidationError("--calls and --rate must be above 0, --ptime between 5 and 60")
        }
        return options
    }

    private func codecs(_ list: String) throws -> [String] {
        let names = list.split(separator: ",").map(String.init)
        for name in names where Codec.named(name) == nil {
            throw ValidationError("no codec \(name): PCMU, PCMA, G722, G729, opus")
        }
        guard !names.isEmpty else { throw ValidationError("--codec names no codec") }
        return names
    }

    private func weights(_ list: String) throws -> [(name: String, weight: Double)] {
        if list == "all" { return Catalogue.classes.map { ($0.name, 1) } }
        let weights = try list.split(separator: ",").map { entry -> (name: String, weight: Double) in
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard Catalogue.named(parts[0]) != nil else {
                throw ValidationError("no class \(parts[0]); lcgen --list-classes shows them")
            }
            guard parts.count == 1 || Double(parts[1]) ?? 0 > 0 else {
                throw ValidationError("the weight of \(parts[0]) must be a number above 0")
            }
            return (parts[0], parts.count == 1 ? 1 : Double(parts[1]) ?? 1)
        }
        guard !weights.isEmpty else { throw ValidationError("--class names no class") }
        return weights
    }
}

extension LinkType: ExpressibleByArgument {}
extension Attack: ExpressibleByArgument {}
