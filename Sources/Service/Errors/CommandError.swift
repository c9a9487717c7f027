/// An error that ends the command: what happened, where, and what the user can do about it.
///
/// Printed as `lc: what: where (remedy)`. Paths, names and values in it come from outside; control characters are
/// replaced when it is printed, so that a file name cannot steer the terminal or forge a log line.
public struct CommandError: Error, Sendable, Equatable, CustomStringConvertible {
    public var what: String
    public var place: String?
    public var remedy: String?
    public var exitStatus: ExitStatus

    public init(_ what: String, at place: String? = nil, remedy: String? = nil, exitStatus: ExitStatus) {
        self.what = what
        self.place = place
        self.remedy = remedy
        self.exitStatus = exitStatus
    }

    public var description: String {
        var text = "lc: " + what
        if let place { text += ": " + place }
        if let remedy { text += " (" + remedy + ")" }
        return sanitised(text)
    }
}
