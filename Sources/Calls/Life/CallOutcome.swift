/// The facts about a call that follow from the order of its messages. Times are nanoseconds since the epoch.
public struct CallOutcome: Sendable {
    public var state = CallRecord.State.trying
    public var endReason = CallRecord.EndReason.endOfCapture
    /// Joined in the middle: the beginning was not captured.
    public var joined = false
    public var startTime: Int64
    public var ringingTime: Int64?
    public var progressTime: Int64?
    public var answerTime: Int64?
    /// When the hang-up, the final refusal or the timeout came; nil while the call lasts.
    public var endTime: Int64?
    public var hangupBy: CallRecord.Side?
    /// Final status of the INVITE, 0 while there is none.
    public var statusCode: UInt16 = 0
    public var confirmedTag: UInt64 = 0
    public var dialogs: UInt16 = 0
    /// Call-ID of the first leg of the call that this is a leg of; nil when this is the first, or the only one.
    public var groupID: [UInt8]?

    public init(startTime: Int64) { self.startTime = startTime }
}
