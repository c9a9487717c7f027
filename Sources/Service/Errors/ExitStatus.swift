/// How the program ends, in the words of sysexits(3).
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case ok = 0
    case usage = 64
    /// The input was read up to a damage; results up to there are kept.
    case badData = 65
    case cannotOpenInput = 66
    case serviceUnavailable = 69
    case software = 70
    case cannotCreateOutput = 73
    case inputOutput = 74
    case permission = 77
    case configuration = 78
}
