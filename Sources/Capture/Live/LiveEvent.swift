/// What happened to an interface while it was captured on.
public enum LiveEvent: Sendable, Equatable {
    /// It is down, and still there.
    case wentDown(name: String)
    case cameUp(name: String)
    /// It went away. The capture goes on with the others, and on this one when it returns.
    case lost(name: String, CaptureError)
    /// It returned, as another link type perhaps, and is captured on again.
    case reopened(name: String, afterNanoseconds: Int64, attempts: Int, linkTypeChanged: Bool)
    /// It is there and cannot be opened; told once for each reason.
    case cannotReopen(name: String, CaptureError)
}
