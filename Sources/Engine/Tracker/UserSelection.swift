import SIP

/// `--sip-user` and `--call-id`.
struct UserSelection {
    private let patterns: [UserPattern]
    private let callIDs: Set<[UInt8]>

    /// Patterns that do not parse were refused when the options were read; here they match nothing.
    init(_ options: SelectionOptions) {
        patterns = options.sipUsers.compactMap { try? UserPattern($0) }
        callIDs = Set(options.callIDs.map { Array($0.utf8) })
    }

    func initialSelection(_ callID: [UInt8]) -> TrackedCall.Selection {
        if !callIDs.isEmpty, !callIDs.contains(callID) { return .excluded }
        return patterns.isEmpty ? .wanted : .open
    }

    func matches(_ routed: RoutedMessage, _ bytes: Span<UInt8>) -> Bool {
        // Nobody is asked for any more: a call that was not decided when that changed is wanted like the others.
        if patterns.isEmpty { return true }
        for pattern in patterns where pattern.matches(routed.message, in: bytes) { return true }
        return false
    }
}
