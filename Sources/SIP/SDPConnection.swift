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
        let field = fields.next(in: bytes)
        var slash = field.lowerBound
        while slash < field.upperBound, bytes[slash] != UInt8(ascii: "/") { slash &+= 1 }
        text = ByteRange(unchecked: field.lowerBound, slash)
        address = text.isEmpty ? nil : IPAddress(parsing: bytes.slice(field.lowerBound, slash))
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
