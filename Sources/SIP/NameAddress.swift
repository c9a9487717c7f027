/// The value of From, To, Contact and the identity headers: `["display"] <URI>;params` or `URI;params`
/// (RFC 3261 section 20.10). Of a list the first element; the rest is at `rest`.
public struct NameAddress: Sendable, Hashable {
    /// The display name as written, quotes included; `absent` when there is none.
    public var display: ByteRange = .absent
    /// Without angle brackets.
    public var uri: ByteRange
    /// The header's parameters, from the first semicolon on.
    public var parameters: ByteRange
    /// What follows the comma that ends this element, for the next `init`; `absent` at the end.
    public var rest: ByteRange = .absent

    /// Reads the first element of the `value` in `bytes`; never fails, an odd value gives an odd URI.
    public init(_ bytes: Span<UInt8>, in value: ByteRange) {
        let end = Swift.min(Int(value.end), bytes.count)
        let start = bytes.skipLinearSpace(from: Swift.min(Int(value.start), end), to: end)
        let shape = AddressShape(bytes, from: start, to: end)
        uri = ByteRange(shape.uri, bytes.trimLinearSpace(from: shape.uri, backFrom: shape.uriEnd))
        if shape.isBracketed {
            let displayEnd = bytes.trimLinearSpace(from: start, backFrom: shape.uri - 1)
            if displayEnd > start { display = ByteRange(start, displayEnd) }
        }
        var comma = shape.parameters
        while true {
            comma = bytes.offset(of: UInt8(ascii: ","), or: ASCII.quote, or: ASCII.quote, from: comma, to: end)
            guard comma < end, bytes[comma] == ASCII.quote else { break }
            comma = Swift.min(bytes.endOfQuoted(from: comma, to: end) + 1, end)
        }
        parameters = ByteRange(shape.parameters, bytes.trimLinearSpace(from: shape.parameters, backFrom: comma))
        if comma < end { rest = ByteRange(comma + 1, end) }
    }

    /// The value of the `tag` parameter; `absent` if there is none.
    public func tag(in bytes: Span<UInt8>) -> ByteRange { bytes.parameter("tag", in: parameters) }

    /// The display name without quotes, escapes and folding; nil if there is none or it is empty. Allocates.
    public func displayName(in bytes: Span<UInt8>) -> String? {
        let written = bytes.bytes(display)
        guard written.count > 0 else { return nil }
        guard written[0] == ASCII.quote else { return String(copying: written) }
        let close = written.endOfQuoted(from: 0, to: written.count)
        if written.offset(of: ASCII.backslash, from: 1, to: close) == close {
            return close > 1 ? String(copying: written.slice(1, close)) : nil
        }
        var name: [UInt8] = []
        var index = 1
        while index < close {
            if written[index] == ASCII.backslash, index + 1 < close { index += 1 }
            name.append(written[index])
            index += 1
        }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
}

/// Where the URI and the parameters of a name-addr or addr-spec lie: the part that the parser of messages needs too.
struct AddressShape {
    var uri: Int
    var uriEnd: Int
    /// The first byte behind the URI (and its bracket).
    var parameters: Int
    var isBracketed: Bool

    @inline(__always)
    init(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        var search = start
        if start < end, bytes[start] == ASCII.quote {
            search = Swift.min(bytes.endOfQuoted(from: start, to: end) &+ 1, end)
        }
        // Without brackets, semicolon and comma end the URI (RFC 3261 section 20); a `<` behind one is not ours.
        var bracket = bytes.offset(
            of: UInt8(ascii: "<"), or: UInt8(ascii: ";"), or: UInt8(ascii: ","), from: search, to: end)
        if bracket < end, bytes[bracket] == UInt8(ascii: ",") {
            bracket = Self.skipCommas(bytes, from: search, comma: bracket, to: end)
        }
        if bracket < end, bytes[bracket] == UInt8(ascii: "<") {
            uri = bracket &+ 1
            uriEnd = bytes.offset(of: UInt8(ascii: ">"), from: uri, to: end)
            parameters = Swift.min(uriEnd &+ 1, end)
            isBracketed = true
        } else {
            uri = search
            uriEnd = bracket
            parameters = bracket
            isBracketed = false
        }
    }

    /// Past commas in a display name that should be quoted (`Bell, Alexander <sip:…>`, RFC 4475 section 3.1.2.15): only
    /// behind a colon does a comma end an element of a list.
    @inline(never)
    private static func skipCommas(_ bytes: Span<UInt8>, from start: Int, comma: Int, to end: Int) -> Int {
        let colon = bytes.offset(of: UInt8(ascii: ":"), from: start, to: end)
        var comma = comma
        while comma < colon, bytes[comma] == UInt8(ascii: ",") {
            comma = bytes.offset(
                of: UInt8(ascii: "<"), or: UInt8(ascii: ";"), or: UInt8(ascii: ","), from: comma + 1, to: end)
        }
        return comma
    }
}

extension Span where Element == UInt8 {
    /// The tag in a From or To value that was found in these bytes; `absent` if there is none.
    @inline(__always)
    func tag(in value: ByteRange) -> ByteRange {
        let end = Int(value.end)
        let shape = AddressShape(self, from: Int(value.start), to: end)
        return parameter(PackedName.word("t", "a", "g"), length: 3, from: shape.parameters, to: end)
    }
}
