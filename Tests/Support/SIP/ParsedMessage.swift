import SIP

/// A message together with whether it is one, for tests.
public enum ParsedMessage: Hashable {
    case message(SIPMessage)
    case notSIP
    case malformed(SIPMalformation)
}

extension SIPMessage {
    public static func parse(_ bytes: Span<UInt8>, isCut: Bool = false) -> ParsedMessage {
        var message = SIPMessage()
        return switch message.read(bytes, isCut: isCut) {
        case .message: .message(message)
        case .notSIP: .notSIP
        case .malformed(let malformation): .malformed(malformation)
        }
    }
}
