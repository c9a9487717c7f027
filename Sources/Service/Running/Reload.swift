import Logging

/// The settings in force, and what a new reading of the configuration makes of them.
///
/// A setting that cannot change while the program runs keeps its value, and is named.
struct Reload {
    private(set) var settings: ResolvedSettings

    init(_ settings: ResolvedSettings) { self.settings = settings }

    struct Change: Equatable {
        var path: String
        var old: String
        var new: String
    }

    struct Outcome {
        /// Everything in force from now on.
        var settings: ResolvedSettings
        var changed: [Change] = []
        var refused: [Change] = []
    }

    /// Compares; takes nothing over yet.
    func outcome(of new: ResolvedSettings) -> Outcome {
        var outcome = Outcome(settings: settings)
        // The same command over the same table: the rows are the same.
        let pairs = zip(settings.entries, new.entries)
        outcome.settings.configurationFile = new.configurationFile
        outcome.settings.entries = pairs.map { old, new in
            guard old.value != new.value else { return new }
            let isSecret = old.setting.isSecret
            let change = Change(
                path: old.setting.path, old: isSecret ? ShowConfig.mask : old.value.text,
                new: isSecret ? ShowConfig.mask : new.value.text)
            if old.setting.isLive { outcome.changed.append(change) } else { outcome.refused.append(change) }
            return old.setting.isLive ? new : old
        }
        return outcome
    }

    mutating func adopt(_ outcome: Outcome) { settings = outcome.settings }
}

extension Reload.Outcome {
    func log() {
        let logger = Logger(label: "config")
        for change in refused {
            logger.warning(
                "\(change.path) cannot change while lc runs; the old value stays until a restart",
                metadata: ["key": "\(change.path)", "old": "\(change.old)", "new": "\(change.new)"])
        }
        for change in changed {
            logger.notice(
                "\(change.path) changed",
                metadata: ["key": "\(change.path)", "old": "\(change.old)", "new": "\(change.new)"])
        }
        logger.info(
            "configuration reloaded", metadata: ["changed": "\(changed.count)", "refused": "\(refused.count)"])
    }
}
