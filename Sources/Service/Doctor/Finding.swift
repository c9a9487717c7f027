/// One thing that `lc doctor` has looked at, and what to do about it.
struct Finding: Sendable, Equatable {
    enum Level: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Worth knowing.
        case note
        /// lc starts, and something will be wrong or lost sooner or later.
        case warning
        /// lc would not start, or not do what it was told to.
        case problem
    }

    /// What was looked at: `configuration`, `privileges`, `interface`, `buffers`, `disk`, `log`, `clock`, `limits`.
    var check: String
    /// Which one of them, e.g. the interface's name.
    var subject: String?
    var level: Level
    var what: String
    var remedy: String?
    /// Of a problem: how `lc sniff voip` would end.
    var exitStatus: ExitStatus?
    /// Figures for programs, in the order given.
    var figures: [(key: String, value: Int64)] = []

    static func ok(_ check: String, _ subject: String? = nil, _ what: String) -> Finding {
        Finding(check: check, subject: subject, level: .ok, what: what)
    }

    static func note(_ check: String, _ subject: String? = nil, _ what: String, remedy: String? = nil) -> Finding {
        Finding(check: check, subject: subject, level: .note, what: what, remedy: remedy)
    }

    static func warning(_ check: String, _ subject: String? = nil, _ what: String, remedy: String) -> Finding {
        Finding(check: check, subject: subject, level: .warning, what: what, remedy: remedy)
    }

    static func problem(
        _ check: String, _ subject: String? = nil, _ what: String, remedy: String, _ status: ExitStatus
    ) -> Finding {
        Finding(check: check, subject: subject, level: .problem, what: what, remedy: remedy, exitStatus: status)
    }

    func with(_ figures: (key: String, value: Int64)...) -> Finding {
        var copy = self
        copy.figures += figures
        return copy
    }

    static func == (left: Finding, right: Finding) -> Bool {
        left.check == right.check && left.subject == right.subject && left.level == right.level
            && left.what == right.what && left.remedy == right.remedy && left.exitStatus == right.exitStatus
            && left.figures.elementsEqual(right.figures) { $0.key == $1.key && $0.value == $1.value }
    }
}
