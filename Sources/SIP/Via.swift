/// The value of a Via header: `SIP/2.0/UDP host:port;branch=…` (RFC 3261 section 20.42). Of a list the first element.
public struct Via: Sendable, Hashable {
    /// `UDP`, `TCP`, `TLS`, … as written.
    public var transport: ByteRange
    /// Host and optional port.
    public var sentBy: ByteRange
    public var branch: ByteRange = .absent
    /// From the first semicolon to the end of the value; its iterator stops at the end of the first element.
    public var parameters: ByteRange

    /// Reads the `value` in `bytes`; never fails, what is not there is empty.
    @inline(__always)
    public init(_ bytes: Span<UInt8>, in value: ByteRange) {
        let end = Swift.min(Int(value.end), bytes.count)
        let start = Swift.min(Int(value.start), end)
        var index = start &+ 8
        if bytes.packed(from: start, length: 8) != PackedName.word("S", "I", "P", "/", "2", ".", "0", "/")
            || index > end
        {
            index = Self.protocolEnd(bytes, from: start, to: end)
        }
        let name = bytes.skipLinearSpace(from: index, to: end)
        let nameEnd = bytes.offset(ofBlankOr: UInt8(ascii: ";"), from: name, to: end)
        transport = ByteRange(unchecked: name, nameEnd)
        let host = bytes.skipLinearSpace(from: nameEnd, to: end)
        let hostEnd = bytes.offset(
            of: UInt8(ascii: ";"), or: UInt8(ascii: ","), or: UInt8(ascii: ","), from: host, to: end)
        sentBy = ByteRange(unchecked: host, bytes.trimLinearSpace(from: host, backFrom: hostEnd))
        parameters = ByteRange(unchecked: hostEnd, end)
        branch = bytes.parameter(
            PackedName.word("b", "r", "a", "n", "c", "h"), length: 6, from: hostEnd, to: end)
    }

    /// Behind protocol name and version, with white space around the slashes (RFC 4475 section 3.1.1.1).
    @inline(never)
    private static func protocolEnd(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        for _ in 0..<2 {
            while index < end, bytes[index] != UInt8(ascii: "/"), bytes[index] != UInt8(ascii: ";") { index &+= 1 }
            if index < end, bytes[index] == UInt8(ascii: "/") { index &+= 1 }
        }
        return index
    }

    public func received(in bytes: Span<UInt8>) -> ByteRange { bytes.parameter("received", in: parameters) }

    /// The port of `rport=…` (RFC 3581); nil when it is absent, empty (as in a request) or no port.
    public func rport(in bytes: Span<UInt8>) -> UInt16? {
        let value = bytes.parameter("rport", in: parameters)
        return bytes.decimal(from: Int(value.start), to: Int(value.end), limit: 65_535).flatMap { UInt16(exactly: $0) }
    }
}
