import Traffic

/// Ready-made loads.
public enum Preset: String, CaseIterable, Sendable {
    case media
    case signalling
    case signallingTCP = "signalling-tcp"
    case mixed
    case concurrent
    /// Ordinary calls of every class, to stand beside an `Attack`.
    case attacked

    public var options: ScenarioOptions {
        var options = ScenarioOptions()
        switch self {
        case .media:
            (options.calls, options.rate, options.media) = (500, 20, 60 * second)
            options.codecs = ["PCMU", "PCMA"]
        case .signalling:
            (options.calls, options.rate, options.noMedia) = (200_000, 2000, true)
            options.classes = [
                ("plain", 85), ("auth-407", 5), ("busy", 4), ("cancelled", 3), ("not-found", 2), ("redirected", 1),
            ]
        case .signallingTCP:
            (options.calls, options.rate, options.noMedia) = (50_000, 1000, true)
            options.classes = [("tcp-trunk", 1)]
            options.trunkCalls = 100
        case .mixed:
            (options.calls, options.rate, options.media) = (800, 20, 4 * second)
            options.codecs = ["PCMU", "PCMA", "G722", "G729", "opus"]
            // A trunk brings many calls at once.
            options.classes = Catalogue.classes.map { ($0.name, $0.name.contains("-trunk") ? 0.1 : 1) }
            options.trunkCalls = 20
        case .concurrent:
            // All calls stand before the first one ends: 10 s to begin them, at least 15 s each.
            (options.calls, options.rate, options.media, options.hold) = (50_000, 5000, 2 * second, 15 * second)
            options.codecs = ["G729"]
        case .attacked:
            (options.calls, options.rate, options.media) = (100, 10, 3 * second)
            options.classes = Catalogue.classes.map { ($0.name, $0.name.hasPrefix("tcp-trunk") ? 0.1 : 1) }
            options.trunkCalls = 10
        }
        return options
    }
}
