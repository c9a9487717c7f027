import PacketDecoding

/// `<nettype> <addrtype> <address>` of `c=` (RFC 8866 section 5.7) and, behind a port, of `a=rtcp`.
public struct SDPConnection: Sendable, Hashable {
    /// As written, without the TTL or count of a multicast address.
    public var text: ByteRange
    /// nil for a name, which is not resolved.
    public var address: IPAddress?

    @inline(__always)
    init(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        var fields = SDPFields(from: start, to: end)
        _ = fields.next(in: bytes)
        _ = fields.next(in: bytes)
        let first = bytes.skipBlanks(from: fields.position, to: end)
        let last = bytes.offset(ofBlankOr: UInt8(ascii: "/"), from: first, to: end)
        text = ByteRange(unchecked: first, last)
        address = text.isEmpty ? nil : IPAddress(parsing: bytes.slice(first, last))
    }
}

/// `a=rtcp:<port> [<nettype> <addrtype> <address>]` (RFC 3605).
struct RTCPAttribute {
    var port: UInt16?
    /// nil when there is no address, so that the media's own counts.
    var connection: SDPConnection?

    init(_ bytes: Span<UInt8>, from start: Int, to end: Int) {
        var fields = SDPFields(from: start, to: end)
        let number = fields.next(in: bytes)
        port = bytes.port(from: number.lowerBound, to: number.upperBound)
        let rest = SDPConnection(bytes, from: number.upperBound, to: end)
        connection = rest.text.isEmpty ? nil : rest
    }
}
