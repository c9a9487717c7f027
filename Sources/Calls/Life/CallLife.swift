import Tables

/// The life of one call: which dialogs it has, which transactions are open, and when it is over.
///
/// A plain state machine. It sees each message's facts in capture order and packet time as a parameter; the caller asks
/// for the next deadline and reports when it has passed. Rules: docs/design/call-life.md; RFC 3261 sections 12-17.
public struct CallLife: Sendable {
    public internal(set) var outcome: CallOutcome
    /// The dialogs that a 2xx confirmed or that we joined, newest last. Bounded by `maxDialogs`.
    var dialogs = ShortList<1, Dialog>(filler: Dialog(tags: 0, state: .over))
    var invite = InviteTransaction()
    /// SIP transactions of a record that is no call (`--all-dialogs`).
    var otherDialog: OtherDialog?
    /// When the last message of the Call-ID came.
    public internal(set) var lastMessageTime: Int64
    /// When the last open transaction was completed and no dialog was left; nil while the call goes on.
    public internal(set) var settledTime: Int64?
    var callerTag: UInt64
    var pendingReason: CallRecord.EndReason?
    /// Until when an offer/answer exchange is under way (`Int64.min` when none is).
    var negotiatingUntil = Int64.min
    /// When the exchange that is under way, or was the last one, began.
    public internal(set) var negotiationStart = Int64.min

    /// 64 * T1: how long a transaction may remain open (RFC 3261 section 17).
    public static let transactionTimeout: Int64 = 32_000_000_000
    /// Most confirmed dialogs kept apart in one call; forks beyond it share the last place.
    public static let maxDialogs = 16

    struct Dialog {
        enum State: UInt8 { case live, byePending, over }
        /// Combination of both tags that does not depend on who sends.
        var tags: UInt64
        var state: State
        var byeTime: Int64 = 0
        var byeBy: CallRecord.Side?
    }

    struct InviteTransaction {
        enum State: UInt8 { case none, pending, challenged, answered, rejected, acknowledged, abandoned }
        var state = State.none
        var cseq: UInt32 = 0
        var since: Int64 = 0
        var cancelledAt: Int64?
        /// Branches of INVITEs already seen, so that a late retransmission does not open the call again.
        var branches = ShortList<2, UInt64>(filler: 0)
    }

    struct OtherDialog {
        var method: CallMethod
        var expires: UInt32?
        var finalTime: Int64?
    }

    /// Begins with the first message of a Call-ID, which is to be given to `receive` as well. Anything but an initial
    /// INVITE joins in the middle.
    public init(opening facts: MessageFacts, at time: Int64) {
        outcome = CallOutcome(startTime: time)
        lastMessageTime = time
        callerTag = facts.fromTag
        if facts.method.isOtherDialog {
            otherDialog = OtherDialog(method: facts.method)
        } else {
            outcome.joined = !(facts.isRequest && facts.method == .invite && facts.toTag == 0)
        }
    }

    /// Whether all dialogs are over and only the grace period is being waited for.
    public var isSettled: Bool { settledTime != nil }

    /// Whether an offer/answer exchange is under way: the call is being set up or renegotiated.
    public func isNegotiating(at time: Int64) -> Bool { time <= negotiatingUntil }

    public mutating func receive(_ facts: MessageFacts, at time: Int64) {
        lastMessageTime = max(lastMessageTime, time)
        if otherDialog != nil {
            receiveOther(facts, at: time)
        } else if facts.isRequest {
            receiveRequest(facts, at: time)
        } else {
            receiveResponse(facts, at: time)
        }
        settle(at: time)
    }
}
