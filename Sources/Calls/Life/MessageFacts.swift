/// A SIP method, as far as the life of a call has to tell methods apart.
public enum CallMethod: UInt8, Sendable, BitwiseCopyable {
    case invite, ack, bye, cancel, prack, update, info, refer
    case register, options, message, subscribe, publish, notify
    case other

    /// Whether a message with this method in its CSeq may begin a call that was joined in the middle.
    public var joinsCall: Bool {
        switch self {
        case .invite, .ack, .bye, .prack, .update, .info, .refer: true
        default: false
        }
    }

    /// Whether it begins a record only when all dialogs are wanted.
    public var isOtherDialog: Bool {
        switch self {
        case .register, .options, .message, .subscribe, .publish: true
        default: false
        }
    }
}

/// What the life of a call needs to know of one SIP message. Tags and branches come as hashes: they are only compared.
public struct MessageFacts: Sendable, BitwiseCopyable {
    public var isRequest: Bool
    /// The method of the request, or of the request a response answers (CSeq).
    public var method: CallMethod
    /// 0 for requests.
    public var status: UInt16
    public var cseq: UInt32
    /// Hash of the From tag, 0 without one.
    public var fromTag: UInt64
    /// Hash of the To tag, 0 without one.
    public var toTag: UInt64
    /// Hash of the top Via's branch, 0 without one.
    public var branch: UInt64
    /// Whether the body holds a session description.
    public var hasSDP: Bool
    /// Seconds of the Expires header, if there is one (SUBSCRIBE, PUBLISH).
    public var expires: UInt32?

    public init(
        isRequest: Bool, method: CallMethod, status: UInt16 = 0, cseq: UInt32, fromTag: UInt64, toTag: UInt64,
        branch: UInt64 = 0, hasSDP: Bool = false, expires: UInt32? = nil
    ) {
        self.isRequest = isRequest
        self.method = method
        self.status = status
        self.cseq = cseq
        self.fromTag = fromTag
        self.toTag = toTag
        self.branch = branch
        self.hasSDP = hasSDP
        self.expires = expires
    }
}
