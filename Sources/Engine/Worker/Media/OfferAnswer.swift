import Calls

/// Offers and answers of a call's audio (RFC 3264): who may send, since when, and who has put whom on hold.
struct OfferAnswer {
    /// Holds kept of a call; more are counted.
    static let maxHolds = 64

    private struct Offer {
        var byCaller: Bool
        var cseq: UInt32
        var method: CallMethod
        var terms: AudioTerms
        /// In a response: the answer comes in ACK or PRACK.
        var isInResponse: Bool
    }

    private var offer: Offer?
    private var caller = AudioTerms.off
    private var callee = AudioTerms.off
    private(set) var holds: [MediaFacts.Hold] = []
    private(set) var holdsRefused: UInt64 = 0
    private var callerHolds = false
    private var calleeHolds = false
    /// After the answer: nanoseconds for which each side was allowed to send, and since when this is counted.
    private var callerTime: Int64 = 0
    private var calleeTime: Int64 = 0
    private var since: Int64?
    /// Both sides have agreed on audio at some time after the answer.
    private(set) var hasAudio = false

    /// A description has passed, at `time`.
    mutating func receive(_ terms: AudioTerms, _ facts: MessageFacts, byCaller: Bool, at time: Int64) {
        if facts.isRequest {
            switch facts.method {
            case .ack, .prack:
                if let offer, offer.isInResponse, offer.byCaller != byCaller {
                    agree(offer, answer: terms, at: time)
                } else if facts.method == .prack {
                    begin(terms, facts, byCaller, isInResponse: false)
                }
            default:
                begin(terms, facts, byCaller, isInResponse: false)
            }
        } else if facts.status >= 300 {
            // A refusal may list what would have been acceptable (488): no answer.
            return
        } else if let offer, !offer.isInResponse, offer.byCaller != byCaller, offer.cseq == facts.cseq,
            offer.method == facts.method
        {
            agree(offer, answer: terms, at: time)
        } else {
            begin(terms, facts, byCaller, isInResponse: true)
        }
    }

    private mutating func begin(_ terms: AudioTerms, _ facts: MessageFacts, _ byCaller: Bool, isInResponse: Bool) {
        offer = Offer(
            byCaller: byCaller, cseq: facts.cseq, method: facts.method, terms: terms, isInResponse: isInResponse)
    }

    private mutating func agree(_ offer: Offer, answer: AudioTerms, at time: Int64) {
        count(until: time)
        let isOff = offer.terms.isOff || answer.isOff
        caller = isOff ? .off : offer.byCaller ? offer.terms : answer
        callee = isOff ? .off : offer.byCaller ? answer : offer.terms
        hold(by: offer.byCaller, !isOff && !offer.terms.receives, at: time)
        // An answer cannot ask for more than it was offered: its silence then says nothing about a hold of its own.
        if isOff || offer.terms.sends { hold(by: !offer.byCaller, !isOff && !answer.receives, at: time) }
        if since != nil, !isOff { hasAudio = true }
    }

    /// The call has been answered: from here on holds are holds, and silence is noticed.
    mutating func answered(at time: Int64) {
        guard since == nil else { return }
        since = time
        if !caller.isOff { hasAudio = true }
    }

    private mutating func hold(by isCaller: Bool, _ holds: Bool, at time: Int64) {
        guard holds != (isCaller ? callerHolds : calleeHolds) else { return }
        if isCaller { callerHolds = holds } else { calleeHolds = holds }
        let side = isCaller ? CallRecord.Side.caller : .callee
        guard holds else {
            let open = self.holds.lastIndex { $0.by == side && $0.end == nil }
            if let open { self.holds[open].end = time }
            return
        }
        guard since != nil else { return }
        if self.holds.count < OfferAnswer.maxHolds {
            self.holds.append(MediaFacts.Hold(by: side, start: time))
        } else {
            holdsRefused &+= 1
        }
    }

    private mutating func count(until time: Int64) {
        guard let since, time > since else { return }
        if caller.sends, callee.receives { callerTime &+= time &- since }
        if callee.sends, caller.receives { calleeTime &+= time &- since }
        self.since = time
    }

    /// Nanoseconds between answer and `end` for which each side was allowed to send.
    func allowedTime(until end: Int64) -> (caller: Int64, callee: Int64) {
        var copy = self
        copy.count(until: end)
        return (copy.callerTime, copy.calleeTime)
    }
}
