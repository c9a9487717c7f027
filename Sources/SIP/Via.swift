/// The value of a Via header: `SIP/2.0/UDP host:port;branch=…` (RFC 3261 section 20.42). Of a list the first element.
public struct Via: Sendable, Hashable {
    /// The whole value.
    private let value: ByteRange
    /// From the first semicolon, which neither protocol nor host has, to the end of the value; its iterator stops at the end
    /// of the first element.
    public let parameters: ByteRange

    /// The `value` in `bytes`, whose parts are read when they are asked for; never fails, what is not there is empty.
    @inline(__always)
    public init(_ bytes: Span<UInt8>, in value: ByteRange) {
        let end = Swift.min(Int(value.end), bytes.count)
        let start = Swift.min(Int(value.start), end)
        let first = bytes.offset(
            of: UInt8(ascii: ";"), or: UInt8(ascii: ","), or: UInt8(ascii: ","), from: start, to: end)
        self.value = ByteRange(unchecked: start, end)
        parameters = ByteRange(unchecked: first, end)
    }

    @inline(__always)
    public func branch(in bytes: Span<UInt8>) -> ByteRange {
        bytes.parameter(
            PackedName.word("b", "r", "a", "n", "c", "h"), length: 6, from: Int(parameters.start),
            to: Int(parameters.end))
    }

    /// `UDP`, `TCP`, `TLS`, … as written.
    public func transport(in bytes: Span<UInt8>) -> ByteRange {
        let end = Int(parameters.start)
        let name = bytes.skipLinearSpace(from: Self.protocolEnd(bytes, from: Int(value.start), to: end), to: end)
        return ByteRange(unchecked: name, bytes.offset(ofBlankOr: UInt8(ascii: ";"), from: name, to: end))
    }

    /// Host and optional port.
    public func sentBy(in bytes: Span<UInt8>) -> ByteRange {
        let end = Int(parameters.start)
        let host = bytes.skipLinearSpace(from: Int(transport(in: bytes).end), to: end)
        return ByteRange(unchecked: host, bytes.trimLinearSpace(from: host, backFrom: end))
    }

    /// Behind protocol name and version, with white space around the slashes (RFC 4475 section 3.1.1.1).
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
