/// Whether bytes begin with a SIP message.
public enum SIPLikelihood: Sendable, Hashable {
    case yes, no
    /// On a stream: nothing speaks against it so far.
    case needMore
}

/// Tells whether `bytes` begin with a SIP start line, whatever the port.
///
/// Cheap where the answer is no: RTP, RTCP, STUN, DTLS and TLS fail at their first byte or the bytes after it. Any
/// token is a method (RFC 4475 section 3.1.1.2), empty lines before the start line are skipped.
public func looksLikeSIP(
    _ bytes: Span<UInt8>, startLineBytes limit: Int = SIPLimits.streamStartLineBytes
) -> SIPLikelihood {
    guard bytes.count > 0 else { return .needMore }
    let first = bytes[0]
    guard ASCII.isToken(first) || ASCII.isLineBreak(first) else { return .no }
    switch StartLine.read(bytes, from: SIPMessage.leadingLineBreaks(bytes), limit: limit) {
    case .line: return .yes
    case .needMore: return .needMore
    case .notSIP, .malformed: return .no
    }
}
