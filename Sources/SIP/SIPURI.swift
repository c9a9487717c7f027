/// A URI of the schemes `sip`, `sips` (RFC 3261 section 19.1) and `tel` (RFC 3966); of others only the scheme is told.
public struct SIPURI: Sendable, Hashable {
    public enum Scheme: UInt8, Sendable { case sip, sips, tel, other }

    public var scheme: Scheme
    /// As written, escapes and user parameters included, without the password; the number of `tel`. `absent` if none.
    public var user: ByteRange = .absent
    /// As written; of an IPv6 reference without the brackets. `absent` for `tel`.
    public var host: ByteRange = .absent
    /// nil when it is not written or no port.
    public var port: UInt16?
    /// From the first semicolon behind the host to before the headers.
    public var parameters: ByteRange = .absent

    /// Reads the `uri` in `bytes`; never fails, an odd URI is `other` or has parts missing.
    public init(_ bytes: Span<UInt8>, in uri: ByteRange) {
        let end = Swift.min(Int(uri.end), bytes.count)
        var start = bytes.skipLinearSpace(from: Swift.min(Int(uri.start), end), to: end)
        // A Request-URI in angle brackets is wrong and seen (RFC 4475 section 3.1.2.5).
        if start < end, bytes[start] == UInt8(ascii: "<") { start += 1 }
        var stop = bytes.trimLinearSpace(from: start, backFrom: end)
        if stop > start, bytes[stop - 1] == UInt8(ascii: ">") { stop -= 1 }
        let colon = bytes.offset(of: UInt8(ascii: ":"), from: start, to: stop)
        if bytes.equalsIgnoringCase("sip", from: start, to: colon) {
            scheme = .sip
        } else if bytes.equalsIgnoringCase("sips", from: start, to: colon) {
            scheme = .sips
        } else if bytes.equalsIgnoringCase("tel", from: start, to: colon) {
            scheme = .tel
        } else {
            scheme = .other
            return
        }
        let body = Swift.min(colon + 1, stop)
        if scheme == .tel {
            let semicolon = bytes.offset(of: UInt8(ascii: ";"), from: body, to: stop)
            user = ByteRange(body, semicolon)
            parameters = ByteRange(semicolon, stop)
        } else {
            readSIP(bytes, from: body, to: stop)
        }
    }

    private mutating func readSIP(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        // An at sign in the user is escaped, so the first one ends it.
        let at = bytes.offset(of: UInt8(ascii: "@"), from: start, to: end)
        var hostStart = start
        if at < end {
            user = ByteRange(start, bytes.offset(of: UInt8(ascii: ":"), from: start, to: at))
            hostStart = at + 1
        }
        var hostEnd = hostStart
        if hostStart < end, bytes[hostStart] == UInt8(ascii: "[") {
            let bracket = bytes.offset(of: UInt8(ascii: "]"), from: hostStart, to: end)
            host = ByteRange(hostStart + 1, bracket)
            hostEnd = Swift.min(bracket + 1, end)
        } else {
            hostEnd = bytes.offset(
                of: UInt8(ascii: ":"), or: UInt8(ascii: ";"), or: UInt8(ascii: "?"), from: hostStart, to: end)
            host = ByteRange(hostStart, hostEnd)
        }
        var portEnd = hostEnd
        if hostEnd < end, bytes[hostEnd] == UInt8(ascii: ":") {
            portEnd = hostEnd + 1
            while portEnd < end, ASCII.isDigit(bytes[portEnd]) { portEnd += 1 }
            port = bytes.port(from: hostEnd + 1, to: portEnd)
        }
        guard portEnd < end else { return }
        let semicolon = bytes.offset(of: UInt8(ascii: ";"), from: portEnd, to: end)
        let headers = bytes.offset(of: UInt8(ascii: "?"), from: portEnd, to: end)
        if semicolon < headers { parameters = ByteRange(semicolon, headers) }
    }
}
