extension UserPattern {
    /// Whether a user part that says who calls or is called matches: in From, To, Request-URI, and every element of
    /// P-Asserted-Identity and P-Preferred-Identity (RFC 3325), of the schemes `sip`, `sips` and `tel`.
    ///
    /// `bytes` are those the message was parsed from. Without allocation.
    public func matches(_ message: SIPMessage, in bytes: Span<UInt8>) -> Bool {
        if matches(uri: message.requestURI, bytes) { return true }
        if message.from.isPresent, matches(uri: NameAddress(bytes, in: message.from).uri, bytes) { return true }
        if message.to.isPresent, matches(uri: NameAddress(bytes, in: message.to).uri, bytes) { return true }
        guard message.pAssertedIdentity.isPresent || message.pPreferredIdentity.isPresent else { return false }
        var headers = message.headers
        while let header = headers.next(in: bytes) {
            guard header.name == .pAssertedIdentity || header.name == .pPreferredIdentity else { continue }
            var list = header.value
            while list.isPresent {
                let element = NameAddress(bytes, in: list)
                if matches(uri: element.uri, bytes) { return true }
                list = element.rest
            }
        }
        return false
    }

    private func matches(uri: ByteRange, _ bytes: Span<UInt8>) -> Bool {
        guard uri.isPresent else { return false }
        let user = SIPURI(bytes, in: uri).user
        return user.isPresent && matches(user: bytes.bytes(user))
    }
}
