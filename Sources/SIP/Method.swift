/// The method of a request (RFC 3261 section 7.1 and the extensions in the IANA registry).
public enum Method: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// A method without a name here; the message keeps its range.
    case other
    case invite, ack, bye, cancel, options, register
    /// RFC 3262.
    case prack
    /// RFC 6665.
    case subscribe, notify
    /// RFC 3903.
    case publish
    /// RFC 6086.
    case info
    /// RFC 3515.
    case refer
    /// RFC 3428.
    case message
    /// RFC 3311.
    case update

    /// The method spelt by `start..<end`. Methods are case-sensitive (section 7.1): `invite` is an `other`.
    static func named(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Method {
        let length = end - start
        let word = bytes.packed(from: start, length: length)
        switch length {
        case 3:
            if word == PackedName.word("A", "C", "K") { return .ack }
            if word == PackedName.word("B", "Y", "E") { return .bye }
        case 4:
            if word == PackedName.word("I", "N", "F", "O") { return .info }
        case 5:
            if word == PackedName.word("P", "R", "A", "C", "K") { return .prack }
            if word == PackedName.word("R", "E", "F", "E", "R") { return .refer }
        case 6:
            if word == PackedName.word("I", "N", "V", "I", "T", "E") { return .invite }
            if word == PackedName.word("C", "A", "N", "C", "E", "L") { return .cancel }
            if word == PackedName.word("N", "O", "T", "I", "F", "Y") { return .notify }
            if word == PackedName.word("U", "P", "D", "A", "T", "E") { return .update }
        case 7:
            if word == PackedName.word("O", "P", "T", "I", "O", "N", "S") { return .options }
            if word == PackedName.word("P", "U", "B", "L", "I", "S", "H") { return .publish }
            if word == PackedName.word("M", "E", "S", "S", "A", "G", "E") { return .message }
        case 8:
            if word == PackedName.word("R", "E", "G", "I", "S", "T", "E", "R") { return .register }
        case 9:
            if word == PackedName.word("S", "U", "B", "S", "C", "R", "I", "B"), bytes[end - 1] == UInt8(ascii: "E") {
                return .subscribe
            }
        default: break
        }
        return .other
    }

    /// The method spelt by all of `bytes`; `other` when it has no name here.
    public init(_ bytes: Span<UInt8>) { self = Method.named(in: bytes, from: 0, to: bytes.count) }

    /// As on the wire; nil for `other`, whose spelling is in the message.
    public var name: String? {
        switch self {
        case .other: nil
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .options: "OPTIONS"
        case .register: "REGISTER"
        case .prack: "PRACK"
        case .subscribe: "SUBSCRIBE"
        case .notify: "NOTIFY"
        case .publish: "PUBLISH"
        case .info: "INFO"
        case .refer: "REFER"
        case .message: "MESSAGE"
        case .update: "UPDATE"
        }
    }
}
