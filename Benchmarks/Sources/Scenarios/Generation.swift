import Traffic

/// Generates one capture and its truth.
public enum Generation {
    /// 2026-01-02T03:04:05Z
    static let epoch: UInt64 = 1_767_323_045 * second

    /// - Parameter header: the truth's first line.
    public static func write(
        capture: String, truth: String, options: ScenarioOptions, settings: CaptureSettings, header: [UInt8] = []
    ) throws -> TruthSummary {
        let pcap = try PcapWriter(path: capture, link: settings.link, nanoseconds: settings.nanoseconds)
        let truthFile = try BlockFile(path: truth)
        try truthFile.write(header)
        let run = CaptureRun(pcap: pcap, truth: truthFile, settings: settings)
        let context = ScenarioContext(run: run, options: options)
        run.add(
            BackgroundTraffic(
                first: epoch, packetsPerSecond: options.background,
                beginsLikeRTP: options.backgroundBeginsLikeRTP, random: context.random.split(), settings: settings))
        if let attack = options.attack {
            run.add(
                AttackTraffic(
                    attack, first: epoch + 500 * millisecond, packets: options.attackPackets,
                    packetsPerSecond: options.attackRate, random: SplitMix64(seed: options.seed &+ 1),
                    settings: settings))
        }
        run.add(arrivals(context))
        try run.run()
        return run.summary
    }

    private static func arrivals(_ context: ScenarioContext) -> CallArrivals {
        let chosen = context.options.classes.compactMap { entry in
            Catalogue.named(entry.name).map { ($0, entry.weight) }
        }
        let total = chosen.reduce(0) { $0 + $1.1 }
        let spacing = Double(second) / max(0.001, context.options.rate)
        // Every class once before chance decides, so that a small mixed capture has them all.
        var unseen = chosen.count > 1 ? chosen.map(\.0) : []
        unseen.reverse()
        return CallArrivals(first: epoch + 100 * millisecond) { _, now in
            guard context.callsLeft > 0 else { return .max }
            var scenario = chosen[0].0
            if let next = unseen.popLast() {
                scenario = next
            } else {
                var point = context.random.fraction() * total
                for (candidate, weight) in chosen {
                    scenario = candidate
                    point -= weight
                    if point < 0 { break }
                }
            }
            context.className = scenario.name
            let before = context.callsMade
            scenario.begin(context, now)
            let made = Double(context.callsMade - before)
            return context.settings.quantized(now + UInt64(spacing * made * (0.5 + context.random.fraction())))
        }
    }
}
