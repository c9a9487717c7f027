/// The grammar of the first line of a message (RFC 3261 section 7.1 and 7.2), shared by recognition and parsing.
///
/// Looser than the RFC where stacks are: a bare LF ends the line, spaces may be repeated or trail, the version may be
/// in any case, and what is between method and version is the Request-URI whatever it holds (RFC 4475 section 3.1.2.5
/// to 3.1.2.8 send spaces and brackets in it).
struct StartLine {
    var kind: SIPMessage.Kind
    var method: ByteRange = .absent
    var uri: ByteRange = .absent
    var statusCode: UInt16 = 0
    var reason: ByteRange = .absent
    /// The first byte after the line end.
    var next: Int
    var hasLineEnd: Bool
    var isBareLF = false
    var isLoose = false

    enum Outcome {
        case line(StartLine)
        case notSIP
        case needMore
        case malformed(SIPMalformation)
    }

    /// Reads the start line at `start`. `needMore` when the bytes end before it can be told.
    static func read(_ bytes: Span<UInt8>, from start: Int, limit: Int) -> Outcome {
        guard start < bytes.count else { return .needMore }
        let first = bytes[start]
        guard ASCII.isToken(first) else { return .notSIP }
        if first | 0x20 == UInt8(ascii: "s"), let outcome = readStatusLine(bytes, from: start, limit: limit) {
            return outcome
        }
        return readRequestLine(bytes, from: start, limit: limit)
    }

    /// nil when the bytes do not begin with `SIP/`, so that a request line remains possible.
    @inline(__always)
    private static func readStatusLine(_ bytes: Span<UInt8>, from start: Int, limit: Int) -> Outcome? {
        let available = bytes.count &- start
        guard isVersionPrefix(bytes, start, Swift.min(available, 4)) else { return nil }
        guard available >= 7 else {
            if available < 4 || isVersionPrefix(bytes, start, available) { return .needMore }
            return malformed(start, .version)
        }
        guard isVersionPrefix(bytes, start, 7) else { return malformed(start &+ 4, .version) }
        guard available > 7 else { return .needMore }
        guard ASCII.isBlank(bytes[start &+ 7]) else { return malformed(start &+ 7, .version) }
        let code = bytes.skipBlanks(from: start &+ 8, to: bytes.count)
        guard code &+ 3 <= bytes.count else {
            for index in code..<bytes.count where !ASCII.isDigit(bytes[index]) { return malformed(code, .statusCode) }
            return .needMore
        }
        guard let value = bytes.decimal(from: code, to: code &+ 3), value >= 100, value <= 699 else {
            return malformed(code, .statusCode)
        }
        var index = code &+ 3
        if index < bytes.count {
            // The phrase is often left out together with the space before it.
            guard ASCII.isBlank(bytes[index]) || ASCII.isLineBreak(bytes[index]) else {
                return malformed(code, .statusCode)
            }
        }
        var line = StartLine(kind: .response, next: bytes.count, hasLineEnd: false)
        line.statusCode = UInt16(truncatingIfNeeded: value)
        line.isLoose = code != start &+ 8
        if index < bytes.count, ASCII.isBlank(bytes[index]) { index &+= 1 }
        let bound = Swift.min(bytes.count, start &+ limit)
        let end = index < bound ? bytes.offset(of: ASCII.lineFeed, from: index, to: bound) : bound
        if end == bound, bound < bytes.count { return malformed(start, .startLineTooLong) }
        let reasonEnd = line.close(bytes, lineFeed: end, from: index)
        line.reason = ByteRange(unchecked: index, bytes.trimLinearSpace(from: index, backFrom: reasonEnd))
        return .line(line)
    }

    @inline(__always)
    private static func readRequestLine(_ bytes: Span<UInt8>, from start: Int, limit: Int) -> Outcome {
        let bound = Swift.min(bytes.count, start &+ limit)
        let methodBound = Swift.min(bytes.count, start &+ SIPLimits.methodBytes)
        var methodEnd = start &+ 1
        while methodEnd < methodBound, ASCII.isToken(bytes[methodEnd]) { methodEnd &+= 1 }
        guard methodEnd < bytes.count else { return .needMore }
        guard ASCII.isBlank(bytes[methodEnd]) else { return .notSIP }
        let end = bytes.offset(of: ASCII.lineFeed, from: methodEnd, to: bound)
        if end == bound {
            if bound == bytes.count { return .needMore }
            return isKnown(bytes, start, methodEnd) ? malformed(start, .startLineTooLong) : .notSIP
        }
        var line = StartLine(kind: .request, next: end, hasLineEnd: false)
        let lineEnd = line.close(bytes, lineFeed: end, from: methodEnd)
        var version = bytes.trimLinearSpace(from: methodEnd, backFrom: lineEnd)
        line.isLoose = version != lineEnd
        let versionEnd = version
        version &-= 7
        guard version > methodEnd, isVersionPrefix(bytes, version, 7), ASCII.isBlank(bytes[version &- 1]) else {
            return versionFault(bytes, from: methodEnd, to: versionEnd)
        }
        let uri = bytes.skipBlanks(from: methodEnd &+ 1, to: version)
        let uriEnd = bytes.trimLinearSpace(from: uri, backFrom: version)
        guard uri < uriEnd else { return .notSIP }
        if uri != methodEnd &+ 1 || uriEnd != version &- 1 { line.isLoose = true }
        line.method = ByteRange(unchecked: start, methodEnd)
        line.uri = ByteRange(unchecked: uri, uriEnd)
        return .line(line)
    }

    /// Notes the line end and returns where the content of the line ends.
    @inline(__always)
    private mutating func close(_ bytes: Span<UInt8>, lineFeed: Int, from start: Int) -> Int {
        hasLineEnd = lineFeed < bytes.count
        next = hasLineEnd ? lineFeed &+ 1 : lineFeed
        if lineFeed > start, bytes[lineFeed &- 1] == ASCII.carriageReturn { return lineFeed &- 1 }
        isBareLF = hasLineEnd
        return lineFeed
    }

    /// Whether the first `length` bytes of `SIP/2.0` are at `start`, in any case.
    @inline(__always)
    private static func isVersionPrefix(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
        let mask = UInt64.max >> UInt64(64 &- 8 &* length)
        let expected = PackedName.word("s", "i", "p", "/", "2", ".", "0") & mask
        return bytes.packed(from: start, length: length) | (0x20_2020 & mask) == expected
    }

    private static func isKnown(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        Method.named(in: bytes, from: start, to: end) != .other
    }

    /// A line without ` SIP/2.0` at its end: another version of SIP, or another protocol.
    @inline(never)
    private static func versionFault(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Outcome {
        var index = end
        while index > start, !ASCII.isBlank(bytes[index - 1]) { index -= 1 }
        guard bytes.hasPrefixIgnoringCase("sip/", at: index) else { return .notSIP }
        return malformed(index, .version)
    }

    @inline(never)
    private static func malformed(_ offset: Int, _ fault: SIPMalformation.Fault) -> Outcome {
        .malformed(.at(offset, fault))
    }
}
