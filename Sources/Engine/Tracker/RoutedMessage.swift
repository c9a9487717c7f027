import Calls
import PacketDecoding
import SIP

/// A SIP message with what the tracker asks of it.
struct RoutedMessage: BitwiseCopyable {
    private(set) var message = SIPMessage()
    /// The session description in the body; empty if there is none.
    private(set) var sessionDescription = ByteRange.absent
    private(set) var facts = MessageFacts(isRequest: false, method: .other, cseq: 0, fromTag: 0, toTag: 0)
    /// Hashes of what the message has of these; of an absent one without a meaning.
    private(set) var callIDHash: UInt64 = 0
    private(set) var userAgentHash: UInt64 = 0
    private(set) var serverHash: UInt64 = 0
    /// Of an INVITE that begins a dialog: hash of the numbers that another leg of its call would have too, 0 without one.
    private(set) var numbersHash: UInt64 = 0

    /// Reads a message in place of the last one; false if the bytes are none.
    ///
    /// - Parameter scratch: has the endpoints that the message names afterwards.
    mutating func read(
        _ bytes: Span<UInt8>, isCut: Bool = false, _ hash: FlowHash, _ scratch: inout MessageScratch
    ) -> Bool {
        guard message.read(bytes, isCut: isCut) == .message else { return false }
        sessionDescription = message.sessionDescription(in: bytes, isCut: isCut)
        facts = MessageFacts(message, hasSDP: !sessionDescription.isEmpty, bytes, hash)
        if let callID { callIDHash = hash(bytes.extracting(callID)) }
        if message.userAgent.isPresent { userAgentHash = hash(bytes.bytes(message.userAgent)) }
        if message.server.isPresent { serverHash = hash(bytes.bytes(message.server)) }
        numbersHash = 0
        if facts.isRequest, facts.method == .invite, facts.toTag == 0 {
            numbersHash = scratch.numbersHash(fromUser(bytes), toUser(bytes), bytes, hash)
        }
        // An empty one, too, in place of the last.
        if facts.hasSDP || !scratch.endpoints.items.isEmpty {
            scratch.endpoints.collect(bytes.bytes(sessionDescription))
        }
        return true
    }

    /// Whether the bytes, which end early, are a message as far as its Call-ID.
    static func tellsCall(_ bytes: Span<UInt8>) -> Bool {
        var message = SIPMessage()
        return message.read(bytes, isCut: true) == .message && !message.callID.isEmpty
    }

    var callID: Range<Int>? {
        message.callID.isPresent && !message.callID.isEmpty ? message.callID.range : nil
    }

    /// The user part of From, for file names and other legs; `absent` if there is none.
    func fromUser(_ bytes: Span<UInt8>) -> ByteRange { RoutedMessage.user(message.from, bytes) }
    func toUser(_ bytes: Span<UInt8>) -> ByteRange { RoutedMessage.user(message.to, bytes) }

    private static func user(_ value: ByteRange, _ bytes: Span<UInt8>) -> ByteRange {
        guard value.isPresent else { return .absent }
        return SIPURI(bytes, in: NameAddress(bytes, in: value).uri).user
    }
}

/// What reading a message needs beside it: kept and used again, so that it costs no memory.
struct MessageScratch {
    /// What the session description of the message read last names.
    fileprivate(set) var endpoints = SDPEndpoints()
    private var numbers: [UInt8] = []

    /// 0 where the one who is called has no number.
    fileprivate mutating func numbersHash(
        _ from: ByteRange, _ to: ByteRange, _ bytes: Span<UInt8>, _ hash: FlowHash
    ) -> UInt64 {
        numbers.removeAll(keepingCapacity: true)
        UserSuffix.append(bytes.bytes(from), to: &numbers)
        // A byte that neither has.
        numbers.append(0)
        let end = numbers.count
        UserSuffix.append(bytes.bytes(to), to: &numbers)
        return numbers.count > end ? hash(numbers.span) | 1 : 0
    }
}

extension MessageFacts {
    init(_ message: SIPMessage, hasSDP: Bool, _ bytes: Span<UInt8>, _ hash: FlowHash) {
        let isRequest = message.kind == .request
        // A request says itself what it is; its CSeq may contradict it. Of a method that nobody knows the CSeq tells which
        // call it is part of, as do the responses to it, which have nothing else.
        let method = isRequest && message.method != .other ? message.method : message.cseqMethod
        self.init(
            isRequest: isRequest, method: CallMethod(method), status: message.statusCode, cseq: message.cseqNumber,
            fromTag: Self.hashed(message.fromTag, bytes, hash), toTag: Self.hashed(message.toTag, bytes, hash),
            branch: Self.hashed(message.viaBranch, bytes, hash), hasSDP: hasSDP, expires: message.expires)
    }

    private static func hashed(_ range: ByteRange, _ bytes: Span<UInt8>, _ hash: FlowHash) -> UInt64 {
        guard range.isPresent, !range.isEmpty else { return 0 }
        return hash(bytes.bytes(range)) | 1
    }
}

extension CallMethod {
    init(_ method: Method) {
        switch method {
        case .invite: self = .invite
        case .ack: self = .ack
        case .bye: self = .bye
        case .cancel: self = .cancel
        case .prack: self = .prack
        case .update: self = .update
        case .info: self = .info
        case .refer: self = .refer
        case .register: self = .register
        case .options: self = .options
        case .message: self = .message
        case .subscribe: self = .subscribe
        case .publish: self = .publish
        case .notify: self = .notify
        default: self = .other
        }
    }
}
