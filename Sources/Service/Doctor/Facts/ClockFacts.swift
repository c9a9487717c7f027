import CLinux

/// The system's clock, which every packet gets its time from.
struct ClockFacts: Sendable {
    /// nil: the kernel does not say (a sandbox).
    var isSynchronised: Bool?
    /// How wrong it may be, microseconds.
    var mostError = 0
    /// Nanoseconds since 1970.
    var now: Int64 = 0
    var source: String?

    static func gather() -> ClockFacts {
        var facts = ClockFacts()
        var error = 0
        let answer = clock_synchronised(&error)
        facts.isSynchronised = answer < 0 ? nil : answer == 1
        facts.mostError = error
        facts.now = WallClock.now
        facts.source = SystemFile.text("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        return facts
    }
}
