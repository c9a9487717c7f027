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
        // Protocol name, version and transport, with white space around the slashes allowed (RFC 4475 section 3.1.1.1).
        var index = start
        for _ in 0..<2 {
            while index < end, bytes[index] != UInt8(ascii: "/"), bytes[index] != UInt8(ascii: ";") { index &+= 1 }
            if index < end, bytes[index] == UInt8(ascii: "/") { index &+= 1 }
        }
        let name = bytes.skipLinearSpace(from: index, to: end)
        var nameEnd = name
        while nameEnd < end, ASCII.isToken(bytes[nameEnd]) { nameEnd &+= 1 }
        transport = ByteRange(unchecked: name, nameEnd)
        let host = bytes.skipLinearSpace(from: nameEnd, to: end)
        var hostEnd = host
        while hostEnd < end, bytes[hostEnd] != UInt8(ascii: ";"), bytes[hostEnd] != UInt8(ascii: ",") { hostEnd &+= 1 }
        sentBy = ByteRange(unchecked: host, bytes.trimLinearSpace(from: host, backFrom: hostEnd))
        parameters = ByteRange(unchecked: hostEnd, end)
        branch = bytes.parameter("branch", in: parameters)
    }

    public func received(in bytes: Span<UInt8>) -> ByteRange { bytes.parameter("received", in: parameters) }

    /// The port of `rport=…` (RFC 3581); nil when it is absent, empty (as in a request) or no port.
    public func rport(in bytes: Span<UInt8>) -> UInt16? {
        let value = bytes.parameter("rport", in: parameters)
        return bytes.decimal(from: Int(value.start), to: Int(value.end), limit: 65_535).flatMap { UInt16(exactly: $0) }
    }
}
